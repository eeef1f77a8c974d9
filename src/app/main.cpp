#include <sys/stat.h>

#include "app/commands.hpp"

int main(int argc, char** argv) {
  ::umask(077);  // whatever this program writes is for its owner: database, keys, credentials
  return menkyo::app::run_command_line(argc, argv);
}
