#pragma once
// The only places where the agent asks the machine for time, chance and names.

#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "protocol/bytes.hpp"

namespace menkyo::agent {

// Tests replace it; otherwise the machine's clock.
extern std::function<protocol::Instant()> clock_for_tests;
protocol::Instant now();

// Tests replace it; otherwise OpenSSL's. Keys and signatures are made by OpenSSL in any case.
extern std::function<void(std::span<uint8_t>)> chance_for_tests;
void fill_random(std::span<uint8_t> out);
// Even over [0, bound); bound > 0.
int64_t random_below(int64_t bound);

std::string machine_host_name();
// 16 hexadecimal digits, the same at each call on a machine. Derived by hashing, because /etc/machine-id itself is
// not to leave the machine (machine-id(5)).
std::string machine_serial_number();

}  // namespace menkyo::agent
