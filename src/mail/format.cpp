#include "mail/format.hpp"

#include <sodium.h>

#include <array>

#include "base/text.hpp"

namespace menkyo::mail {

namespace {

constexpr std::string_view line_end = "\r\n";

std::string base64(std::string_view text) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL;
  std::string out(sodium_base64_ENCODED_LEN(text.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), as_bytes(text).data(), text.size(), variant);
  out.pop_back();  // the terminating zero
  return out;
}

// In lines of 76 characters (RFC 2045 section 6.8).
std::string body_lines(std::string_view text) {
  auto const encoded = base64(text);
  std::string out;
  for (size_t at = 0; at < encoded.size(); at += 76) out.append(encoded, at, 76).append(line_end);
  return out;
}

bool is_plain(std::string_view text) {
  for (unsigned char c : text)
    if (c < ' ' || c > '~') return false;
  return text.size() <= 60 && text.find("=?") == std::string_view::npos;
}

// Text in a header: as it is, or as encoded words of at most 75 characters (RFC 2047 section 2), none of which ends
// inside a character.
std::string header_text(std::string_view text) {
  if (is_plain(text)) return std::string(text);
  constexpr size_t longest = 45;  // bytes; 60 characters of base 64, and 12 around them
  std::string out;
  while (!text.empty()) {
    size_t size = std::min(longest, text.size());
    while (size < text.size() && (text[size] & 0xC0) == 0x80) --size;
    if (!out.empty()) out.append(line_end).append(" ");
    out.append("=?UTF-8?B?").append(base64(text.substr(0, size))).append("?=");
    text.remove_prefix(size);
  }
  return out;
}

// RFC 5322 section 3.3.
std::string mail_date(Instant at) {
  constexpr std::array days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto const day = std::chrono::floor<std::chrono::days>(at);
  std::chrono::year_month_day const date(day);
  auto const written = to_rfc3339(std::chrono::floor<std::chrono::seconds>(at));  // 2026-01-31T23:59:59Z
  return std::string(days[std::chrono::weekday(day).c_encoding()]) + ", " + written.substr(8, 2) + " " +
         months[unsigned(date.month()) - 1] + " " + written.substr(0, 4) + " " + written.substr(11, 8) + " +0000";
}

std::string part(std::string_view boundary, std::string_view type, std::string_view text) {
  std::string out = "--";
  out.append(boundary).append("\r\nContent-Type: ").append(type).append("; charset=utf-8\r\n");
  return out.append("Content-Transfer-Encoding: base64\r\n\r\n").append(body_lines(text));
}

}  // namespace

std::optional<std::string> envelope_address(std::string_view address) {
  if (!normalize_mail(address)) return {};
  auto const text = to_nfkc(address);
  auto const at = text.rfind('@');
  auto const domain = normalize_domain(std::string_view(text).substr(at + 1));
  auto const local = text.substr(0, at);
  auto const odd = [](unsigned char c) { return c <= ' ' || c == 0x7f; };
  if (!domain || std::any_of(local.begin(), local.end(), odd)) return {};
  return local + "@" + *domain;
}

std::string to_rfc5322(Message const& message, MailId id, Sender const& sender, Instant created_at) {
  auto const host = sender.address.substr(sender.address.rfind('@') + 1);
  auto const boundary = "=_" + id.text();  // never part of base 64
  std::string out;
  auto const header = [&](std::string_view name, std::string_view value) {
    out.append(name).append(": ").append(value).append(line_end);
  };
  // A display name of ASCII letters needs quotes if it holds more than those; an encoded word must not have any.
  auto const name = header_text(sender.name);
  header("From", (name == sender.name ? "\"" + name + "\"" : name) + " <" + sender.address + ">");
  header("To", "<" + envelope_address(message.to).value() + ">");
  header("Subject", header_text(message.subject));
  header("Date", mail_date(created_at));
  header("Message-ID", "<" + id.text() + "@" + host + ">");
  header("Auto-Submitted", "auto-generated");  // RFC 3834 section 5: no holiday notes, please
  header("Content-Language", to_text(message.language));
  header("MIME-Version", "1.0");
  header("Content-Type", "multipart/alternative;\r\n boundary=\"" + boundary + "\"");
  out.append(line_end);
  out.append(part(boundary, "text/plain", message.text)).append(part(boundary, "text/html", message.html));
  return out.append("--").append(boundary).append("--").append(line_end);
}

}  // namespace menkyo::mail
