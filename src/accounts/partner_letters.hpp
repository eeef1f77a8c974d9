#pragma once
// The mails about partners' requests of Smart Accounts for their customers. Those to the partner tell what the
// customer decided, and neither who the customer is nor what became of the account.

#include "accounts/letters.hpp"
#include "accounts/store_partner.hpp"

namespace menkyo::accounts {

// What is sealed in partner_request.wrapped_form.
struct PartnerForm {
  people::Mail customer_mail;
  std::optional<Note> note;
  std::vector<NewMember> members;
  std::optional<Note> members_note;
};
BOOST_DESCRIBE_STRUCT(PartnerForm, (), (customer_mail, note, members, members_note))

// To the customer, who may be nobody here yet and is written to in the partner's language then. `template_name` is
// partner_request_received or its reminder.
void tell_customer(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                   store::PartnerRequestRow const& row, PartnerForm const& form, std::string const& template_name);
// `template_name` is partner_request_accepted, _declined or _lapsed.
void tell_partner(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox,
                  store::PartnerRequestRow const& row, PartnerForm const& form, std::string const& template_name,
                  std::string const& reason = {});

}  // namespace menkyo::accounts
