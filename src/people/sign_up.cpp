#include "people/sign_up.hpp"

#include "base/text.hpp"
#include "people/attempts.hpp"
#include "people/password.hpp"
#include "people/store.hpp"
#include "places/places.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

constexpr std::string_view wish_purpose = "sign_up_wish";

// What is sealed in sign_up.wrapped_wish.
struct Wish {
  Profile profile;
  Language language;
  wire::Exact<0, 200> password_hash;
};
BOOST_DESCRIBE_STRUCT(Wish, (), (profile, language, password_hash))

Bytes handle_lookup(keys::Vault const& vault, std::string_view handle) {
  return vault.lookup("sign_up_handle", as_bytes(handle));
}

std::string new_secret(db::Tx& tx) {
  return protocol::to_base64url(tx.random().bytes(32));
}

// To the owner of the address: the link, or that there is an account already.
void post_letter(db::Tx& tx, mail::Outbox const& outbox, Wish const& wish, bool has_account,
                 std::string const& token) {
  outbox.post(tx, {wish.profile.mail,
                   wish.language,
                   has_account ? "sign_up_known" : "activate",
                   {{"hours", hours_of(sign_up_period)},
                    {"link", outbox.link(has_account ? "/sign_in" : "/link/" + token)}}});
}

}  // namespace

Profile read_introduction(Introduction const& in, PasswordPolicy policy, Mail const& mail,
                          std::vector<FieldError>& errors) {
  for (auto& error : check_password(policy, in.password, mail)) errors.push_back(std::move(error));
  auto const latin = [&](Name const& given, const char* path) {
    return read_latin_name(given, path, errors).value_or(Name());
  };
  auto const* country = places::read_country(in.country, "/country", errors);
  return {mail, latin(in.given_name, "/given_name"), latin(in.family_name, "/family_name"), in.native_name,
          country ? std::optional(CountryCode(std::string(country->code))) : std::nullopt};
}

std::string sign_up(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                    PasswordPolicy policy, api::Request const& request, NewSignUp const& in) {
  std::vector<FieldError> errors;
  auto const normalized = read_mail(in.mail, "/mail", errors).value_or("");
  auto const profile = read_introduction(in, policy, in.mail, errors);
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  Random random(database.next_seed());
  Wish const wish{profile, in.language, hash_password(in.password, random)};
  return database.write([&](db::Tx& tx) {
    bool const may_mail = count_mail(tx, vault, normalized, request.peer);
    auto const lookup = mail_lookup(vault, normalized);
    auto const handle = new_secret(tx), token = new_secret(tx);
    store::insert_sign_up(tx, {tx.new_id<SignUpId>(), handle_lookup(vault, handle), link_lookup(vault, token), lookup,
                               keys::seal_struct(vault, wish_purpose, wish, tx.random()), tx.now(),
                               tx.now() + sign_up_period, may_mail ? 1 : 0, tx.now()});
    bool const has_account = store::find_by_mail(tx, lookup).has_value();
    if (may_mail) post_letter(tx, outbox, wish, has_account, token);
    return handle;
  });
}

void mail_again(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                std::string_view handle) {
  auto const row = store::sign_up_by_handle(tx, handle_lookup(vault, handle), tx.now());
  if (!row) throw Problem(problems::link_invalid, "This sign-up has expired; begin again.");
  require_mail_again(row->mails_sent, row->mailed_at, tx.now());
  auto const wish = keys::open_struct<Wish>(vault, wish_purpose, row->wrapped_wish);
  if (!count_mail(tx, vault, normalize_mail(wish.profile.mail).value(), request.peer)) return;
  auto const token = new_secret(tx);
  store::renew_sign_up(tx, row->sign_up_id, link_lookup(vault, token), tx.now());
  post_letter(tx, outbox, wish, store::find_by_mail(tx, row->mail_lookup).has_value(), token);
}

std::optional<std::string> mail_of_sign_up(db::ReadTx& tx, keys::Vault const& vault, Bytes const& link_lookup) {
  auto const row = store::sign_up_by_link(tx, link_lookup, tx.now());
  if (!row) return {};
  return keys::open_struct<Wish>(vault, wish_purpose, row->wrapped_wish).profile.mail;
}

StartedSession activate(db::Database& database, keys::Vault const& vault, api::Request const& request,
                        std::string_view token, std::string_view password) {
  auto const lookup = link_lookup(vault, token);
  auto const tried = database.write([&](db::Tx& tx) {
    auto const row = store::sign_up_by_link(tx, lookup, tx.now());
    if (!row) throw Problem(problems::link_invalid);
    auto wish = keys::open_struct<Wish>(vault, wish_purpose, row->wrapped_wish);
    auto const attempt = count_attempt(tx, vault, normalize_mail(wish.profile.mail).value(), request.peer);
    return std::pair(attempt, std::move(wish));
  });
  auto const& attempt = tried.first;
  auto const& wish = tried.second;
  if (!verify_password(password, wish.password_hash)) throw Problem(problems::wrong_credentials);
  return database.write([&](db::Tx& tx) {
    if (!store::sign_up_by_link(tx, lookup, tx.now())) throw Problem(problems::link_invalid);
    forgive_attempt(tx, attempt);
    // Whoever else asked for this address has not proved it.
    store::delete_sign_ups(tx, mail_lookup(vault, normalize_mail(wish.profile.mail).value()));
    auto const person = tx.new_id<PersonId>();
    create_person(tx, vault, person, {wish.profile, wish.language}, audit::actor(audit::ActorKind::person, person));
    store::set_password(tx, person, wish.password_hash, tx.now());
    return start_session(tx, vault, request, person);
  });
}

void forgot_password(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                     std::string_view mail, Language language) {
  auto const normalized = require_mail(mail);
  if (!count_mail(tx, vault, normalized, request.peer)) return;
  auto const person = store::credentials(tx, mail_lookup(vault, normalized));
  std::string const address(mail);
  if (!person) {
    outbox.post(tx, {address, language, "reset_unknown", {{"link", outbox.link("/sign_up")}}});
    return;
  }
  auto const token = make_reset_link(tx, vault, person->person_id);
  outbox.post(tx, {address,
                   language,
                   "reset_password",
                   {{"hours", hours_of(reset_period)}, {"link", outbox.link("/link/" + token)}}});
}

}  // namespace menkyo::people
