#include "tests/simulation/digest.hpp"

namespace menkyo::simulation {

namespace {

// Text that no two lists of values share.
void add(std::string& out, db::Value const& value) {
  if (auto const* number = std::get_if<int64_t>(&value))
    out += "i" + std::to_string(*number) + ";";
  else if (auto const* text = std::get_if<std::string_view>(&value))
    out += "t" + std::to_string(text->size()) + ":" + std::string(*text);
  else if (auto const* bytes = std::get_if<ByteView>(&value))
    out += "b" + to_hex(*bytes) + ";";
  else if (auto const* truth = std::get_if<bool>(&value))
    out += *truth ? "1" : "0";
  else
    out += "n";
}

template <class Row>
void add_rows(std::string& out, db::ReadTx& tx, std::string_view sql) {
  out += "\n";
  tx.each<Row>(sql, [&](Row&& row) {
    db::detail::with_members(row, [&](auto const&... member) { (add(out, db::to_value(member)), ...); });
  });
}

using Number = std::optional<int64_t>;

struct EventRow {
  Bytes id;
  int64_t at;
  std::string kind, actor_kind;
  Bytes virtual_account_id, subject_id;
  std::string data;
};
struct EntryRow {
  Bytes id, lot;
  int64_t effective_at, recorded_at;
  std::string from_kind, to_kind, reason;
  int64_t quantity;
};
struct HoldingRow {
  std::string kind;
  Bytes holder, lot;
  int64_t quantity, starts_at, ends_at;
};
struct PositionRow {
  Bytes va, entitlement;
  int64_t owned, in_use, borrowed, lent, missing, next_boundary_at;
  Number next_end_at;
};
struct LoanRow {
  Bytes va, borrower, lender;
  int64_t quantity;
};
struct GroupRow {
  Bytes va, group;
  bool in_compliance;
  int64_t next_boundary_at, changed_at;
};
struct DeviceRow {
  Bytes id, va, token;
  std::string status, name;
  int64_t identity_expires_at, registered_at;
  Number removed_at;
  int64_t last_contact_at, sequence;
  std::string state;
  Number released_at, warned_at, cloned_at;
  Bytes report_hash;
};
struct UseRow {
  Bytes device, entitlement;
  int64_t at, quantity, change;
};
struct TokenRow {
  Bytes id, secret_lookup;
  int64_t uses;
  Number max_uses, revoked_at;
};
struct NodeRow {
  Bytes id;
  int64_t number;
  std::optional<Bytes> parent;
  std::string path, sort_path, name;
  int64_t version;
};
struct GrantRow {
  Bytes id, person;
  std::string role;
  std::optional<Bytes> va;
  int64_t created_at;
  Number ends_at;
};
struct CountRow {
  int64_t persons, links, kept_answers, counters;
};
struct TimerRow {
  std::string kind;
  Bytes subject;
  int64_t due_at;
};
struct OrderRow {
  std::string order;
  int64_t line;
  Bytes lot;
};
struct JobRow {
  Bytes id;
  std::string status;
  int64_t total, done;
};
struct ReportRow {
  Bytes device, hash, previous_hash;
  std::string id, measurements;
};

}  // namespace

std::string digest_of(test::DeviceWorld& world) {
  auto const text = world.db->read([](db::ReadTx& tx) {
    std::string out;
    add_rows<EventRow>(out, tx,
                       "select event_id, at, kind, actor_kind, coalesce(virtual_account_id, smart_account_id), "
                       "coalesce(subject_id, smart_account_id), data from event order by event_id");
    add_rows<EntryRow>(
        out, tx,
        "select ledger_entry_id, lot_id, effective_at, recorded_at, from_kind, to_kind, reason, quantity from "
        "ledger_entry order by ledger_entry_id");
    add_rows<HoldingRow>(
        out, tx, "select holder_kind, holder_id, lot_id, quantity, starts_at, ends_at from holding order by 1, 2, 3");
    add_rows<PositionRow>(
        out, tx,
        "select virtual_account_id, entitlement_id, owned, in_use, borrowed, lent, short, next_boundary_at, "
        "next_end_at from position order by 1, 2");
    add_rows<LoanRow>(out, tx,
                      "select virtual_account_id, borrower_id, lender_id, quantity from loan order by 1, 2, 3");
    add_rows<GroupRow>(
        out, tx,
        "select virtual_account_id, group_id, in_compliance, next_boundary_at, changed_at from compliance "
        "order by 1, 2");
    add_rows<DeviceRow>(
        out, tx,
        "select d.device_id, d.virtual_account_id, d.registration_token_id, d.status, d.display_name, "
        "c.identity_expires_at, d.registered_at, d.removed_at, c.last_contact_at, c.sequence, "
        "c.authorization_state, c.released_at, c.warned_at, c.cloned_at, c.report_hash from device d join "
        "device_contact c on c.device_id = d.device_id order by d.device_id");
    add_rows<UseRow>(out, tx,
                     "select device_id, entitlement_id, at, quantity, change from use_entry order by 1, 2, 3");
    add_rows<TokenRow>(
        out, tx,
        "select registration_token_id, secret_lookup, uses, max_uses, revoked_at from registration_token "
        "order by 1");
    add_rows<NodeRow>(out, tx,
                      "select virtual_account_id, number, parent_id, path, sort_path, name, version from "
                      "virtual_account order by 1");
    add_rows<GrantRow>(
        out, tx,
        "select role_grant_id, person_id, role, virtual_account_id, created_at, ends_at from role_grant order by 1");
    add_rows<CountRow>(out, tx,
                       "select (select count(*) from person), (select count(*) from one_time_link), (select count(*) "
                       "from idempotent_answer), (select cast(sum(value) as bigint) from counter)");
    add_rows<TimerRow>(out, tx, "select kind, subject_id, due_at from timer order by 1, 2");
    add_rows<OrderRow>(out, tx, "select order_number, line_number, lot_id from order_line order by 1, 2");
    add_rows<JobRow>(out, tx, "select job_id, status, total, done from job order by 1");
    add_rows<ReportRow>(
        out, tx,
        "select device_id, report_hash, previous_hash, report_id, measurements from usage_report order by 1, 2");
    return out;
  });
  return to_hex(protocol::sha256(std::string_view(text)));
}

}  // namespace menkyo::simulation
