#include "audit/store.hpp"

namespace menkyo::audit::store {

void insert_events(db::Tx& tx, std::vector<EventRow> const& rows) {
  tx.exec_many(
      "insert into event (smart_account_id, event_id, at, kind, actor_kind, actor_id, virtual_account_id, "
      "subject_kind, subject_id, data, commitment) select a, e, t, k, l, i, v, s, j, d, c from {rows: a bytea, "
      "e bytea, t bigint, k text, l text, i bytea, v bytea, s text, j bytea, d text, c bytea} r",
      rows);
  std::vector<EventKey> keys;
  for (auto const& e : rows) keys.push_back({e.smart_account_id, e.event_id});
  tx.exec_many("insert into event_unsealed (smart_account_id, event_id) select a, e from {rows: a bytea, e bytea} r",
               keys);
}

void insert_personals(db::Tx& tx, std::vector<NewPersonalRow> const& rows) {
  tx.exec_many(
      "insert into event_personal (smart_account_id, event_id, salt, wrapped_value) select a, e, s, w from "
      "{rows: a bytea, e bytea, s bytea, w bytea} r",
      rows);
}

std::vector<ReadRow> events_before(db::ReadTx& tx, SmartAccountId account, EventId before, int64_t limit) {
  return tx.all<ReadRow>(
      "select e.event_id, e.at, e.kind, e.actor_kind, e.actor_id, e.virtual_account_id, e.subject_kind, "
      "e.subject_id, "
      "e.data, p.wrapped_value from event e left join event_personal p on p.smart_account_id = e.smart_account_id "
      "and p.event_id = e.event_id where e.smart_account_id = $1 and e.event_id < $2 order by e.event_id desc limit "
      "$3",
      account, before, limit);
}

std::vector<ReadRow> events_before(db::ReadTx& tx, SmartAccountId account, VirtualAccountId va, EventId before,
                                   int64_t limit) {
  // Which events they are is answered by the index alone. Asked for their rows at once, SQLite would read the whole
  // account's log and leave out what belongs elsewhere (docs/decisions/0018-plans-without-statistics.md).
  return tx.all<ReadRow>(
      "select e.event_id, e.at, e.kind, e.actor_kind, e.actor_id, e.virtual_account_id, e.subject_kind, "
      "e.subject_id, e.data, p.wrapped_value from (select k.event_id from event k where k.smart_account_id = $1 and "
      "k.virtual_account_id = $2 and k.event_id < $3 order by k.event_id desc limit $4) n join event e on "
      "e.smart_account_id = $1 and e.event_id = n.event_id left join event_personal p on p.smart_account_id = "
      "e.smart_account_id and p.event_id = e.event_id order by n.event_id desc",
      account, va, before, limit);
}

std::vector<EventNotice> notices_after(db::ReadTx& tx, EventId after, int64_t limit) {
  return tx.all<EventNotice>(
      "select smart_account_id, event_id, kind, virtual_account_id, subject_kind, subject_id from event "
      "where event_id > $1 order by event_id limit $2",
      after, limit);
}

std::vector<SmartAccountId> unsealed_accounts(db::ReadTx& tx, int64_t limit) {
  return tx.all<SmartAccountId>(
      "select distinct smart_account_id from event_unsealed order by smart_account_id limit $1", limit);
}

std::vector<EventRow> unsealed_events(db::ReadTx& tx, SmartAccountId account, int64_t limit) {
  return tx.all<EventRow>(
      "select e.smart_account_id, e.event_id, e.at, e.kind, e.actor_kind, e.actor_id, e.virtual_account_id, "
      "e.subject_kind, e.subject_id, e.data, e.commitment from event_unsealed u join event e on e.smart_account_id = "
      "u.smart_account_id and e.event_id = u.event_id where u.smart_account_id = $1 order by u.event_id limit $2",
      account, limit);
}

Head open_head(db::Tx& tx, SmartAccountId account) {
  tx.exec(
      "insert into event_head (smart_account_id, sequence, digest, signed_at, signature) values ($1, 0, $2, 0, '') "
      "on conflict (smart_account_id) do nothing",
      account, Bytes{});
  return tx
      .one<Head>(
          "select sequence, digest, signed_at, signature from event_head where smart_account_id = $1 {for update}",
          account)
      .value();
}

std::optional<Head> head(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<Head>("select sequence, digest, signed_at, signature from event_head where smart_account_id = $1",
                      account);
}

void set_head(db::Tx& tx, SmartAccountId account, Head const& h) {
  tx.exec(
      "update event_head set sequence = $2, digest = $3, signed_at = $4, signature = $5 where smart_account_id = $1",
      account, h.sequence, h.digest, h.signed_at, h.signature);
}

void insert_seals(db::Tx& tx, std::vector<SealRow> const& rows) {
  tx.exec_many(
      "insert into event_seal (smart_account_id, sequence, event_id, digest) select account, sequence, event, digest "
      "from {rows: account bytea, sequence bigint, event bytea, digest bytea} r",
      rows);
}

void delete_unsealed(db::Tx& tx, std::vector<EventKey> const& keys) {
  tx.exec_many(
      "delete from event_unsealed where (smart_account_id, event_id) in (select account, event "
      "from {rows: account bytea, event bytea} r)",
      keys);
}

std::vector<Seal> seals_after(db::ReadTx& tx, SmartAccountId account, int64_t sequence, int64_t limit) {
  return tx.all<Seal>(
      "select sequence, event_id, digest from event_seal where smart_account_id = $1 and sequence > $2 "
      "order by sequence limit $3",
      account, sequence, limit);
}

std::vector<EventRow> events(db::ReadTx& tx, std::vector<EventKey> const& keys) {
  return tx.all_many<EventRow>(
      "select e.smart_account_id, e.event_id, e.at, e.kind, e.actor_kind, e.actor_id, e.virtual_account_id, "
      "e.subject_kind, e.subject_id, e.data, e.commitment from {rows: account bytea, event bytea} r join event e "
      "on e.smart_account_id = r.account and e.event_id = r.event",
      keys);
}

std::vector<PersonalRow> personals(db::ReadTx& tx, std::vector<EventKey> const& keys) {
  return tx.all_many<PersonalRow>(
      "select p.event_id, p.salt, p.wrapped_value from {rows: account bytea, event bytea} r join event_personal p "
      "on p.smart_account_id = r.account and p.event_id = r.event",
      keys);
}

std::vector<EventState> event_states(db::ReadTx& tx, SmartAccountId account, EventId after, int64_t limit) {
  return tx.all<EventState>(
      "select e.event_id, exists (select 1 from event_seal s where s.smart_account_id = e.smart_account_id and "
      "s.event_id = e.event_id), exists (select 1 from event_unsealed u where u.smart_account_id = "
      "e.smart_account_id and u.event_id = e.event_id) from event e where e.smart_account_id = $1 and e.event_id > "
      "$2 "
      "order by e.event_id limit $3",
      account, after, limit);
}

std::optional<EventId> vanished_event(db::ReadTx& tx, SmartAccountId account) {
  return tx.one<EventId>(
      "select u.event_id from event_unsealed u where u.smart_account_id = $1 and not exists (select 1 from event e "
      "where e.smart_account_id = u.smart_account_id and e.event_id = u.event_id) order by u.event_id limit 1",
      account);
}

std::optional<SmartAccountId> next_account(db::ReadTx& tx, SmartAccountId after) {
  std::optional<SmartAccountId> next;
  for (auto const* sql :
       {"select smart_account_id from event where smart_account_id > $1 order by smart_account_id limit 1",
        "select smart_account_id from event_seal where smart_account_id > $1 order by smart_account_id limit 1",
        "select smart_account_id from event_unsealed where smart_account_id > $1 order by smart_account_id limit 1",
        "select smart_account_id from event_head where smart_account_id > $1 order by smart_account_id limit 1"})
    if (auto const found = tx.one<SmartAccountId>(sql, after); found && (!next || *found < *next)) next = found;
  return next;
}

}  // namespace menkyo::audit::store
