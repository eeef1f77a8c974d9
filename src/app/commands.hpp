#pragma once
// The command line of `menkyo`. Exit status: 0 well, 1 failed, 2 wrong usage.

namespace menkyo::app {

int run_command_line(int argc, char** argv);

}  // namespace menkyo::app
