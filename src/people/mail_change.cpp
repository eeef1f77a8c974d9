#include "people/mail_change.hpp"

#include "base/text.hpp"
#include "people/store_mail_change.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

using store::MailChangeRow;

constexpr std::string_view wish_purpose = "mail_change_wish";

// What is sealed in mail_change.wrapped_wish.
struct Wish {
  Mail mail;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (mail))

std::string new_mail_of(keys::Vault const& vault, MailChangeRow const& row) {
  return keys::open_struct<Wish>(vault, wish_purpose, row.wrapped_wish).mail;
}

std::string normal(std::string_view mail) {
  return normalize_mail(mail).value();
}

// One end of a change, found by its link.
struct OpenEnd {
  MailChangeRow row;
  bool is_new;
};
std::optional<OpenEnd> open_end(db::ReadTx& tx, Bytes const& link_lookup) {
  auto row = store::mail_change_by_link(tx, link_lookup, tx.now());
  if (!row) return {};
  bool const is_new = row->new_link_lookup == link_lookup;
  if (is_new ? row->new_confirmed_at : row->old_confirmed_at) return {};
  return OpenEnd{std::move(*row), is_new};
}

PendingMailChange to_pending(keys::Vault const& vault, MailChangeRow const& row) {
  return {new_mail_of(vault, row), row.created_at, row.expires_at, row.new_confirmed_at.has_value(),
          row.old_confirmed_at.has_value()};
}

// Gives the ends that are open new links, and mails them. `old_mail` is the address that the person has.
void post_links(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                MailChangeRow& row) {
  auto const person = load_person(tx, vault, row.person_id);
  auto const new_mail = new_mail_of(vault, row);
  // Strangers have mails sent to the old inbox too, and must not be able to keep this one from it: it is counted
  // apart.
  if (!count_mail_from(tx, vault, row.person_id.text(), normal(person.mail)))
    throw Problem(problems::too_many_requests,
                  "The mails of a change were sent many times already; wait for a while.");
  auto const token_of = [&](Bytes& lookup) {
    auto token = protocol::to_base64url(tx.random().bytes(32));
    lookup = link_lookup(vault, token);
    return token;
  };
  auto const hours = hours_of(mail_change_period);
  if (!row.old_confirmed_at)
    outbox.post(tx, {person.mail,
                     person.language,
                     "approve_mail_change",
                     {{"name", display_name(person)},
                      {"new_mail", new_mail},
                      {"hours", hours},
                      {"link", outbox.link("/link/" + token_of(row.old_link_lookup))}}});
  if (row.new_confirmed_at) return;
  auto const token = token_of(row.new_link_lookup);
  if (!count_mail(tx, vault, normal(new_mail), request.peer)) return;
  bool const is_known = find_person(tx, vault, new_mail).has_value();
  // It may be a stranger's inbox, by a slip of the fingers, which is not told whose account this is about.
  outbox.post(tx, {new_mail,
                   person.language,
                   is_known ? "mail_change_known" : "confirm_mail",
                   {{"hours", hours}, {"link", outbox.link(is_known ? "/sign_in" : "/link/" + token)}}});
}

void require_free(db::ReadTx& tx, keys::Vault const& vault, std::string const& mail) {
  if (find_person(tx, vault, mail))
    throw Problem(problems::conflict, "There is an account with this mail address meanwhile.");
}

void change_mail(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                 MailChangeRow const& row) {
  auto const before = load_person(tx, vault, row.person_id);
  auto const new_mail = new_mail_of(vault, row);
  auto profile = lock_profile(tx, vault, row.person_id);
  profile.mail = Mail(new_mail);
  put_profile(tx, vault, row.person_id, profile);
  store::delete_sessions(tx, row.person_id, row.session_id);
  store::delete_links(tx, row.person_id);
  store::delete_mail_change(tx, row.person_id);
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = audit::EventKind::mail_changed,
                 .actor = audit::actor(audit::ActorKind::person, row.person_id),
                 .subject_kind = "person",
                 .subject_id = row.person_id.bytes,
                 .personal = before.mail});
  auto words = facts_of(tx, request);
  words.emplace_back("name", display_name(before));
  words.emplace_back("new_mail", new_mail);
  outbox.post(tx, {before.mail, before.language, "mail_changed", std::move(words)});
}

}  // namespace

OwnMailChange get_mail_change(db::ReadTx& tx, api::Caller const& caller, keys::Vault const& vault) {
  auto const row = store::mail_change_of(tx, caller.person_id, tx.now());
  return {row ? std::optional(to_pending(vault, *row)) : std::nullopt};
}

OwnMailChange ask_mail_change(db::Database& database, NewMailChange const& in, keys::Vault const& vault,
                              mail::Outbox const& outbox, api::Request const& request) {
  auto const proof = prove_password(database, vault, request, in.current_password);
  if (require_mail(in.mail) == normalize_mail(proof.mail))
    throw invalid_field("/mail", "unchanged", "is the present address");
  return database.write([&](db::Tx& tx) {
    auto const person = accept_proof(tx, proof).person_id;
    MailChangeRow row{.person_id = person,
                      .session_id = proof.caller.session_id,
                      .wrapped_wish = keys::seal_struct(vault, wish_purpose, Wish{in.mail}, tx.random()),
                      .created_at = tx.now(),
                      .expires_at = tx.now() + mail_change_period,
                      .mails_sent = 1,
                      .mailed_at = tx.now()};
    post_links(tx, vault, outbox, request, row);
    store::put_mail_change(tx, row);
    return OwnMailChange{to_pending(vault, row)};
  });
}

void send_mail_change_again(db::Tx& tx, api::Caller const& caller, keys::Vault const& vault,
                            mail::Outbox const& outbox, api::Request const& request) {
  store::credentials_for_update(tx, caller.person_id);
  auto row = store::mail_change_of(tx, caller.person_id, tx.now());
  if (!row) throw Problem(problems::conflict, "No change of the mail address waits to be confirmed.");
  require_mail_again(row->mails_sent, row->mailed_at, tx.now());
  row->mails_sent += 1;
  row->mailed_at = tx.now();
  post_links(tx, vault, outbox, request, *row);
  store::put_mail_change(tx, *row);
}

void withdraw_mail_change(db::Tx& tx, api::Caller const& caller) {
  store::credentials_for_update(tx, caller.person_id);
  store::delete_mail_change(tx, caller.person_id);
}

ConfirmedMailChange confirm_mail_change(db::Tx& tx, MailChangeConfirmation const& in, keys::Vault const& vault,
                                        mail::Outbox const& outbox, api::Request const& request) {
  auto const lookup = link_lookup(vault, in.token);
  // Read again once the person is locked: the other end may be confirmed at this moment.
  auto end = open_end(tx, lookup);
  if (end && !store::credentials_for_update(tx, end->row.person_id)) end.reset();
  if (end) end = open_end(tx, lookup);
  if (!end) throw Problem(problems::link_invalid);
  auto& row = end->row;
  (end->is_new ? row.new_confirmed_at : row.old_confirmed_at) = tx.now();
  // Before the new inbox has confirmed, not even the old one is told whether the address has an account.
  if (row.new_confirmed_at) require_free(tx, vault, new_mail_of(vault, row));
  if (!row.new_confirmed_at || !row.old_confirmed_at) {
    store::put_mail_change(tx, row);
    return {false};
  }
  change_mail(tx, vault, outbox, request, row);
  return {true};
}

std::optional<LinkFacts> mail_change_of_link(db::ReadTx& tx, keys::Vault const& vault, Bytes const& link_lookup) {
  auto const end = open_end(tx, link_lookup);
  if (!end) return {};
  auto const new_mail = new_mail_of(vault, end->row);
  if (end->is_new) return LinkFacts{LinkPurpose::confirm_mail, new_mail, end->row.person_id, new_mail, {}, {}};
  return LinkFacts{LinkPurpose::approve_mail_change,
                   load_person(tx, vault, end->row.person_id).mail,
                   end->row.person_id,
                   new_mail,
                   {},
                   {}};
}

}  // namespace menkyo::people
