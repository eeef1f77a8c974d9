#pragma once
// What people see of licenses, and what the pages of devices share with them.

#include <string>
#include <string_view>
#include <vector>

#include "api/route.hpp"
#include "base/csv.hpp"
#include "licenses/books.hpp"

namespace menkyo::licenses {

MENKYO_ENUM(ComplianceStatus, in_compliance, out_of_compliance)

// Tables for download have at most this many rows.
inline constexpr int64_t download_limit = 10'000;

inline ComplianceStatus status_of(PositionRow const& position) {
  return position.short_quantity > 0 ? ComplianceStatus::out_of_compliance : ComplianceStatus::in_compliance;
}

struct EntitlementName {
  std::string code, name_en, name_ja;
};
// What the catalogue no longer has is shown by its id.
EntitlementName name_of(catalog::Catalog const& catalog, EntitlementId id);

// A finished table as a file. A table that was cut at download_limit says so in the header menkyo-truncated.
api::Response download(CsvWriter const& table, std::string_view file_name, bool truncated);

std::vector<api::Route> routes();

}  // namespace menkyo::licenses
