// libFuzzer's entry point; MENKYO_FUZZ_TARGET names the function (tests/fuzz/CMakeLists.txt).
#include "tests/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  menkyo::fuzz::MENKYO_FUZZ_TARGET(data, size);
  return 0;
}
