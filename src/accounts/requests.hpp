#pragma once
// What the files about requests and founding share: requests as they are kept, and who makes them.

#include <map>

#include "accounts/founding.hpp"
#include "accounts/inside.hpp"
#include "accounts/store_requests.hpp"

namespace menkyo::accounts {

// What is sealed in account_request.wrapped_form, and used when the account is opened.
struct AccountForm {
  places::PostalAddress headquarters;
  std::optional<Note> note;
  std::vector<NewMember> members;
  std::optional<AskingPartner> partner;
};
BOOST_DESCRIBE_STRUCT(AccountForm, (), (headquarters, note, members, partner))

// What is sealed in account_request.wrapped_reason.
struct Reason {
  Note reason;
};
BOOST_DESCRIBE_STRUCT(Reason, (), (reason))

inline constexpr std::string_view form_purpose = "account_form", reason_purpose = "account_reason",
                                  site_purpose = "account_site";

// Who asks, as letters and those who decide see it; read once for all of them.
struct Applicant {
  people::Person person;
  people::Company company;
};
Applicant load_applicant(db::ReadTx& tx, keys::Vault const& vault, PersonId id);
// Problem profile_incomplete, which names the fields that missing_for_smart_account finds.
void require_complete(people::Company const& company);
// How its telephone number is dialled from abroad; empty if there is none.
std::string phone_of(people::Company const& company);
Requester to_requester(people::Person const& person);
// Those persons, each read once however often it is named.
std::map<PersonId, Requester> load_requesters(db::ReadTx& tx, keys::Vault const& vault, std::vector<PersonId> ids);

// Appends what is wrong with the users that a form names, at /members.
void check_members(std::vector<NewMember> const& members, wire::Errors& errors);

// The account with its headquarters, its founder as administrator and everybody whom the form names, who are told.
// Problem name_taken.
store::AccountRow open_founded(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                               NewAccount const& account, PersonId founder, AccountForm const& form);

// Stores the request, and tells the requester and those who decide: the administrators of `above`, else staff.
OwnAccountRequest ask_for_account(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                                  NewAccount const& account, Applicant const& applicant, ClaimKind kind,
                                  std::optional<SmartAccountId> above, AccountForm const& form);

std::vector<AccountRequestEntry> to_entries(db::ReadTx& tx, keys::Vault const& vault,
                                            std::vector<store::RequestRow> const& rows);
OwnAccountRequest to_own_request(keys::Vault const& vault, store::RequestRow const& row);
ReceivedAccountRequest to_received_request(db::ReadTx& tx, keys::Vault const& vault, store::RequestRow const& row);

}  // namespace menkyo::accounts
