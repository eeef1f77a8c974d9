#pragma once
#include <optional>
#include <string>
#include <vector>

#include "db/tx.hpp"

namespace menkyo::live::store {

struct Happened {
  SmartAccountId smart_account_id;
  EventId event_id;
  std::string kind;
  std::optional<VirtualAccountId> virtual_account_id;
  std::string subject_kind;
  std::optional<std::array<uint8_t, 16>> subject_id;
};
// Events of all accounts after `after`, by id.
std::vector<Happened> events_after(db::ReadTx& tx, EventId after, int64_t limit);

struct Place {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
};
struct PlacePath {
  VirtualAccountId virtual_account_id;
  std::string path;
};
// Those that still exist.
std::vector<PlacePath> paths(db::ReadTx& tx, std::vector<Place> const& places);

}  // namespace menkyo::live::store
