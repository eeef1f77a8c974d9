#include "licenses/routes.hpp"

namespace menkyo::licenses {

EntitlementName name_of(catalog::Catalog const& catalog, EntitlementId id) {
  auto const* e = catalog.find_entitlement(id);
  if (!e) return {id.text(), id.text(), id.text()};
  return {e->code, e->name_en, e->name_ja};
}

api::Response download(CsvWriter const& table, std::string_view file_name, bool truncated) {
  api::Response response{200,
                         {{"content-type", "text/csv; charset=utf-8"},
                          {"content-disposition", "attachment; filename=\"" + std::string(file_name) + "\""}},
                         table.out(),
                         {}};
  if (truncated) response.headers.emplace_back("menkyo-truncated", "true");
  return response;
}

}  // namespace menkyo::licenses
