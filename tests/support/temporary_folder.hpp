#pragma once
#include <filesystem>

namespace menkyo::test {

// A folder that goes with its owner.
struct TemporaryFolder {
  std::filesystem::path path;
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(TemporaryFolder const&) = delete;
  TemporaryFolder& operator=(TemporaryFolder const&) = delete;
};

}  // namespace menkyo::test
