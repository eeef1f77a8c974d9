#include "people/programs.hpp"

#include <map>

#include "people/program_tokens.hpp"
#include "people/session.hpp"
#include "people/store_programs.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

using store::ProgramRow;

std::vector<Program> described(db::ReadTx& tx, std::vector<ProgramRow> const& rows) {
  std::vector<ProgramId> ids;
  for (auto const& row : rows) ids.push_back(row.program_id);
  std::map<ProgramId, std::vector<ProgramSecret>> secrets;
  for (auto& s : store::secrets_of(tx, ids, tx.now()))
    secrets[s.program_id].push_back({s.program_secret_id, std::move(s.last_characters), s.created_at, s.ends_at});
  std::vector<Program> out;
  for (auto const& row : rows)
    out.push_back({row.program_id, row.smart_account_id, row.name, row.only_reads, row.created_at, row.ends_at,
                   row.used_at, row.version, std::move(secrets[row.program_id])});
  return out;
}

Program described(db::ReadTx& tx, ProgramRow const& row) {
  return described(tx, std::vector{row}).front();
}

ProgramRow own(std::optional<ProgramRow> row, PersonId person) {
  if (!row || row->person_id != person) throw Problem(problems::not_found);
  return std::move(*row);
}

// A program for one account is a matter of that account, any other of its maker alone.
void record(db::Tx& tx, keys::Vault const& vault, ProgramRow const& row, audit::EventKind kind,
            audit::Actor const& actor) {
  audit::record(tx, vault,
                {.smart_account_id = row.smart_account_id.value_or(SmartAccountId{}),
                 .kind = kind,
                 .actor = actor,
                 .subject_kind = "program",
                 .subject_id = row.program_id.bytes,
                 .personal = row.name});
}

// A new secret, of which the maker hears by mail.
std::string add_secret(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                       ProgramRow const& row, ProgramSecretId id) {
  auto secret = protocol::to_base64url(tx.random().bytes(32));
  store::delete_expired_secrets(tx, row.program_id);
  store::insert_secret(
      tx, {secret_lookup(vault, secret), id, row.program_id, secret.substr(secret.size() - 4), tx.now(), {}});
  auto const maker = load_person(tx, vault, row.person_id);
  auto words = facts_of(tx, request);
  words.emplace_back("name", display_name(maker));
  words.emplace_back("program", row.name);
  words.emplace_back("link", outbox.link("/me/programs"));
  outbox.post(tx, {maker.mail, maker.language, "program_secret", std::move(words)});
  return secret;
}

struct ProgramKey {
  ProgramId program_id;
};
BOOST_DESCRIBE_STRUCT(ProgramKey, (), (program_id))

struct ProgramChange {
  ProgramId program_id;
  std::optional<int64_t> if_match;
  ProgramName name;
  bool only_reads;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(ProgramChange, (), (program_id, if_match, name, only_reads, ends_at))

struct NewSecret {
  ProgramId program_id;
  wire::Whole<0, longest_overlap_hours> overlap_hours;  // how long the other secrets still hold
};
BOOST_DESCRIBE_STRUCT(NewSecret, (), (program_id, overlap_hours))

struct SecretKey {
  ProgramId program_id;
  ProgramSecretId program_secret_id;
};
BOOST_DESCRIBE_STRUCT(SecretKey, (), (program_id, program_secret_id))

audit::Actor maker_of(api::Caller const& caller) {
  return audit::actor(audit::ActorKind::person, caller.person_id);
}

// There are never more than fit on a page.
wire::Page<Program> list_programs(db::ReadTx& tx, api::Caller const& caller) {
  return {described(tx, store::programs_of_person(tx, caller.person_id, most_programs)), {}};
}

Program get_program(db::ReadTx& tx, api::Caller const& caller, ProgramKey const& in) {
  return described(tx, own(store::program(tx, in.program_id), caller.person_id));
}

MadeProgram answer_new_program(db::Tx& tx, api::Caller const& caller, NewProgram const& in, keys::Vault const& vault,
                               mail::Outbox const& outbox, api::Request const& request) {
  return make_program(tx, vault, outbox, request, caller.person_id, {}, in);
}

Program change_program(db::Tx& tx, api::Caller const& caller, ProgramChange const& in, keys::Vault const& vault) {
  auto const row = own(store::lock_program(tx, in.program_id), caller.person_id);
  if (in.if_match && *in.if_match != row.version) throw Problem(problems::changed_meanwhile);
  if (in.name == row.name && in.only_reads == row.only_reads && in.ends_at == row.ends_at) return described(tx, row);
  if (in.ends_at != row.ends_at) check_end(in.ends_at, tx.now());
  store::update_program(tx, row.program_id, in.name, in.only_reads, in.ends_at);
  record(tx, vault, row, audit::EventKind::program_changed, maker_of(caller));
  return get_program(tx, caller, {in.program_id});
}

void end_program(db::Tx& tx, api::Caller const& caller, ProgramKey const& in, keys::Vault const& vault) {
  auto const row = own(store::lock_program(tx, in.program_id), caller.person_id);
  store::end_program(tx, row.program_id, tx.now());
  record(tx, vault, row, audit::EventKind::program_ended, maker_of(caller));
}

MadeProgram make_secret(db::Tx& tx, api::Caller const& caller, NewSecret const& in, keys::Vault const& vault,
                        mail::Outbox const& outbox, api::Request const& request) {
  auto const row = own(store::lock_program(tx, in.program_id), caller.person_id);
  auto const id = tx.new_id<ProgramSecretId>();
  if (in.overlap_hours == 0) {
    for (auto const& old : store::secrets_of(tx, {row.program_id}, tx.now()))
      store::delete_secret(tx, row.program_id, old.program_secret_id);
  } else {
    if (int64_t(store::secrets_of(tx, {row.program_id}, tx.now()).size()) >= most_program_secrets)
      throw Problem(problems::conflict, "The program has many secrets; end one that is not used any more.");
    store::end_secrets_later(tx, row.program_id, id, tx.now() + std::chrono::hours(int64_t(in.overlap_hours)));
  }
  auto secret = add_secret(tx, vault, outbox, request, row, id);
  record(tx, vault, row, audit::EventKind::program_secret_made, maker_of(caller));
  return {described(tx, row), std::move(secret)};
}

void end_secret(db::Tx& tx, api::Caller const& caller, SecretKey const& in, keys::Vault const& vault) {
  auto const row = own(store::lock_program(tx, in.program_id), caller.person_id);
  if (store::delete_secret(tx, row.program_id, in.program_secret_id))
    record(tx, vault, row, audit::EventKind::program_secret_ended, maker_of(caller));
}

}  // namespace

MadeProgram make_program(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                         api::Request const& request, PersonId maker, std::optional<SmartAccountId> account,
                         NewProgram const& in) {
  check_end(in.ends_at, tx.now());
  store::lock_profile(tx, maker);  // so that two at once do not go beyond the limit
  if (int64_t(store::programs_of_person(tx, maker, most_programs).size()) >= most_programs)
    throw Problem(problems::too_many_programs, "End a program that is not used any more first.");
  ProgramRow const row{tx.new_id<ProgramId>(), maker, account, in.name, in.only_reads, tx.now(), in.ends_at, {}, 1};
  store::insert_program(tx, row);
  auto secret = add_secret(tx, vault, outbox, request, row, tx.new_id<ProgramSecretId>());
  record(tx, vault, row, audit::EventKind::program_made, audit::actor(audit::ActorKind::person, maker));
  return {described(tx, row), std::move(secret)};
}

std::vector<MakersProgram> programs_of_account(db::ReadTx& tx, SmartAccountId account, std::optional<ProgramId> after,
                                               int64_t limit) {
  auto const rows = store::programs_of_account(tx, account, after, limit);
  auto programs = described(tx, rows);
  std::vector<MakersProgram> out;
  for (size_t i = 0; i < rows.size(); ++i) out.push_back({rows[i].person_id, std::move(programs[i])});
  return out;
}

void end_program_of_account(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, ProgramId program,
                            audit::Actor const& actor) {
  auto const row = store::lock_program(tx, program);
  if (!row || row->smart_account_id != account) throw Problem(problems::not_found);
  store::end_program(tx, program, tx.now());
  record(tx, vault, *row, audit::EventKind::program_ended, actor);
}

std::vector<ProgramNameOf> name_programs(db::ReadTx& tx, std::vector<ProgramId> const& programs) {
  return store::program_names(tx, programs);
}

std::vector<api::Route> program_routes() {
  using enum api::Method;
  std::string const all = "/api/v1/me/programs", one = all + "/{program_id}", secrets = one + "/secrets";
  std::vector<api::Route> out{
      api::route<&list_programs>(get, all, "list_my_programs", "List one's own programs"),
      api::route<&answer_new_program>(post, all, "make_program", "Make a program for all of one's Smart Accounts"),
      api::route<&get_program>(get, one, "get_program", "See one of one's programs"),
      api::route<&change_program>(put, one, "change_program", "Change one of one's programs"),
      api::route<&end_program>(del, one, "end_program", "End one of one's programs"),
      api::route<&make_secret>(post, secrets, "make_program_secret",
                               "Give a program a new secret, and the others an end"),
      api::route<&end_secret>(del, secrets + "/{program_secret_id}", "end_program_secret",
                              "End a secret of a program, and what was got with it"),
  };
  for (auto& route : program_token_routes()) out.push_back(std::move(route));
  return out;
}

}  // namespace menkyo::people
