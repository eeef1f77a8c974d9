#include "sdk/machine.hpp"

#include <openssl/rand.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>

#include "protocol/error.hpp"
#include "protocol/json.hpp"

namespace menkyo::agent {

std::function<protocol::Instant()> clock_for_tests;
std::function<void(std::span<uint8_t>)> chance_for_tests;

protocol::Instant now() {
  if (clock_for_tests) return clock_for_tests();
  return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
}

void fill_random(std::span<uint8_t> out) {
  if (chance_for_tests) return chance_for_tests(out);
  if (RAND_bytes(out.data(), static_cast<int>(out.size())) != 1)
    throw protocol::Error(protocol::codes::crypto_failed, "no randomness");
}

int64_t random_below(int64_t bound) {
  uint64_t word = 0;
  fill_random({reinterpret_cast<uint8_t*>(&word), sizeof word});
  // Bounds are seconds, far below 2^40: the bias is not measurable.
  return static_cast<int64_t>(word % static_cast<uint64_t>(bound));
}

std::string machine_host_name() {
  char name[256] = {};
  if (gethostname(name, sizeof name - 1) != 0 || !protocol::json::is_text(name)) return {};
  return name;
}

std::string machine_serial_number() {
  std::string id;
  std::ifstream file("/etc/machine-id");
  if (!std::getline(file, id) || id.empty()) id = machine_host_name();
  auto const digest = protocol::sha256("menkyo-agent serial number " + id);
  std::string out;
  for (size_t i = 0; i < 8; ++i) {
    char two[3];
    std::snprintf(two, sizeof two, "%02X", digest[i]);
    out += two;
  }
  return out;
}

}  // namespace menkyo::agent
