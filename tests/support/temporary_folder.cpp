#include "tests/support/temporary_folder.hpp"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace menkyo::test {

TemporaryFolder::TemporaryFolder(bool in_memory) {
  bool const shared_memory = in_memory && access("/dev/shm", W_OK) == 0;
  auto const parent = shared_memory ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
  auto name = (parent / "menkyo-test.XXXXXX").string();
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  path = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

}  // namespace menkyo::test
