#pragma once
#include <filesystem>

namespace menkyo::test {

// A folder that goes with its owner; for what is synced thousands of times in memory, where the machine has that.
struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder() : TemporaryFolder(false) {}
  explicit TemporaryFolder(bool in_memory);
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
};

}  // namespace menkyo::test
