#include "base/look_alike.hpp"

#include <idn2.h>
#include <unicode/locid.h>
#include <unicode/unistr.h>
#include <unicode/uspoof.h>

#include <algorithm>
#include <memory>
#include <stdexcept>
#include <string>

namespace menkyo {

namespace {

void expect(UErrorCode error) {
  if (U_FAILURE(error)) throw std::runtime_error(std::string("ICU failed: ") + u_errorName(error));
}

// Opening one reads tables; checking changes nothing in it, so that all threads share it.
USpoofChecker const* checker() {
  static USpoofChecker const* const made = [] {
    UErrorCode error = U_ZERO_ERROR;
    USpoofChecker* opened = uspoof_open(&error);
    uspoof_setChecks(opened, USPOOF_RESTRICTION_LEVEL, &error);
    expect(error);
    uspoof_setRestrictionLevel(opened, USPOOF_MODERATELY_RESTRICTIVE);
    return opened;
  }();
  return made;
}

// In letters where it is in A-labels (xn--).
std::string in_letters(std::string_view domain) {
  char* letters = nullptr;
  int const code = idn2_to_unicode_8z8z(std::string(domain).c_str(), &letters, 0);
  std::unique_ptr<char, void (*)(void*)> const owner(letters, idn2_free);
  return code == IDN2_OK ? std::string(letters) : std::string(domain);
}

// Skeletons of small letters may hold capitals: that of "0" is "O".
std::string skeleton(std::string_view text) {
  UErrorCode error = U_ZERO_ERROR;
  icu::UnicodeString out;
  uspoof_getSkeletonUnicodeString(checker(), 0, icu::UnicodeString::fromUTF8(std::string(text)), out, &error);
  expect(error);
  std::string utf8;
  return out.toLower(icu::Locale::getRoot()).toUTF8String(utf8);
}

bool is_ascii(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char c) { return uint8_t(c) >= 0x80; });
}

bool mixes_scripts(std::string_view label) {
  UErrorCode error = U_ZERO_ERROR;
  auto const failed = uspoof_checkUTF8(checker(), label.data(), int32_t(label.size()), nullptr, &error);
  expect(error);
  return failed != 0;
}

}  // namespace

bool looks_deceptive(std::string_view domain) {
  auto const letters = in_letters(domain);
  for (std::string_view rest = letters; !rest.empty();) {
    auto const label = rest.substr(0, rest.find('.'));
    rest.remove_prefix(std::min(label.size() + 1, rest.size()));
    if (!is_ascii(label) && (mixes_scripts(label) || is_ascii(skeleton(label)))) return true;
  }
  return false;
}

bool look_alike(std::string_view a, std::string_view b) {
  return a != b && skeleton(in_letters(a)) == skeleton(in_letters(b));
}

}  // namespace menkyo
