#include "places/places.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "base/text.hpp"

namespace menkyo::places {

// The files of data/ (cmake/embed_file.cmake).
std::string_view countries_table();
std::string_view regions_table();
std::string_view postal_codes_table();

namespace {

std::string_view take_until(std::string_view& rest, char end) {
  auto const at = std::min(rest.find(end), rest.size());
  auto const piece = rest.substr(0, at);
  rest.remove_prefix(std::min(at + 1, rest.size()));
  return piece;
}

// Calls f(cells) for each line that is no comment.
template <size_t Columns, class F>
void for_each_row(std::string_view table, F&& f) {
  while (!table.empty()) {
    auto line = take_until(table, '\n');
    if (line.starts_with('#')) continue;
    std::array<std::string_view, Columns> cells;
    for (auto& cell : cells) cell = take_until(line, '\t');
    f(cells);
  }
}

struct Tables {
  std::vector<Region> regions;
  std::vector<Country> countries;

  Tables() {
    for_each_row<3>(regions_table(), [&](auto const& cells) { regions.push_back({cells[0], cells[1], cells[2]}); });
    auto first = regions.begin();
    for_each_row<3>(countries_table(), [&](auto const& cells) {
      // Both tables are in the order of their codes, and a region's code begins with its country's.
      auto const end = std::find_if(first, regions.end(), [&](auto& r) { return !r.code.starts_with(cells[0]); });
      countries.push_back({cells[0], cells[1], cells[2], std::span(first, end)});
      first = end;
    });
    if (first != regions.end()) throw std::logic_error("regions.tsv has regions of no country");
    for_each_row<4>(postal_codes_table(), [&](auto const& cells) {
      auto const found =
          std::find_if(countries.begin(), countries.end(), [&](auto& c) { return c.code == cells[0]; });
      if (found == countries.end()) throw std::logic_error("postal_codes.tsv has a country that is none");
      found->region_required = cells[1].find("region") != std::string_view::npos;
      found->postal_code_required = cells[1].find("postal_code") != std::string_view::npos;
      if (cells[3] == "-") return;
      found->postal_code_example = cells[2];
      for (auto forms = cells[3]; !forms.empty();) found->postal_code_forms.push_back(take_until(forms, '|'));
    });
  }
};

Tables const& tables() {
  static Tables const all;
  return all;
}

}  // namespace

std::span<Country const> countries() {
  return tables().countries;
}

Country const* find_country(std::string_view code) {
  auto const wanted = fold_name(code);
  for (auto const& country : countries())
    if (fold_name(country.code) == wanted) return &country;
  return nullptr;
}

Country const* read_country(std::string_view code, std::string const& path, wire::Errors& errors) {
  auto const* country = find_country(code);
  if (!country)
    wire::add_error(errors, path, "unknown_country",
                    "must be the code of a country of two letters (ISO 3166-1), such as JP");
  return country;
}

Region const* find_region(Country const& country, std::string_view text) {
  auto const wanted = fold_name(text);
  Region const* found = nullptr;
  for (auto const& region : country.regions) {
    if (fold_name(region.code) == wanted) return &region;
    if (fold_name(region.name_en) != wanted && fold_name(region.name_ja) != wanted) continue;
    if (found) return nullptr;
    found = &region;
  }
  return found;
}

}  // namespace menkyo::places
