#include "publications/imprint.hpp"

#include "mail/mail.hpp"

namespace menkyo::publications {

namespace {

// What stands for a fact that the settings do not tell.
struct Unset {
  std::string_view ja, en;
};
constexpr Unset no_name{"本サービスの運営者", "the operator of this service"};
constexpr Unset no_address{"（運営者は所在地をまだ記載していません）",
                           "(the operator has not stated its address yet)"};
constexpr Unset no_location{"（運営者はデータの保存場所をまだ記載していません）",
                            "(the operator has not stated yet where data are kept)"};
constexpr Unset no_contact{"（運営者は連絡先をまだ記載していません）",
                           "(the operator has not stated yet how to reach it)"};

std::string or_unset(std::string const& fact, Unset const& unset, Language language) {
  return !fact.empty() ? fact : std::string(language == Language::ja ? unset.ja : unset.en);
}

std::string link(std::string const& uri, Language language) {
  return uri.empty() ? or_unset(uri, no_contact, language) : "<" + uri + ">";
}

std::optional<std::string> value_of(std::string_view word, Imprint const& i, Language language) {
  auto const or_general = [&](std::string const& uri) { return link(uri.empty() ? i.contact : uri, language); };
  if (word == "service_name") return i.service_name;
  if (word == "url") return "<" + i.url + ">";
  if (word == "operator_name") return or_unset(i.operator_name, no_name, language);
  if (word == "operator_address") return or_unset(i.operator_address, no_address, language);
  if (word == "data_location") return or_unset(i.data_location, no_location, language);
  if (word == "contact") return link(i.contact, language);
  if (word == "privacy_contact") return or_general(i.privacy_contact);
  if (word == "security_contact") return or_general(i.security_contact);
  return {};
}

// So long an expiry is advised against beyond a year (RFC 9116, section 2.5.5); a file that is asked for anew each
// time can promise less.
constexpr auto valid_for = std::chrono::days(180);

api::Response security_txt(db::ReadTx& tx, Imprint const& imprint, api::Request const& request) {
  if (imprint.security_contact.empty()) throw Problem(problems::not_found);
  auto const day = std::chrono::floor<std::chrono::days>(tx.now());
  std::string const text = "Contact: " + imprint.security_contact +
                           "\nExpires: " + to_rfc3339(Instant(day) + valid_for) +
                           "\nPreferred-Languages: ja, en\nCanonical: " + imprint.url +
                           "/.well-known/security.txt\nPolicy: " + imprint.url + "/security\n";
  return api::revalidated(request, "text/plain; charset=utf-8", text);
}

}  // namespace

std::string contact_uri(std::string_view text) {
  bool const plain =
      std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 127 && c != '<' && c != '>'; });
  if (!plain) return {};
  for (std::string_view scheme : {"https://", "mailto:", "tel:"})
    if (text.starts_with(scheme) && text.size() > scheme.size()) return std::string(text);
  auto const mail = mail::envelope_address(text);
  return mail ? "mailto:" + *mail : "";
}

std::string fill_in(std::string_view text, Imprint const& imprint, Language language) {
  std::string out;
  while (!text.empty()) {
    auto const open = std::min(text.find('{'), text.size());
    out += text.substr(0, open);
    text.remove_prefix(open);
    auto const close = text.find('}');
    auto const value =
        close == std::string_view::npos ? std::nullopt : value_of(text.substr(1, close - 1), imprint, language);
    if (value) {
      out += *value;
      text.remove_prefix(close + 1);
    } else if (!text.empty()) {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

std::vector<api::Route> imprint_routes() {
  auto row = api::route<&security_txt>(api::Method::get, "/.well-known/security.txt", "get_security_txt",
                                       "Where to report weaknesses (RFC 9116)");
  row.answer_type = "text/plain";
  row.revalidates = true;
  return {std::move(row)};
}

}  // namespace menkyo::publications
