#pragma once
// A fleet of devices with real keys, and the messages they send: made and signed before the clock runs.

#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "app/settings.hpp"
#include "bench/load.hpp"
#include "bench/population.hpp"
#include "protocol/messages.hpp"

namespace menkyo::bench {

// A customer with a pool in each of a few virtual accounts, ready for devices to register.
struct Customer {
  std::string installation;
  std::vector<std::string> tokens;  // one for each virtual account
  std::vector<protocol::Bytes> anchors;
  int64_t epoch = 0;
  uint64_t seed = 1;  // of the devices' keys
};

// Migrates the database of `settings` and makes the installation and the customer in it, through the program's own
// operations. Pools suffice for `devices` with two licenses each.
Customer make_customer(app::Settings const& settings, size_t devices);
// The customer of a populated database.
Customer customer_of(app::Settings const& settings, Population const& population);

enum class MessageKind { registration, draw, check_in, report };

// Each device belongs to one lane, so that its messages arrive in the order of their numbers. Not thread-safe.
class Fleet {
 public:
  // Devices that are to be registered.
  Fleet(Customer customer, size_t devices, size_t lanes);
  // The devices of a populated database.
  Fleet(Customer customer, Population const& population, size_t lanes);

  // Signs `per_lane` messages for each lane. Devices that are to be registered speak one after the other and again
  // from the first, each once at least; those of a populated database are picked at random out of all. A registration
  // is sent once by each device, and by new devices if all are known. A draw asks for one more or one less than the
  // device has, a check-in for what it has, a report tells of one measurement. There are `lanes` lanes from now on;
  // 0: as many as before.
  void prepare(MessageKind kind, size_t per_lane, size_t lanes = 0);
  // One registration by each of `newcomers` new devices, all with this token; how many of them are let in is the
  // token's affair, so a refusal with the code token_used_up is a good answer too.
  void prepare_race(std::string const& token, size_t newcomers);
  // The messages prepared last. What is answered becomes the devices' state.
  Traffic traffic(double seconds);
  // Of the race prepared last: those that were let in, and those that were refused.
  struct Raced {
    size_t taken = 0, refused = 0;
  };
  Raced raced() const { return raced_; }

  // Verifies those answers that were kept (all registrations, some of the others) as an agent must. Returns how many;
  // throws std::runtime_error at the first that is not to be believed.
  size_t verify_answers();

  // What the server must know of a device.
  struct Acknowledged {
    int64_t sequence = 0, quantity = 0;
    auto operator<=>(Acknowledged const&) const = default;
  };
  // Null if this fleet knows no such device, or it was never let in.
  Acknowledged const* acknowledged(DeviceId id) const;
  size_t registered() const { return by_id_.size(); }

 private:
  struct Device {
    DeviceId id{};
    int64_t used_seq = 0;  // of the messages signed so far
    Acknowledged acknowledged{};
    protocol::Digest last_report{};
    bool lacks = false;  // its virtual account is short of what it uses
  };
  struct Message {
    std::string request;
    size_t device = 0;
    int64_t seq = 0, quantity = 0;
    protocol::Nonce nonce{};
    protocol::Digest report{};
    std::string payload{};  // until it is signed
  };
  struct Kept {
    Message const* message;
    std::string body;
  };

  void begin(MessageKind kind);
  size_t pick(size_t lane, size_t n);
  Message write(size_t device, int64_t quantity, protocol::Digest const& last_report, std::string const& token);
  void sign_all();
  bool accepts(size_t lane, size_t n, int status, std::string_view body);
  void verify_answer(Kept const& kept);

  Customer customer_;
  std::string account_;  // known when the first device is
  size_t known_ = 0;     // devices of a populated database; 0: there are none but those that register
  std::vector<Device> devices_;
  std::unordered_map<DeviceId, uint32_t> by_id_;
  MessageKind kind_ = MessageKind::registration;
  bool racing_ = false;
  Raced raced_;
  std::vector<std::vector<Message>> lanes_;
  std::set<std::string, std::less<>> expected_headers_;  // of the answers, base64url; known as they come
  std::vector<Kept> kept_;
  Random random_;
};

}  // namespace menkyo::bench
