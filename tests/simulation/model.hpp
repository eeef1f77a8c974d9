#pragma once
// What the service ought to do, written a second time and naively: no batches, no stored positions, every sum taken
// anew. Knows only the chains of the world's catalogue, and knows them by heart.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/test_device.hpp"

namespace menkyo::simulation {

using test::Quantities;

struct Lot {
  std::string code;
  int64_t quantity;
  Instant starts_at, ends_at;
};

// One registered device as the service should know it.
struct Known {
  bool first_account = true;  // else it belongs to the second virtual account, which owns nothing
  bool export_allowed = true;
  bool removed = false;
  int64_t seq = 0;
  std::string text;     // the last message that was accepted
  std::string payload;  // and its answer
  Instant heard_at{}, identity_ends_at{};
  bool released = false;
  Quantities granted;
};

enum class Expected { accepted, repeated, resync, conflict, expired, unknown };

class Model {
 public:
  explicit Model(devices::Policy const& policy) : policy_(policy) {}

  std::map<std::string, Known> devices;  // by id
  std::vector<Lot> lots;                 // of the first virtual account

  int64_t owned(std::string const& code, Instant now) const;
  int64_t in_use(std::string const& code, bool first_account) const;
  // What is short of each code of the chain, highest tier first; the surplus of a tier goes down.
  std::map<std::string, int64_t> shortage(std::vector<std::string> const& chain, bool first_account,
                                          Instant now) const;
  static std::vector<std::string> const& chain_of(std::string const& code);

  Expected judge(std::string const& id, int64_t seq, std::string const& text, Instant now) const;
  // Takes an accepted `authorize`: what each code is refused with, or nothing.
  std::map<std::string, std::string> authorize(std::string const& id, Quantities const& wanted, Instant now);
  void heard(std::string const& id, int64_t seq, std::string const& text, std::string const& payload, Instant now);
  // What a look at the device has to find.
  devices::Looked look(std::string const& id, Instant now);
  void remove(std::string const& id);

 private:
  std::string refusal(Known const& device, std::string const& code, int64_t extra, Instant now);

  devices::Policy policy_;
};

}  // namespace menkyo::simulation
