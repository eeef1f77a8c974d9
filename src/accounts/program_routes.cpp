// Programs that are for one Smart Account. Anybody with a role there makes them, since they can do no more than their
// maker; those who administer the account see and end them.

#include <map>

#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"
#include "accounts/requests.hpp"
#include "people/programs.hpp"

namespace menkyo::accounts {

namespace {

struct NewAccountProgram : people::NewProgram {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(NewAccountProgram, (people::NewProgram), (smart_account_id))

people::MadeProgram make_account_program(db::Tx& tx, api::Caller const&,
                                         Access<access::SmartAccount, Permission::account_view> const& access,
                                         NewAccountProgram const& in, keys::Vault const& vault,
                                         mail::Outbox const& outbox, api::Request const& request) {
  return people::make_program(tx, vault, outbox, request, access.person_id(), access.smart_account_id(), in);
}

struct AccountProgramQuery {
  SmartAccountId smart_account_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(AccountProgramQuery, (), (smart_account_id, limit, cursor))

struct AccountProgram : people::Program {
  Requester maker;
};
BOOST_DESCRIBE_STRUCT(AccountProgram, (people::Program), (maker))

wire::Page<AccountProgram> list_programs(db::ReadTx& tx,
                                         Access<access::SmartAccount, Permission::users_manage> const& access,
                                         AccountProgramQuery const& in, keys::Vault const& vault,
                                         api::Cursors const& cursors) {
  auto const scope = "programs " + access.smart_account_id().text() + " " + access.person_id().text();
  auto const keys = cursors.decode(scope, in.cursor, 1);
  auto const limit = api::page_size(in.limit);
  auto rows = people::programs_of_account(tx, access.smart_account_id(),
                                          keys.empty() ? std::nullopt : ProgramId::parse(keys[0]), limit + 1);
  std::vector<PersonId> ids;
  for (auto const& row : rows) ids.push_back(row.maker_id);
  auto makers = load_requesters(tx, vault, std::move(ids));
  std::vector<AccountProgram> programs;
  for (auto& row : rows) programs.push_back({std::move(row.program), makers[row.maker_id]});
  return api::make_page(std::move(programs), limit, cursors, scope,
                        [](AccountProgram const& p) { return std::vector{p.program_id.text()}; });
}

struct AccountProgramKey {
  SmartAccountId smart_account_id;
  ProgramId program_id;
};
BOOST_DESCRIBE_STRUCT(AccountProgramKey, (), (smart_account_id, program_id))

void end_program(db::Tx& tx, api::Caller const&, Access<access::SmartAccount, Permission::users_manage> const& access,
                 AccountProgramKey const& in, keys::Vault const& vault) {
  people::end_program_of_account(tx, vault, access.smart_account_id(), in.program_id, access.actor());
}

}  // namespace

std::vector<api::Route> account_program_routes() {
  using enum api::Method;
  std::string const all = "/api/v1/smart_accounts/{smart_account_id}/programs";
  return {
      api::route<&list_programs>(get, all, "list_account_programs", "List the programs for a Smart Account"),
      api::route<&make_account_program>(post, all, "make_account_program", "Make a program for one Smart Account"),
      api::route<&end_program>(del, all + "/{program_id}", "end_account_program",
                               "End a program for a Smart Account, whoever made it"),
  };
}

}  // namespace menkyo::accounts
