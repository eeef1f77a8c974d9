#include "places/phone.hpp"
#include "places/places.hpp"

namespace menkyo::places {

namespace {

struct CountryEntry {
  std::string code, name_ja, name_en;
  bool has_regions, region_required, postal_code_required;
  std::optional<std::string> postal_code_example;  // absent if no form is known
  std::optional<int64_t> calling_code;
};
BOOST_DESCRIBE_STRUCT(CountryEntry, (),
                      (code, name_ja, name_en, has_regions, region_required, postal_code_required,
                       postal_code_example, calling_code))

struct RegionEntry {
  std::string code, name_ja, name_en;
};
BOOST_DESCRIBE_STRUCT(RegionEntry, (), (code, name_ja, name_en))

struct RegionQuery {
  wire::Text<2, 2> country;
};
BOOST_DESCRIBE_STRUCT(RegionQuery, (), (country))

// The same for everybody, and for as long as this version runs. A day bounds how long a browser keeps the list of an
// older one.
api::Response lasting(std::string body) {
  return {
      200, {{"content-type", "application/json"}, {"cache-control", "public, max-age=86400"}}, std::move(body), {}};
}

// In the order of the codes. People look for names, and those are ordered differently in each language, which
// browsers know how to do.
api::Response list_countries(db::ReadTx&) {
  static std::string const body = [] {
    wire::Page<CountryEntry> page;
    for (auto const& country : countries()) {
      CountryEntry entry{std::string(country.code),
                         std::string(country.name_ja),
                         std::string(country.name_en),
                         !country.regions.empty(),
                         country.region_required,
                         country.postal_code_required,
                         std::nullopt,
                         calling_code(country)};
      if (!country.postal_code_example.empty()) entry.postal_code_example = country.postal_code_example;
      page.items.push_back(std::move(entry));
    }
    return wire::to_json(page);
  }();
  return lasting(body);
}

api::Response list_regions(db::ReadTx&, RegionQuery const& in) {
  auto const* country = find_country(in.country);
  if (!country) throw Problem(problems::not_found);
  wire::Page<RegionEntry> page;
  for (auto const& region : country->regions)
    page.items.push_back({std::string(region.code), std::string(region.name_ja), std::string(region.name_en)});
  return lasting(wire::to_json(page));
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  std::vector<api::Route> out{
      api::route<&list_countries>(get, "/api/v1/countries", "list_countries", "List the countries of addresses"),
      api::route<&list_regions>(get, "/api/v1/countries/{country}/regions", "list_regions",
                                "List the regions of a country"),
  };
  // Both answer by themselves because of how long their answers may be kept.
  out[0].answer = [](wire::Schemas& s) { return wire::schema<wire::Page<CountryEntry>>(s); };
  out[1].answer = [](wire::Schemas& s) { return wire::schema<wire::Page<RegionEntry>>(s); };
  return out;
}

}  // namespace menkyo::places
