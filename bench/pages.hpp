#pragma once
// People's pages as requests over sockets, by one who is signed in.

#include <string>
#include <vector>

#include "bench/measured.hpp"
#include "bench/population.hpp"

namespace menkyo::bench {

struct Page {
  std::string name;
  std::vector<std::string> requests;  // whole HTTP messages; any of them
};

// What a server needs in its menkyo.toml so that one person may ask as often as a measurement does.
inline constexpr char unhurried_settings[] =
    "person_requests_per_s = 1000000\nperson_requests_burst = 1000000\n"
    "address_requests_per_s = 1000000\naddress_requests_burst = 1000000\n";

// Signs in and returns the session's cookie. Throws std::runtime_error if that fails.
std::string sign_in(Peer peer, Population const& population);

// The pages of the portal with each filter and sort that they offer, in virtual accounts at random and in the one
// that has a tenth of all devices. `variety` requests of each.
std::vector<Page> pages_of(Population const& population, std::string const& cookie, size_t variety);

// One page after the other over so many connections; each answer must be 200.
Work measure_page(MeasuredServer const& server, Page const& page, size_t connections, double seconds);
// Sign-ins, with the cost of hashing a password.
Work measure_sign_in(MeasuredServer const& server, Population const& population, double seconds);
// Deposits of lots through the program's own operation in transactions of their own, on the open database.
Work measure_deposits(app::Settings const& settings, Population const& population, double seconds);

}  // namespace menkyo::bench
