#include "base/text.hpp"

#include <idn2.h>
#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <array>
#include <memory>
#include <stdexcept>

namespace menkyo {

namespace {

icu::UnicodeString utf16(std::string_view text) {
  return icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), int32_t(text.size())));
}

std::string utf8(icu::UnicodeString const& text) {
  std::string out;
  text.toUTF8String(out);
  return out;
}

icu::UnicodeString normalize(icu::Normalizer2 const* (*get)(UErrorCode&), std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  auto const* normalizer = get(error);
  icu::UnicodeString out;
  if (U_SUCCESS(error)) out = normalizer->normalize(utf16(text), error);
  if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU failed: ") + u_errorName(error));
  return out;
}

icu::UnicodeString case_folded(std::string_view text) {
  return normalize(icu::Normalizer2::getNFKCCasefoldInstance, text);
}

icu::UnicodeString folded(std::string_view text) {
  auto const raw = case_folded(text);
  icu::UnicodeString out;
  bool gap = false;
  for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    UChar32 const c = raw.char32At(i);
    if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
      gap = true;
      continue;
    }
    if (gap && !out.isEmpty()) out.append(UChar32(' '));
    gap = false;
    out.append(c);
  }
  return out;
}

// As folded, but for the four characters that folding changes or drops and that make another name in a domain
// ("straße" is not "strasse"): the deviations of Unicode Technical Standard 46, section 2.3.
std::string folded_for_domains(std::string_view text) {
  static constexpr std::array<std::string_view, 4> deviations{"\u00DF", "\u03C2", "\u200C", "\u200D"};
  std::string out;
  size_t done = 0;
  for (size_t at = 0; at < text.size(); ++at)
    for (auto const& letter : deviations) {
      if (!text.substr(at).starts_with(letter)) continue;
      out += utf8(case_folded(text.substr(done, at - done)));
      out += letter;
      done = at + letter.size();
    }
  return out + utf8(case_folded(text.substr(done)));
}

bool is_digit(UChar32 c) {
  return c >= '0' && c <= '9';
}

// What Japanese input methods write where others have a hyphen: the long vowel sign, minus, dashes and a box drawing.
bool is_dash(UChar32 c) {
  return c == 0x30FC || c == 0x2212 || (c >= 0x2010 && c <= 0x2015) || c == 0x2500;
}

// Katakana small a to small ke, and the two iteration marks, stand 0x60 above their hiragana.
UChar32 as_hiragana(UChar32 c) {
  bool const katakana = (c >= 0x30A1 && c <= 0x30F6) || c == 0x30FD || c == 0x30FE;
  return katakana ? c - 0x60 : c;
}

// What the other way makes of ASCII, many times faster: searches fold the names of a whole account.
std::optional<std::string> fold_ascii(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool gap = false;
  for (char const c : text) {
    if (uint8_t(c) >= 0x80) return {};
    if (c <= ' ' || c == 0x7f) {
      gap = true;
      continue;
    }
    if (gap && !out.empty()) out += ' ';
    gap = false;
    out += c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

std::string to_nfkc(std::string_view text) {
  return utf8(normalize(icu::Normalizer2::getNFKCInstance, text));
}

std::string plain_line(std::string_view text) {
  auto const raw = normalize(icu::Normalizer2::getNFKCInstance, text);
  icu::UnicodeString out;
  bool gap = false;
  for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    UChar32 const c = raw.char32At(i);
    if (u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT)) continue;
    if (u_isUWhiteSpace(c) || u_iscntrl(c)) {
      gap = true;
      continue;
    }
    bool const after_latin =
        !gap && !out.isEmpty() && u_isalnum(out[out.length() - 1]) && out[out.length() - 1] < 0x80;
    if (gap && !out.isEmpty()) out.append(UChar32(' '));
    gap = false;
    out.append(after_latin && is_dash(c) ? UChar32('-') : c);
  }
  // Characters between which something was taken out may compose.
  return to_nfkc(utf8(out));
}

bool is_latin(std::string_view text) {
  auto const raw = utf16(text);
  for (int32_t i = 0; i < raw.length(); i = raw.moveIndex32(i, 1)) {
    UChar32 const c = raw.char32At(i);
    if (c >= 0x20 && c < 0x7f) continue;
    // Dashes, quotation marks, the middle dot and the degree sign.
    if ((c >= 0x2010 && c <= 0x201F) || c == 0xB7 || c == 0xB0) continue;
    UErrorCode error = U_ZERO_ERROR;
    auto const script = uscript_getScript(c, &error);
    bool const mark = script == USCRIPT_INHERITED && u_charType(c) == U_NON_SPACING_MARK;
    if (U_FAILURE(error) || (script != USCRIPT_LATIN && !mark)) return false;
  }
  return true;
}

bool is_same_ascii(std::string_view a, std::string_view b) {
  auto const lower = [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; };
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [&](char x, char y) { return lower(x) == lower(y); });
}

std::string fold_name(std::string_view text) {
  auto ascii = fold_ascii(text);
  return ascii ? *std::move(ascii) : utf8(folded(text));
}

std::vector<std::string> folded_words(std::string_view text) {
  auto const name = folded(text);
  std::vector<std::string> out;
  bool inside = false;
  for (int32_t i = 0; i < name.length(); i = name.moveIndex32(i, 1)) {
    UChar32 const c = name.char32At(i);
    auto const type = u_charType(c);
    if (u_isalnum(c) || type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK) {
      if (!inside) out.emplace_back();
      inside = true;
      out.back() += utf8(icu::UnicodeString(c));
    } else if (c != '.' && c != '\'' && c != 0x2019) {
      inside = false;
      if (c == '&') out.emplace_back("and");
    }
  }
  return out;
}

std::string sort_key(std::string_view text, size_t max_bytes) {
  auto const name = folded(text);
  std::string out;
  auto const append = [&](UChar32 c) {
    auto const piece = utf8(icu::UnicodeString(c));
    if (out.size() + piece.size() > max_bytes) return false;
    out += piece;
    return true;
  };
  for (int32_t i = 0; i < name.length();) {
    UChar32 const c = name.char32At(i);
    if (!is_digit(c)) {
      if (!append(as_hiragana(c))) return out;
      i = name.moveIndex32(i, 1);
      continue;
    }
    // The count of significant digits goes before them ('0' plus the count, a printable character), so that 2 < 10.
    int32_t end = i;
    while (end < name.length() && is_digit(name.char32At(end))) ++end;
    while (i + 1 < end && name.charAt(i) == '0') ++i;
    if (!append('0' + std::min(end - i, int32_t{64}))) return out;
    for (; i < end; ++i)
      if (!append(name.charAt(i))) return out;
  }
  return out;
}

std::optional<std::string> normalize_domain(std::string_view text) {
  auto name = folded_for_domains(text);
  auto const blank = " \t\r\n";
  name.erase(name.find_last_not_of(blank) + 1);
  name.erase(0, name.find_first_not_of(blank));
  // Also the full stop of Japanese, which libidn2 makes a dot (U+FF0E and U+FF61 are folded already).
  for (auto at = name.find("\u3002"); at != std::string::npos; at = name.find("\u3002", at)) name.replace(at, 3, ".");
  if (name.ends_with('.')) name.pop_back();
  // Checked before, since libidn2 drops some of what it should refuse.
  auto const wrong = [](char c) {
    return uint8_t(c) < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-' && c != '.';
  };
  if (name.empty() || std::any_of(name.begin(), name.end(), wrong)) return {};
  char* ascii = nullptr;
  int const code = idn2_to_ascii_8z(name.c_str(), &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);
  std::unique_ptr<char, void (*)(void*)> const owner(ascii, idn2_free);
  if (code != IDN2_OK) return {};
  std::string out(ascii);
  if (out.size() > 253 || out.front() == '.' || out.back() == '.' || out.find("..") != std::string::npos) return {};
  return out;
}

std::optional<std::string> normalize_mail(std::string_view text) {
  auto const whole = fold_name(text);
  auto const at = whole.rfind('@');
  if (at == std::string::npos || at == 0 || at > 64) return {};
  auto const local = whole.substr(0, at);
  if (local.find_first_of(" @\",:;<>()[]\\") != std::string::npos) return {};
  if (local.front() == '.' || local.back() == '.' || local.find("..") != std::string::npos) return {};
  // From before the folding, which domains do in their own way.
  auto const raw = to_nfkc(text);
  auto const domain = normalize_domain(std::string_view(raw).substr(raw.rfind('@') + 1));
  if (!domain) return {};
  return local + "@" + *domain;
}

}  // namespace menkyo
