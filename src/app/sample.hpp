#pragma once
// The sample: a made-up vendor with three customers, put through the same functions as real data.

#include <filesystem>

#include "app/settings.hpp"

namespace menkyo::app {

// Loads `folder` (see sample/README.md) into the database of `settings`, which must hold no Smart Account yet, and
// writes DATA/sample-credentials (mode 0600) with the random passwords of the sample's people. Does nothing if the
// sample is there already. Returns the exit status; says what it does on standard output.
int load_sample(Settings settings, std::filesystem::path const& folder);

// Prints a new registration token for one sample device, with the product and what it may draw, as lines NAME=VALUE.
int print_sample_token(Settings settings);

}  // namespace menkyo::app
