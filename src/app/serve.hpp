#pragma once
#include "app/settings.hpp"

namespace menkyo::app {

// Runs the server until SIGTERM or SIGINT; then finishes what is in flight. Returns the exit status.
int serve(Settings settings);

}  // namespace menkyo::app
