#pragma once
// Telephone numbers, read and written by Google's libphonenumber, which knows the numbering plan of each
// country. It is made ready when it is first needed (docs/decisions/0027-places.md). All functions may
// be called from any thread.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "places/places.hpp"
#include "wire/wire.hpp"

namespace menkyo::places {

struct Phone {
  std::string e164;       // ITU-T E.164: "+81364341234"
  std::string extension;  // digits; empty if there is none
};

// Reads a number as people of the country write it, with or without the leading zero, or as it is dialled from
// abroad. An extension may follow ("ext. 12", "内線12"). Or appends what is wrong with it: empty, not_a_number,
// too_short, too_long, or not_of_country when it is a number, but none that the country has.
std::optional<Phone> read_phone(Country const& country, std::string_view text, std::string const& path,
                                wire::Errors& errors);

// The same for a form that has a field of its own for the extension, which may be empty; its path is `path` with
// "_extension". Or also appends not_a_number, or conflict when the number has another extension.
std::optional<Phone> read_phone(Country const& country, std::string_view text, std::string_view extension,
                                std::string const& path, wire::Errors& errors);

// 1 to 20 digits, as RFC 3966 and libphonenumber take them.
bool is_extension(std::string_view text);

// How it is shown to people (ITU-T E.123): "+81 3-6434-1234 ext. 12" and "03-6434-1234 ext. 12".
struct ShownPhone {
  std::string international, national;
};
// Of a number that read_phone made.
ShownPhone show_phone(Phone const& phone);

// What is dialled after the plus: 81. Nothing for countries without telephones of their own, such as Antarctica.
std::optional<int64_t> calling_code(Country const& country);

}  // namespace menkyo::places
