#include "accounts/requests.hpp"

namespace menkyo::accounts {

namespace {

using AdministratorProof = Access<access::SmartAccount, Permission::prefix_approve>;
using StaffProof = Access<access::Operator, access::OperatorPermission::account_requests_decide>;

// ---- Of one's own -------------------------------------------------------------------------------------------------

struct ForecastQuery {
  WantedDomain domain;
  std::optional<AccountName> name;
};
BOOST_DESCRIBE_STRUCT(ForecastQuery, (), (domain, name))

Forecast get_forecast(db::ReadTx& tx, api::Caller const& caller, ForecastQuery const& in, keys::Vault const& vault) {
  return forecast(tx, vault, caller.person_id, in.domain, in.name ? std::string_view(*in.name) : std::string_view());
}

Founded answer_founding(db::Tx& tx, api::Caller const& caller, Founding const& in, keys::Vault const& vault,
                        mail::Outbox const& outbox) {
  return found_smart_account(tx, vault, outbox, caller.person_id, in);
}

struct OwnRequestQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(OwnRequestQuery, (), (limit, cursor))

struct OwnRequestKey {
  AccountRequestId account_request_id;
};
BOOST_DESCRIBE_STRUCT(OwnRequestKey, (), (account_request_id))

wire::Page<OwnAccountRequest> list_own(db::ReadTx& tx, api::Caller const& caller, OwnRequestQuery const& in,
                                       keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = "account_requests " + caller.person_id.text();
  auto const range = api::newest<AccountRequestId>(cursors, scope, in);
  std::vector<OwnAccountRequest> rows;
  for (auto const& row : store::requests_of(tx, caller.person_id, range)) rows.push_back(to_own_request(vault, row));
  return api::make_page(std::move(rows), range, cursors, scope, &OwnAccountRequest::account_request_id);
}

OwnAccountRequest get_own(db::ReadTx& tx, api::Caller const& caller, OwnRequestKey const& in,
                          keys::Vault const& vault) {
  auto const row = store::request(tx, in.account_request_id);
  if (!row || row->requester_id != caller.person_id) throw Problem(problems::not_found);
  return to_own_request(vault, *row);
}

void withdraw(db::Tx& tx, api::Caller const& caller, OwnRequestKey const& in, keys::Vault const& vault) {
  withdraw_account_request(tx, vault, caller.person_id, in.account_request_id);
}

// ---- Those of others, to decide -----------------------------------------------------------------------------------

struct StaffRequestQuery : OwnRequestQuery {
  std::optional<AccountRequestStatus> status;
};
BOOST_DESCRIBE_STRUCT(StaffRequestQuery, (OwnRequestQuery), (status))
struct RequestQuery : StaffRequestQuery {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(RequestQuery, (StaffRequestQuery), (smart_account_id))

struct RequestKey : OwnRequestKey {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(RequestKey, (OwnRequestKey), (smart_account_id))

struct AccountDecision : DecisionInput {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(AccountDecision, (DecisionInput), (smart_account_id))

wire::Page<AccountRequestEntry> list_received(db::ReadTx& tx, keys::Vault const& vault, api::Cursors const& cursors,
                                              SmartAccountId decider, PersonId reader, StaffRequestQuery const& in) {
  auto const scope = "account_requests " + decider.text() + " " + reader.text() + " " +
                     (in.status ? std::string(to_text(*in.status)) : "");
  auto const range = api::newest<AccountRequestId>(cursors, scope, in);
  auto const rows = store::requests_to(tx, decider, in.status, range);
  return api::make_page(to_entries(tx, vault, rows), range, cursors, scope, &AccountRequestEntry::account_request_id);
}

ReceivedAccountRequest get_received(db::ReadTx& tx, keys::Vault const& vault, SmartAccountId decider,
                                    AccountRequestId id) {
  auto const row = store::request(tx, id);
  if (!row || row->decider_id != decider) throw Problem(problems::not_found);
  return to_received_request(tx, vault, *row);
}

wire::Page<AccountRequestEntry> list_for_account(db::ReadTx& tx, AdministratorProof const& access,
                                                 RequestQuery const& in, keys::Vault const& vault,
                                                 api::Cursors const& cursors) {
  return list_received(tx, vault, cursors, access.smart_account_id(), access.person_id(), in);
}

ReceivedAccountRequest get_for_account(db::ReadTx& tx, AdministratorProof const& access, RequestKey const& in,
                                       keys::Vault const& vault) {
  return get_received(tx, vault, access.smart_account_id(), in.account_request_id);
}

ReceivedAccountRequest decide_for_account(db::Tx& tx, AdministratorProof const& access, AccountDecision const& in,
                                          keys::Vault const& vault, mail::Outbox const& outbox) {
  decide_account_request(tx, vault, outbox, access.smart_account_id(), access.person_id(), access.actor(), in);
  return get_received(tx, vault, access.smart_account_id(), in.account_request_id);
}

wire::Page<AccountRequestEntry> list_for_staff(db::ReadTx& tx, StaffProof const& access, StaffRequestQuery const& in,
                                               keys::Vault const& vault, api::Cursors const& cursors) {
  return list_received(tx, vault, cursors, {}, access.person_id(), in);
}

ReceivedAccountRequest get_for_staff(db::ReadTx& tx, StaffProof const&, OwnRequestKey const& in,
                                     keys::Vault const& vault) {
  return get_received(tx, vault, {}, in.account_request_id);
}

ReceivedAccountRequest decide_for_staff(db::Tx& tx, StaffProof const& access, DecisionInput const& in,
                                        keys::Vault const& vault, mail::Outbox const& outbox) {
  decide_account_request(tx, vault, outbox, {}, access.person_id(), access.actor(), in);
  return get_received(tx, vault, {}, in.account_request_id);
}

}  // namespace

std::vector<api::Route> founding_routes() {
  using enum api::Method;
  std::string const own = "/api/v1/account_requests", id = "/{account_request_id}",
                    account = "/api/v1/smart_accounts/{smart_account_id}/account_requests",
                    staff = "/api/v1/operator/account_requests";
  return {
      api::route<&get_forecast>(get, "/api/v1/smart_account_forecast", "get_smart_account_forecast",
                                "See what would become of a wish for a Smart Account"),
      api::route<&answer_founding>(post, "/api/v1/smart_accounts", "found_smart_account",
                                   "Open a Smart Account, or ask for it"),
      api::route<&list_own>(get, own, "list_my_account_requests", "List one's own requests for Smart Accounts"),
      api::route<&get_own>(get, own + id, "get_my_account_request", "See a request of one's own"),
      api::route<&withdraw>(post, own + id + "/withdrawal", "withdraw_account_request",
                            "Withdraw a request of one's own"),
      api::route<&list_for_account>(get, account, "list_account_requests",
                                    "List requests that the account's administrators decide"),
      api::route<&get_for_account>(get, account + id, "get_account_request", "See such a request"),
      api::route<&decide_for_account>(post, account + id + "/decision", "decide_account_request",
                                      "Approve or decline a request"),
      api::route<&list_for_staff>(get, staff, "list_operator_account_requests",
                                  "List requests that the operator decides"),
      api::route<&get_for_staff>(get, staff + id, "get_operator_account_request", "See such a request"),
      api::route<&decide_for_staff>(post, staff + id + "/decision", "decide_operator_account_request",
                                    "Approve or decline a request to the operator"),
  };
}

}  // namespace menkyo::accounts
