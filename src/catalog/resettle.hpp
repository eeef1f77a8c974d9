#pragma once
// After the substitution hierarchy changed, what is stored about it in each virtual account is calculated anew by a
// job.

#include <functional>

#include "catalog/import.hpp"
#include "jobs/runner.hpp"

namespace menkyo::catalog {

inline constexpr std::string_view resettle_job = "catalog_resettle";

// Settles one virtual account again: `present` are the changed groups that it holds positions of, in the catalogue in
// force; `gone` are groups of before that exist no more, whether or not this virtual account knew them. Must be safe
// to repeat.
using Resettle = std::function<void(db::Tx&, SmartAccountId, VirtualAccountId, std::vector<GroupId> const& present,
                                    std::vector<GroupId> const& gone)>;

// For import_catalog: begins the job, to run once the catalogue is in force.
GroupsChanged resettle_later();

// The job. `cache` must outlive the runner.
jobs::JobKind resettle_kind(CatalogCache& cache, Resettle resettle);

}  // namespace menkyo::catalog
