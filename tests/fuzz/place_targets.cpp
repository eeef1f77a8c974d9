#include <string>
#include <string_view>

#include "base/csv.hpp"
#include "base/text.hpp"
#include "places/address.hpp"
#include "places/phone.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace menkyo::fuzz {

namespace {

places::Country const& country_of(std::string_view& input) {
  auto const* country = places::find_country(input.substr(0, 2));
  input.remove_prefix(std::min<size_t>(input.size(), 2));
  return country ? *country : *places::find_country("JP");
}

bool all_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

void require_faults(wire::Errors const& errors) {
  for (auto const& e : errors) require(!e.path.empty() && !e.code.empty() && !e.detail.empty() && is_utf8(e.detail));
}

}  // namespace

void phone(const uint8_t* data, size_t size) {
  auto input = text(data, size);
  auto const& country = country_of(input);
  wire::Errors errors;
  auto const read = places::read_phone(country, input, "/phone", errors);
  require(read ? errors.empty() : errors.size() == 1);
  require_faults(errors);
  if (!read) return;
  require(read->e164.size() >= 3 && read->e164.size() <= 16 && read->e164.front() == '+');
  require(all_digits(std::string_view(read->e164).substr(1)));
  require(read->extension.empty() || places::is_extension(read->extension));
  auto const again = places::read_phone(country, read->e164, "/phone", errors);
  require(again && again->e164 == read->e164 && again->extension.empty());
  auto const shown = places::show_phone(*read);
  auto const from_shown = places::read_phone(country, shown.international, "/phone", errors);
  require(from_shown && from_shown->e164 == read->e164 && from_shown->extension == read->extension);
  require(!shown.national.empty() && is_utf8(shown.national));
}

void postal_code(const uint8_t* data, size_t size) {
  auto input = text(data, size);
  auto const& country = country_of(input);
  wire::Errors errors;
  auto const read = places::read_postal_code(country, input, "/postal_code", errors);
  require(bool(read) == errors.empty());
  require_faults(errors);
  if (!read) return;
  require(!read->empty() && is_utf8(*read) && is_latin(*read));
  require(places::read_postal_code(country, *read, "/postal_code", errors) == read);
}

void postal_address(const uint8_t* data, size_t size) {
  auto input = text(data, size);
  auto const line = [&] {
    auto const end = std::min(input.find('\n'), input.size());
    auto const out = input.substr(0, end);
    input.remove_prefix(std::min(end + 1, input.size()));
    return std::string(out);
  };
  places::PostalAddress address;
  address.country = line();
  address.postal_code = line();
  address.region = line();
  address.city = line();
  address.line1 = line();
  address.line2 = line();
  auto const number = line(), extension = line();
  wire::Errors errors;
  auto const once = places::normalize_address(address, "/address", errors);
  require(bool(once) == errors.empty());
  require_faults(errors);
  if (!once) return;
  auto const text = wire::to_json(*once);
  auto const twice = places::normalize_address(*once, "", errors);
  require(twice && wire::to_json(*twice) == text);
  // What is stored keeps the limits that requests must keep.
  places::PostalAddress decoded;
  require(wire::decode(wire::json::parse(text), decoded, "", errors) && wire::to_json(decoded) == text);

  auto const& country = *places::find_country(once->country);
  auto const phone = places::read_phone(country, number, extension, "/phone", errors);
  require(phone ? errors.empty() : errors.size() == 1);
  require_faults(errors);
  if (!phone) return;
  auto const again = places::read_phone(country, phone->e164, phone->extension, "/phone", errors);
  require(again && again->e164 == phone->e164 && again->extension == phone->extension);
}

}  // namespace menkyo::fuzz
