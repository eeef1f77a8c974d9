#pragma once
// Places: countries and their regions; beside it phone.hpp and address.hpp, which bring what people type into one
// spelling or say what is wrong with it. The tables (data/) are part of the program, are read when they are
// first asked for and live as long as it does. All functions may be called from any thread.

#include <span>
#include <string_view>
#include <vector>

#include "api/route.hpp"

namespace menkyo::places {

// A region of the first level (ISO 3166-2).
struct Region {
  std::string_view code;  // "JP-13"
  std::string_view name_en, name_ja;
};

struct Country {
  std::string_view code;  // ISO 3166-1 alpha-2
  std::string_view name_en, name_ja;
  std::span<Region const> regions;  // by code; empty for countries that ISO 3166-2 does not divide
  bool region_required = false, postal_code_required = false;
  std::string_view postal_code_example;             // empty if no form is known
  std::vector<std::string_view> postal_code_forms;  // as data/postal_codes.tsv describes them
};

// All of them, by code.
std::span<Country const> countries();

// By its code in any case; nullptr if there is none of it.
Country const* find_country(std::string_view code);
// The same for what somebody gave. Or appends unknown_country.
Country const* read_country(std::string_view code, std::string const& path, wire::Errors& errors);

// By its code or one of its names, as people compare names; nullptr if there is none of it, or if several have the
// name (the cities of Chiayi and Hsinchu lie in counties called like them).
Region const* find_region(Country const& country, std::string_view text);

// ---- Operations ---------------------------------------------------------------------------------------------------

std::vector<api::Route> routes();

}  // namespace menkyo::places
