#pragma once
#include "app/service.hpp"

namespace menkyo::app {

// Tells the service's runners of every kind of job, timer and housekeeping that this program knows. What the service
// holds is referred to and must outlive the runner.
void add_background_work(Service& service);

}  // namespace menkyo::app
