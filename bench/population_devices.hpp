#pragma once
// The rows of a population's devices and of their history, written in bulk.

#include "app/service.hpp"
#include "bench/population.hpp"
#include "bench/population_rows.hpp"

namespace menkyo::bench {

// Everything but the books, which settle once for all. The clock is moved through the history.
void write_devices(app::Service& service, ManualClock& clock, Population const& population);

// What waits to be sealed, by the program's own sealing.
void seal_all(app::Service& service);

}  // namespace menkyo::bench
