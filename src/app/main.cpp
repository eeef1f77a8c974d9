#include "app/commands.hpp"

int main(int argc, char** argv) {
  return menkyo::app::run_command_line(argc, argv);
}
