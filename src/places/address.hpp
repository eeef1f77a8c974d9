#pragma once
// Postal codes and postal addresses. Addresses are written in Latin letters, as the Universal Postal Union asks of
// mail between countries. All functions are pure and may be called from any thread.

#include <optional>
#include <string>
#include <string_view>

#include "places/places.hpp"
#include "wire/wire.hpp"

namespace menkyo::places {

// The code in the country's own form: "1076227" and "〒１０７－６２２７" are 107-6227. The country's letters at the
// front may be left out or added. Where no form is known, 1 to 20 Latin characters as they come. Or appends what is
// wrong: empty, not_a_postal_code, too_long, not_latin.
std::optional<std::string> read_postal_code(Country const& country, std::string_view text, std::string const& path,
                                            wire::Errors& errors);

struct PostalAddress {
  wire::Text<2, 2> country;                      // ISO 3166-1 alpha-2
  std::optional<wire::Text<0, 30>> postal_code;  // needed or not by country
  std::optional<wire::Text<0, 100>> region;      // of a list if the country has one: ISO 3166-2 code or a name
  wire::Text<1, 100> city;
  wire::Text<1, 200> line1;                 // street and number
  std::optional<wire::Text<0, 200>> line2;  // building, floor
};
BOOST_DESCRIBE_STRUCT(PostalAddress, (), (country, postal_code, region, city, line1, line2))

// The region of a normalized address; nullptr if its country has no list, or the address names none.
Region const* region_of(PostalAddress const& address);

// The address in one spelling: one width, no invisible characters, single spaces; country and, where there is a list,
// region as codes; the postal code in its form; what is empty is absent. What is normalized stays as it is. Or
// nothing, and `errors` say what is wrong with each member; `path` is the pointer to the address.
std::optional<PostalAddress> normalize_address(PostalAddress const& address, std::string const& path,
                                               wire::Errors& errors);

}  // namespace menkyo::places
