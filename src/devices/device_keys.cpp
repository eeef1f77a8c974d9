#include "devices/device_keys.hpp"

#include <algorithm>
#include <map>

namespace menkyo::devices {

namespace {

// A key that OpenSSL has prepared takes some 2 KB. Beyond this number all are forgotten, which costs one read each.
constexpr size_t max_kept = 50'000;

DeviceKeys::One read_key(Bytes const& der) {
  auto const key = protocol::Key::from_spki_der(der);
  return {key, key.thumbprint()};
}

KeyCache::Found as_found(store::PublicKeys const& stored) {
  try {
    DeviceKeys keys{read_key(stored.present), {}};
    if (stored.previous) keys.previous = read_key(*stored.previous);
    return {std::make_shared<DeviceKeys const>(std::move(keys)), {}};
  } catch (...) {
    return {nullptr, std::current_exception()};
  }
}

}  // namespace

std::vector<KeyCache::Found> KeyCache::of(std::span<store::DeviceKey const> devices) {
  std::vector<Found> out(devices.size());
  std::vector<store::DeviceKey> missing;
  {
    std::lock_guard lock(mutex_);
    for (size_t i = 0; i < devices.size(); ++i) {
      if (auto const at = kept_.find(devices[i].device_id); at != kept_.end())
        out[i].keys = at->second;
      else
        missing.push_back(devices[i]);
    }
  }
  if (missing.empty()) return out;
  std::sort(missing.begin(), missing.end());
  missing.erase(std::unique(missing.begin(), missing.end()), missing.end());
  auto const stored = database_.read([&](db::ReadTx& tx) { return store::public_keys(tx, missing); });
  std::map<store::DeviceKey, Found> read;
  for (auto const& row : stored) read[{row.smart_account_id, row.device_id}] = as_found(row);
  for (auto const& [device, found] : read) keep(device.device_id, found);
  for (size_t i = 0; i < devices.size(); ++i)
    if (auto const at = read.find(devices[i]); !out[i].keys && at != read.end()) out[i] = at->second;
  return out;
}

KeyCache::Found KeyCache::fresh(store::DeviceKey const& device) {
  forget(device.device_id);
  return of({&device, 1}).front();
}

void KeyCache::forget(DeviceId device) {
  std::lock_guard lock(mutex_);
  kept_.erase(device);
}

void KeyCache::keep(DeviceId device, Found const& found) {
  if (!found.keys) return;
  std::lock_guard lock(mutex_);
  if (kept_.size() >= max_kept) kept_.clear();
  kept_.insert_or_assign(device, found.keys);
}

}  // namespace menkyo::devices
