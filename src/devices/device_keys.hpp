#pragma once
// Public keys of devices, which verify their messages: read when they are needed, kept for devices heard from lately.

#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "devices/store.hpp"
#include "protocol/key.hpp"

namespace menkyo::devices {

struct DeviceKeys {
  struct One {
    protocol::Key key;
    protocol::Digest thumbprint;
  };
  One present;
  // Still verifies the message that replaced it, in case its answer was lost.
  std::optional<One> previous;
};

// Thread-safe. `database` must outlive it.
class KeyCache {
 public:
  explicit KeyCache(db::Database& database) : database_(database) {}

  // What was found of one device: neither keys nor an error if it is not registered.
  struct Found {
    std::shared_ptr<DeviceKeys const> keys;
    std::exception_ptr error;  // what is stored is no key
  };
  // One for each of `devices`, in their order, with one read for all that are not kept. Throws what Database::read()
  // throws.
  std::vector<Found> of(std::span<store::DeviceKey const> devices);
  // As it is stored now, for a device whose key another server may have replaced.
  Found fresh(store::DeviceKey const& device);
  // A new key may have been stored.
  void forget(DeviceId device);

 private:
  void keep(DeviceId device, Found const& found);

  db::Database& database_;
  std::mutex mutex_;
  std::unordered_map<DeviceId, std::shared_ptr<DeviceKeys const>> kept_;
};

}  // namespace menkyo::devices
