#pragma once
// A fleet of devices with real keys, and the messages they send: made and signed before the clock runs.

#include <map>
#include <set>
#include <string>
#include <vector>

#include "app/settings.hpp"
#include "bench/load.hpp"
#include "protocol/messages.hpp"

namespace menkyo::bench {

// A customer with a pool in each of a few virtual accounts, ready for devices to register.
struct Customer {
  std::string installation;
  std::vector<std::string> tokens;  // one for each virtual account
  std::vector<protocol::Bytes> anchors;
  int64_t epoch = 0;
};

// Migrates the database of `settings` and makes the installation and the customer in it, through the program's own
// operations. Pools suffice for `devices` with two licenses each.
Customer make_customer(app::Settings const& settings, size_t devices);

enum class MessageKind { registration, draw, check_in, report };

// Each device belongs to one lane, so that its messages arrive in the order of their numbers. Not thread-safe.
class Fleet {
 public:
  Fleet(Customer customer, size_t devices, size_t lanes);

  // Signs `per_lane` messages for each lane, a device of the lane after the other and again from the first. A
  // registration is sent once by each device. A draw asks for one more or one less than the device has, a check-in
  // for what it has, a report tells of one measurement.
  void prepare(MessageKind kind, size_t per_lane);
  // The messages prepared last; each device once at least. What is answered becomes the devices' state.
  Traffic traffic(double seconds);

  // Verifies those answers that were kept (all registrations, some of the others) as an agent must. Returns how many;
  // throws std::runtime_error at the first that is not to be believed.
  size_t verify_answers();

  // What the server must know, by the device's id.
  struct Acknowledged {
    int64_t sequence = 0, quantity = 0;
    auto operator<=>(Acknowledged const&) const = default;
  };
  std::map<std::string, Acknowledged> acknowledged() const;

 private:
  struct Device {
    protocol::Key key;
    std::string id, account;
    int64_t used_seq = 0;  // of the messages signed so far
    Acknowledged acknowledged;
    protocol::Digest last_report{};
  };
  struct Message {
    std::string request;
    size_t device = 0;
    int64_t seq = 0, quantity = 0;
    protocol::Nonce nonce{};
    protocol::Digest report{};
  };
  struct Kept {
    Message const* message;
    std::string body;
  };

  Message sign(size_t device, int64_t quantity, protocol::Digest const& last_report);
  bool accepts(size_t lane, size_t n, int status, std::string_view body);
  void verify_answer(Kept const& kept);

  Customer customer_;
  std::vector<Device> devices_;
  MessageKind kind_ = MessageKind::registration;
  std::vector<std::vector<Message>> lanes_;
  std::set<std::string, std::less<>> expected_headers_;  // of the answers, base64url; known as they come
  std::vector<Kept> kept_;
};

}  // namespace menkyo::bench
