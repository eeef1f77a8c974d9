#include "places/phone.hpp"

#include <phonenumbers/phonenumberutil.h>

#include <algorithm>

#include "base/text.hpp"

namespace menkyo::places {

namespace {

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

// Making it takes some 30 ms and 4 MB, so nobody pays who asks for no number.
PhoneNumberUtil const& plans() {
  return *PhoneNumberUtil::GetInstance();
}

// Numbers are written with fewer; what is longer is not looked at.
constexpr size_t longest_text = 250;
// ITU-T E.164 section 6.2.1: country code and national number together.
constexpr size_t most_digits = 15;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// libphonenumber skips what it takes for no part of the number, and takes letters for the digits that telephones have
// on their keys, so that 03-6434-XXXX would become a number. Nothing that people typed may be lost or made up, so it
// is given only these characters.
bool is_of_numbers(std::string_view text) {
  static constexpr std::string_view signs[] = {" ", "+",  "-", ".", "/", "(", ")", "[",
                                               "]", "ー", "‐", "–", "—", "―", "−"};
  while (!text.empty()) {
    if (is_digit(text.front())) {
      text.remove_prefix(1);
      continue;
    }
    auto const found =
        std::find_if(std::begin(signs), std::end(signs), [&](auto sign) { return text.starts_with(sign); });
    if (found == std::end(signs)) return false;
    text.remove_prefix(found->size());
  }
  return true;
}

struct Parts {
  std::string number;
  std::optional<std::string> extension;  // as it was typed
};

// Takes the extension off, which begins with one of the words or signs for it.
Parts take_apart(std::string_view text) {
  static constexpr std::string_view words[] = {";ext=", "extension", "extn", "ext", "x", "#", "内線番号", "内線"};
  Parts parts{fold_name(text), {}};
  constexpr std::string_view scheme = "tel:";  // RFC 3966
  if (parts.number.starts_with(scheme)) parts.number.erase(0, scheme.size());
  size_t begin = std::string::npos, size = 0;
  for (auto word : words) {
    // Of those that begin at one place, the longest comes first.
    if (auto const at = parts.number.find(word); at < begin) begin = at, size = word.size();
  }
  if (begin == std::string::npos) return parts;
  auto extension = std::string_view(parts.number).substr(begin + size);
  extension.remove_prefix(std::min(extension.find_first_not_of(" .:="), extension.size()));
  if (extension.ends_with(')') && parts.number.rfind('(', begin) != std::string::npos) {
    extension.remove_suffix(1);
    begin = parts.number.rfind('(', begin);
  }
  parts.extension = extension;
  parts.number.erase(begin);
  return parts;
}

std::string name_with_code(Country const& country) {
  auto const code = calling_code(country);
  return std::string(country.name_en) + (code ? " (+" + std::to_string(*code) + ")" : "");
}

struct Fault {
  std::string_view code;
  std::string detail;
};
Fault not_a_number(Country const& country) {
  return {"not_a_number", "must be a telephone number of " + name_with_code(country) + ", in the digits 0 to 9"};
}
Fault too_short(Country const& country) {
  return {"too_short", "has fewer digits than the numbers of " + name_with_code(country)};
}
Fault too_long(Country const& country) {
  return {"too_long", "has more digits than the numbers of " + name_with_code(country)};
}
Fault not_of_country(Country const& country) {
  return {"not_of_country", "is no number of " + name_with_code(country)};
}

std::optional<Fault> fault_of_length(PhoneNumber const& number, PhoneNumberUtil::PhoneNumberType type,
                                     Country const& country) {
  switch (plans().IsPossibleNumberForTypeWithReason(number, type)) {
    case PhoneNumberUtil::TOO_SHORT:
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY:
      return too_short(country);
    case PhoneNumberUtil::TOO_LONG:
      return too_long(country);
    default:
      return {};
  }
}

// What is wrong with a number that was read.
std::optional<Fault> fault_of(PhoneNumber const& number, Country const& country) {
  auto const code = calling_code(country);
  if (code && number.country_code() != *code) return not_of_country(country);
  std::string digits;
  plans().Format(number, PhoneNumberUtil::E164, &digits);
  if (digits.size() > most_digits + 1) return too_long(country);
  // Several countries share a code, and numbers are assigned to one of them within another's plan: +1 is enough.
  if (plans().IsValidNumber(number)) return {};
  // Fixed lines first: some countries have service numbers of all lengths.
  if (auto fault = fault_of_length(number, PhoneNumberUtil::FIXED_LINE, country))
    if (fault_of_length(number, PhoneNumberUtil::MOBILE, country)) return fault;
  return not_of_country(country);
}

Fault fault_of(PhoneNumberUtil::ErrorType error, Country const& country) {
  switch (error) {
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
      return not_of_country(country);
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
      return too_short(country);
    case PhoneNumberUtil::TOO_LONG_NSN:
      return too_long(country);
    default:
      return not_a_number(country);
  }
}

std::optional<Fault> read(Country const& country, std::string_view text, Phone& phone) {
  if (text.size() > longest_text) return too_long(country);
  auto const parts = take_apart(text);
  if (parts.number.empty() && !parts.extension) return Fault{"empty", "must not be empty"};
  if (!is_of_numbers(parts.number) || (parts.extension && !is_extension(*parts.extension)))
    return not_a_number(country);
  PhoneNumber number;
  phone.e164 = parts.number;
  // Twice: the second reading takes off what Mexico once had before mobile numbers, which the first may leave, so
  // that one number has one spelling.
  for (int reading = 0; reading < 2; ++reading) {
    auto const error = plans().Parse(phone.e164, std::string(country.code), &number);
    if (error != PhoneNumberUtil::NO_PARSING_ERROR) return fault_of(error, country);
    if (auto fault = fault_of(number, country)) return fault;
    plans().Format(number, PhoneNumberUtil::E164, &phone.e164);
  }
  phone.extension = parts.extension.value_or("");
  return {};
}

}  // namespace

bool is_extension(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), is_digit);
}

std::optional<Phone> read_phone(Country const& country, std::string_view text, std::string const& path,
                                wire::Errors& errors) {
  Phone phone;
  if (auto fault = read(country, text, phone)) {
    wire::add_error(errors, path, fault->code, std::move(fault->detail));
    return {};
  }
  return phone;
}

std::optional<Phone> read_phone(Country const& country, std::string_view text, std::string_view extension,
                                std::string const& path, wire::Errors& errors) {
  auto phone = read_phone(country, text, path, errors);
  auto const line = plain_line(extension);
  if (!phone || line.empty()) return phone;
  auto const fault = !is_extension(line)                                     ? "not_a_number"
                     : !phone->extension.empty() && phone->extension != line ? "conflict"
                                                                             : "";
  if (*fault == 0) {
    phone->extension = line;
    return phone;
  }
  wire::add_error(errors, path + "_extension", fault,
                  is_extension(line) ? "is another than the one in the number" : "must be 1 to 20 digits");
  return {};
}

ShownPhone show_phone(Phone const& phone) {
  auto const text = phone.extension.empty() ? phone.e164 : phone.e164 + ";ext=" + phone.extension;
  PhoneNumber number;
  // No country is needed to read a number that begins with a plus; ZZ is none.
  if (plans().Parse(text, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) return {text, text};
  ShownPhone out;
  plans().Format(number, PhoneNumberUtil::INTERNATIONAL, &out.international);
  plans().Format(number, PhoneNumberUtil::NATIONAL, &out.national);
  return out;
}

std::optional<int64_t> calling_code(Country const& country) {
  auto const code = plans().GetCountryCodeForRegion(std::string(country.code));
  if (code == 0) return {};
  return code;
}

}  // namespace menkyo::places
