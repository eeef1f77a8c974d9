#include "protocol/bytes.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstdio>
#include <memory>

#include "protocol/error.hpp"
#include "protocol/handle.hpp"

namespace menkyo::protocol {

namespace {

constexpr char url_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr char std_alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

consteval std::array<int8_t, 256> reverse(const char* alphabet) {
  std::array<int8_t, 256> table{};
  for (auto& entry : table) entry = -1;
  for (int i = 0; i < 64; ++i) table[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  return table;
}
constexpr auto url_values = reverse(url_alphabet);
constexpr auto std_values = reverse(std_alphabet);

void encode(std::string& out, ByteView in, const char* alphabet) {
  out.reserve(out.size() + (in.size() + 2) / 3 * 4);
  size_t i = 0;
  for (; i + 3 <= in.size(); i += 3) {
    uint32_t const v = uint32_t{in[i]} << 16 | uint32_t{in[i + 1]} << 8 | in[i + 2];
    char const four[4] = {alphabet[v >> 18], alphabet[v >> 12 & 63], alphabet[v >> 6 & 63], alphabet[v & 63]};
    out.append(four, 4);
  }
  if (in.size() - i == 1) {
    out += alphabet[in[i] >> 2];
    out += alphabet[(in[i] & 3) << 4];
  } else if (in.size() - i == 2) {
    out += alphabet[in[i] >> 2];
    out += alphabet[(in[i] & 3) << 4 | in[i + 1] >> 4];
    out += alphabet[(in[i + 1] & 15) << 2];
  }
}

// Appends to any container of bytes; false when `in` is not the one encoding of something.
template <class Out>
bool decode(Out& out, std::string_view in, std::array<int8_t, 256> const& values) {
  if (in.size() % 4 == 1) return false;
  out.reserve(out.size() + in.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int count = 0;
  for (char const c : in) {
    int const v = values[static_cast<uint8_t>(c)];
    if (v < 0) return false;
    bits = bits << 6 | static_cast<uint32_t>(v);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out.push_back(static_cast<typename Out::value_type>(bits >> count & 0xFF));
    }
  }
  return (bits & ((1u << count) - 1)) == 0;
}

}  // namespace

std::string to_base64url(ByteView bytes) {
  std::string out;
  encode(out, bytes, url_alphabet);
  return out;
}

void append_base64url(std::string& out, ByteView bytes) {
  encode(out, bytes, url_alphabet);
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes out;
  if (!decode(out, text, url_values)) return {};
  return out;
}

bool append_from_base64url(std::string& out, std::string_view text) {
  return decode(out, text, url_values);
}

std::string to_base64(ByteView bytes) {
  std::string out;
  encode(out, bytes, std_alphabet);
  out.append((4 - out.size() % 4) % 4, '=');
  return out;
}

std::optional<Bytes> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return {};
  for (int i = 0; i < 2 && text.ends_with('='); ++i) text.remove_suffix(1);
  Bytes out;
  if (!decode(out, text, std_values)) return {};
  return out;
}

Digest sha256(ByteView bytes) {
  // Fetching the algorithm and making a context cost more than hashing a message.
  static Handle<EVP_MD, EVP_MD_free> const algorithm(EVP_MD_fetch(nullptr, "SHA256", nullptr));
  thread_local Handle<EVP_MD_CTX, EVP_MD_CTX_free> const context(EVP_MD_CTX_new());
  Digest out;
  require(algorithm != nullptr, "finding SHA-256");
  require(context != nullptr, "SHA-256");
  require(EVP_DigestInit_ex(context.get(), algorithm.get(), nullptr) == 1, "SHA-256");
  require(EVP_DigestUpdate(context.get(), bytes.data(), bytes.size()) == 1, "SHA-256");
  require(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1, "SHA-256");
  return out;
}

bool equal_constant_time(ByteView a, ByteView b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

std::string to_rfc3339(Instant t) {
  using namespace std::chrono;
  auto const day = floor<days>(t);
  year_month_day const date(day);
  hh_mm_ss const clock(t - day);
  char buffer[40];
  std::snprintf(buffer, sizeof buffer, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
                static_cast<int>(clock.seconds().count()));
  std::string out = buffer;
  if (auto const us = clock.subseconds().count(); us != 0) {
    std::snprintf(buffer, sizeof buffer, ".%06d", static_cast<int>(us));
    out += buffer;
  }
  return out + 'Z';
}

namespace {

// Reads fixed-width numbers and separators off the front of a text.
struct Scanner {
  std::string_view rest;
  bool ok = true;

  int number(size_t width) {
    int v = 0;
    if (rest.size() < width) return fail();
    for (char const c : rest.substr(0, width)) {
      if (c < '0' || c > '9') return fail();
      v = v * 10 + (c - '0');
    }
    rest.remove_prefix(width);
    return v;
  }
  void one_of(std::string_view allowed) {
    if (rest.empty() || allowed.find(rest[0]) == std::string_view::npos) {
      fail();
      return;
    }
    rest.remove_prefix(1);
  }
  int fail() {
    ok = false;
    rest = {};
    return 0;
  }
};

int fraction_us(Scanner& s) {
  if (!s.rest.starts_with('.')) return 0;
  s.one_of(".");
  int us = 0;
  int digits = 0;
  for (; !s.rest.empty() && s.rest[0] >= '0' && s.rest[0] <= '9'; s.rest.remove_prefix(1)) {
    if (++digits > 6) return s.fail();
    us = us * 10 + (s.rest[0] - '0');
  }
  if (digits == 0) return s.fail();
  for (; digits < 6; ++digits) us *= 10;
  return us;
}

int offset_minutes(Scanner& s) {
  if (s.rest == "Z" || s.rest == "z") {
    s.rest = {};
    return 0;
  }
  int const sign = s.rest.starts_with('-') ? -1 : 1;
  s.one_of("+-");
  int const h = s.number(2);
  s.one_of(":");
  int const m = s.number(2);
  if (h > 23 || m > 59) return s.fail();
  return sign * (h * 60 + m);
}

}  // namespace

std::optional<Instant> from_rfc3339(std::string_view text) {
  using namespace std::chrono;
  Scanner s{text};
  int const y = s.number(4);
  s.one_of("-");
  int const mo = s.number(2);
  s.one_of("-");
  int const d = s.number(2);
  s.one_of("Tt");
  int const h = s.number(2);
  s.one_of(":");
  int const mi = s.number(2);
  s.one_of(":");
  int const sec = s.number(2);
  int const us = fraction_us(s);
  int const offset = offset_minutes(s);
  year_month_day const date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (!s.ok || !s.rest.empty() || !date.ok() || h > 23 || mi > 59 || sec > 59) return {};
  auto const t = Instant(sys_days(date)) + hours(h) + minutes(mi - offset) + seconds(sec) + microseconds(us);
  // An offset may lead out of the years that can be written again.
  if (t < Instant(sys_days(year(0) / 1 / 1)) || t >= Instant(sys_days(year(10000) / 1 / 1))) return {};
  return t;
}

}  // namespace menkyo::protocol
