#include "live/store.hpp"

namespace menkyo::live::store {

std::vector<Happened> events_after(db::ReadTx& tx, EventId after, int64_t limit) {
  return tx.all<Happened>(
      "select smart_account_id, event_id, kind, virtual_account_id, subject_kind, subject_id from event where "
      "event_id > $1 order by event_id limit $2",
      after, limit);
}

std::vector<PlacePath> paths(db::ReadTx& tx, std::vector<Place> const& places) {
  return tx.all_many<PlacePath>(
      "select v.virtual_account_id, v.path from virtual_account v join {rows: a bytea, i bytea} r on "
      "v.smart_account_id = r.a and v.virtual_account_id = r.i",
      places);
}

}  // namespace menkyo::live::store
