#pragma once
// The mails about Smart Accounts that are asked for, decided and opened (domain reference, section 3.5). Each goes to
// people of known roles only, in their languages, and says no more of others than its reader may know: a requester
// never learns who decides.

#include "accounts/requests.hpp"

namespace menkyo::accounts {

// "Hana Mori <hana@example.com>", or the address alone.
std::string contact(people::Person const& person);
// A letter in the person's language that greets it by name.
void post_to(db::Tx& tx, mail::Outbox const& outbox, people::Person const& person, std::string template_name,
             mail::Words words);

// Those of the operator's staff who may do that and can sign in.
std::vector<PersonId> staff_who_may(db::ReadTx& tx, access::OperatorPermission permission);

// To the applicant that the account waits for approval, and to those who decide.
void tell_requested(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                    AccountForm const& form, Applicant const& applicant);
// `template_name` is setup_pending_approver or its reminder.
void tell_deciders(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, store::RequestRow const& row,
                   AccountForm const& form, Applicant const& applicant, std::string const& template_name);
// To the applicant that nobody decided for a week, and whom to ask.
void tell_still_pending(db::Tx& tx, mail::Outbox const& outbox, store::RequestRow const& row,
                        Applicant const& applicant);
// To the founder of an account that is there now. `reason` is what an approver had to say, or nothing.
void tell_activated(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                    store::AccountRow const& account, Applicant const& founder, AccountForm const& form,
                    std::string const& reason);
void tell_declined(db::Tx& tx, mail::Outbox const& outbox, store::RequestRow const& row, Applicant const& applicant,
                   std::string const& reason);

}  // namespace menkyo::accounts
