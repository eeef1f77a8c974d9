#include "people/password.hpp"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/bytes.hpp"
#include "base/text.hpp"
#include "people/common_passwords.hpp"

namespace menkyo::people {

namespace {

struct Length {
  size_t min, max;
};
constexpr Length composed_length{12, 60}, long_length{15, 200};
constexpr size_t memory_kib = 19 * 1024;
constexpr unsigned passes = 2;
constexpr size_t salt_bytes = 16, hash_bytes = 32;
static_assert(salt_bytes == crypto_pwhash_argon2id_SALTBYTES);

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_symbol(char c) {
  return c > ' ' && c < 0x7f && !is_upper(c) && !is_lower(c) && !is_digit(c);
}

constexpr std::string_view disguises = "@a4a0o1i!i3e$s5s7t|l", ends = "0123456789!@#$%^&*()-_=+.,?~ ";

// What is left when the usual disguises are taken off: "P@ssw0rd2026!" becomes "password". Digits and symbols at the
// ends go, except that many, which may be disguised letters themselves; those inside are taken for letters or
// dropped.
std::string core_of(std::string_view password, bool undisguise, size_t kept_before = 0, size_t kept_behind = 0) {
  auto const first = password.find_first_not_of(ends);
  if (first == std::string_view::npos) return {};
  auto const begin = first - std::min(first, kept_before);
  password = password.substr(begin, password.find_last_not_of(ends) + kept_behind - begin + 1);
  std::string out;
  for (char c : password) {
    for (size_t i = 0; undisguise && i < disguises.size(); i += 2)
      if (disguises[i] == c) c = disguises[i + 1];
    if (is_upper(c)) c = char(c - 'A' + 'a');
    if (is_lower(c)) out += c;
  }
  return out;
}

// One word, or one word several times over.
bool repeats(std::string_view core, std::string_view word) {
  if (core.empty() || word.empty() || core.size() % word.size() != 0) return false;
  for (size_t at = 0; at < core.size(); at += word.size())
    if (core.substr(at, word.size()) != word) return false;
  return true;
}

bool is_common(std::string_view password, std::string_view mail) {
  if (std::set<char>(password.begin(), password.end()).size() < 6) return true;
  auto const local = core_of(mail.substr(0, mail.find('@')), false);
  auto const words = common_passwords();
  auto const is_word = [&](std::string const& core) {
    return (local.size() >= 4 && repeats(core, local)) ||
           std::any_of(words.begin(), words.end(), [&](auto word) { return repeats(core, word); });
  };
  for (size_t before : {0, 1})
    for (size_t behind : {0, 1, 2})
      if (is_word(core_of(password, true, before, behind))) return true;
  return is_word(core_of(password, false));
}

std::string base64(ByteView bytes) {
  constexpr int variant = sodium_base64_VARIANT_ORIGINAL_NO_PADDING;
  std::string out(sodium_base64_ENCODED_LEN(bytes.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), bytes.data(), bytes.size(), variant);
  out.pop_back();  // the terminating zero
  return out;
}

// A hash that no password has, with the same parameters.
std::string const& nobodys_hash() {
  static std::string const hash = [] {
    Random fixed{Seed{}};
    return hash_password(to_hex(fixed.bytes(32)), fixed);
  }();
  return hash;
}

}  // namespace

std::vector<FieldError> check_password(PasswordPolicy policy, std::string_view given, std::string_view mail) {
  bool const composed = policy == PasswordPolicy::composed;
  auto const allowed = composed ? composed_length : long_length;
  auto const password = to_nfkc(given);
  std::vector<FieldError> errors;
  auto const report = [&](const char* code, std::string detail) {
    errors.push_back({"/password", code, std::move(detail)});
  };
  auto const has = [&](bool (*is)(char)) { return std::any_of(password.begin(), password.end(), is); };
  auto const length = std::count_if(password.begin(), password.end(), [](char c) { return (c & 0xC0) != 0x80; });
  if (size_t(length) < allowed.min)
    report("too_short", "must have at least " + std::to_string(allowed.min) + " characters");
  if (size_t(length) > allowed.max)
    report("too_long", "must have at most " + std::to_string(allowed.max) + " characters");
  if (composed && !has(is_upper)) report("needs_upper", "must have an upper-case letter");
  if (composed && !has(is_lower)) report("needs_lower", "must have a lower-case letter");
  if (composed && !has(is_digit)) report("needs_digit", "must have a digit");
  if (composed && !has(is_symbol)) report("needs_symbol", "must have a symbol");
  if (errors.empty() && is_common(password, mail)) report("too_common", "is built around a word that is tried first");
  return errors;
}

std::string hash_password(std::string_view given, Random& random) {
  auto const password = to_nfkc(given);
  auto const salt = random.bytes(salt_bytes);
  Bytes hash(hash_bytes);
  if (crypto_pwhash(hash.data(), hash.size(), password.data(), password.size(), salt.data(), passes,
                    memory_kib * 1024, crypto_pwhash_ALG_ARGON2ID13) != 0)
    throw std::bad_alloc();
  return "$argon2id$v=19$m=" + std::to_string(memory_kib) + ",t=" + std::to_string(passes) + ",p=1$" + base64(salt) +
         "$" + base64(hash);
}

bool verify_password(std::string_view given, std::string const& hash_or_empty) {
  auto const password = to_nfkc(given);
  auto const& hash = hash_or_empty.empty() ? nobodys_hash() : hash_or_empty;
  bool const same = crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
  return same && !hash_or_empty.empty();
}

}  // namespace menkyo::people
