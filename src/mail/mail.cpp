#include "mail/mail.hpp"

#include "mail/store.hpp"

namespace menkyo::mail {

namespace {

bool is_loopback_host(std::string_view host) {
  auto const name = host.starts_with('[') ? host.substr(0, host.find(']') + 1) : host.substr(0, host.find(':'));
  bool const is_number =
      name.find_first_not_of("0123456789.") == std::string_view::npos;  // 127.example.com is a name
  return name == "localhost" || name == "[::1]" || (is_number && name.starts_with("127."));
}

// RFC 7239 and what went before it, RFC 9110 section 7.6.3.
bool came_by_proxy(api::Request const& request) {
  for (auto name : {"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"})
    if (!request.header(name).empty()) return true;
  return false;
}

}  // namespace

std::string to_mail_time(Instant t) {
  auto const text = to_rfc3339(t);
  return text.substr(0, 10) + " " + text.substr(11, 5) + " UTC";
}

MailId Outbox::post(db::Tx& tx, Letter const& letter) const {
  auto const id = tx.new_id<MailId>();
  store::insert_mail(tx, {id, letter.template_name,
                          keys::seal_struct(vault_, message_purpose, write(letter), tx.random()), tx.now()});
  return id;
}

void Mailbox::admit(api::Request const& request) const {
  if (!open_ || !api::is_loopback(request.peer) || !is_loopback_host(request.header("host")) ||
      came_by_proxy(request))
    throw Problem(problems::not_found);
}

int64_t clean_up(db::Tx& tx, int64_t limit) {
  return store::delete_done(tx, {first_uuid7(tx.now() - kept_for)}, limit);
}

}  // namespace menkyo::mail
