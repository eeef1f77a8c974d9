#include "orders/orders.hpp"

#include <algorithm>
#include <set>

#include "accounts/place.hpp"
#include "base/failpoint.hpp"
#include "licenses/books.hpp"
#include "orders/store.hpp"
#include "protocol/bytes.hpp"
#include "protocol/json.hpp"

namespace menkyo::orders {

namespace {

namespace json = protocol::json;

// A line on its way through job_input.
std::string to_input(OrderLine const& line) {
  std::string out;
  json::Writer w(out);
  w.begin_object()
      .member("order_number", line.order_number)
      .member("line_number", line.line_number)
      .member("content_hash", protocol::to_base64url(line.content_hash))
      .member("smart_account_id", line.smart_account_id.text())
      .member("virtual_account_id", line.virtual_account_id.text())
      .member("entitlement_id", line.entitlement_id.text())
      .member("license_type", to_text(line.license_type))
      .member("quantity", line.quantity)
      .member("ordered_at", to_us(line.ordered_at))
      .member("starts_at", to_us(line.starts_at));
  if (line.ends_at != forever) w.member("ends_at", to_us(line.ends_at));
  if (line.subscription) w.member("subscription", *line.subscription);
  w.end_object();
  return out;
}

template <class TypedId>
void read_id(json::Value const& from, std::string_view name, TypedId& out) {
  auto const id = TypedId::parse(from.find(name)->as_string());
  if (!id) throw std::logic_error("a stored order line holds a broken identifier");
  out = *id;
}

OrderLine from_input(std::string const& text) {
  auto const v = json::parse(text);
  OrderLine line;
  line.order_number = v.find("order_number")->as_string();
  line.line_number = v.find("line_number")->as_int();
  auto const hash = protocol::from_base64url(v.find("content_hash")->as_string());
  if (!hash || hash->size() != line.content_hash.size()) throw std::logic_error("a stored order line has no hash");
  std::copy(hash->begin(), hash->end(), line.content_hash.begin());
  read_id(v, "smart_account_id", line.smart_account_id);
  read_id(v, "virtual_account_id", line.virtual_account_id);
  read_id(v, "entitlement_id", line.entitlement_id);
  from_text(v.find("license_type")->as_string(), line.license_type);
  line.quantity = v.find("quantity")->as_int();
  line.ordered_at = from_us(v.find("ordered_at")->as_int());
  line.starts_at = from_us(v.find("starts_at")->as_int());
  if (auto const* end = v.find("ends_at")) line.ends_at = from_us(end->as_int());
  if (auto const* subscription = v.find("subscription")) line.subscription = subscription->as_string();
  return line;
}

// What the job remembers between its chunks.
struct State {
  std::string source;
  int64_t taken = 0, skipped = 0;
};

std::string to_json(State const& state) {
  std::string out;
  json::Writer(out)
      .begin_object()
      .member("source", state.source)
      .member("taken", state.taken)
      .member("skipped", state.skipped)
      .end_object();
  return out;
}

State from_json(std::string const& text) {
  auto const v = json::parse(text);
  return {v.find("source")->as_string(), v.find("taken")->as_int(), v.find("skipped")->as_int()};
}

licenses::Deposit to_deposit(OrderLine const& line, audit::Actor const& actor) {
  return {line.smart_account_id,
          line.virtual_account_id,
          line.entitlement_id,
          line.license_type,
          line.quantity,
          line.starts_at,
          line.ends_at,
          line.subscription,
          "order",
          line.reference(),
          actor};
}

// A chunk of lines, and those of them that are deposited already.
struct Portion {
  std::vector<OrderLine> lines;
  std::map<store::LineKey, ContentHash> known;
  int64_t last_position = -1;
};

Portion next_portion(db::ReadTx& tx, jobs::Chunk const& chunk) {
  Portion out;
  std::vector<store::LineKey> keys;
  for (auto const& row : jobs::next_input(tx, chunk.job_id, chunk.size)) {
    out.lines.push_back(from_input(row.data));
    keys.push_back({out.lines.back().order_number, out.lines.back().line_number});
    out.last_position = row.position;
  }
  std::sort(keys.begin(), keys.end());
  out.known = store::known_lines(tx, keys);
  return out;
}

// Passed over if another import deposited the same meanwhile.
bool is_new(Portion const& portion, OrderLine const& line) {
  auto const at = portion.known.find({line.order_number, line.line_number});
  if (at != portion.known.end() && at->second != line.content_hash)
    throw Problem(problems::conflict,
                  "Order line " + line.reference() + " was imported with other content meanwhile.");
  return at == portion.known.end();
}

// Returns how many of the lines were new.
int64_t deposit_lines(db::Tx& tx, keys::Vault const& vault, catalog::Catalog const& catalog, Portion const& portion,
                      audit::Actor const& actor) {
  licenses::Books books(tx, vault, catalog);
  std::vector<licenses::GroupKey> groups;
  std::set<SmartAccountId> accounts;
  for (auto const& line : portion.lines)
    if (is_new(portion, line)) accounts.insert(line.smart_account_id);
  for (auto const account : accounts) accounts::hold_account(tx, account);
  for (auto const& line : portion.lines) {
    if (!is_new(portion, line)) continue;
    if (!accounts::virtual_account_exists(tx, line.smart_account_id, line.virtual_account_id))
      throw Problem(problems::not_found, "The virtual account of order line " + line.reference() + " is gone.");
    groups.push_back(books.key_of(line.smart_account_id, line.virtual_account_id, line.entitlement_id));
  }
  int64_t const taken = int64_t(groups.size());
  if (taken == 0) return 0;
  std::sort(groups.begin(), groups.end());
  groups.erase(std::unique(groups.begin(), groups.end()), groups.end());
  books.load(groups);
  for (auto const& line : portion.lines)
    if (is_new(portion, line)) store::insert_line(tx, line, books.deposit(to_deposit(line, actor)));
  books.store(actor);
  return taken;
}

bool deposit_chunk(db::Tx& tx, jobs::Chunk& chunk, keys::Vault const& vault, catalog::CatalogCache& catalogs) {
  auto state = from_json(chunk.state);
  audit::Actor const actor = chunk.initiator_id ? audit::actor(audit::ActorKind::staff, *chunk.initiator_id)
                                                : audit::Actor{audit::ActorKind::command, {}};
  auto const portion = next_portion(tx, chunk);
  auto const count = int64_t(portion.lines.size());
  auto const catalog = catalogs.at(tx);
  int64_t const taken = deposit_lines(tx, vault, *catalog, portion, actor);
  state.taken += taken;
  state.skipped += count - taken;
  failpoint<"orders.deposited">();
  jobs::drop_input(tx, chunk.job_id, portion.last_position);
  chunk.done += count;
  chunk.state = to_json(state);
  bool const more = chunk.done < chunk.total && count > 0;
  if (!more)
    audit::record(tx, vault,
                  {{},
                   audit::EventKind::orders_imported,
                   actor,
                   {},
                   "job",
                   chunk.job_id.bytes,
                   {{"taken", state.taken}, {"skipped", state.skipped}, {"source", state.source}}});
  return more;
}

}  // namespace

OrdersStart start_orders_import(db::Database& database, catalog::CatalogCache& catalogs, std::string_view csv,
                                std::string_view source, std::optional<PersonId> initiator_id) {
  OrdersStart out;
  auto const checked = database.read([&](db::ReadTx& tx) {
    auto const catalog = catalogs.at(tx);
    return check_orders(tx, *catalog, csv, out.report.problems);
  });
  out.report.conflicts = checked.conflicts;
  out.report.skipped = checked.skipped;
  if (!out.report.problems.empty() || checked.lines.empty()) return out;
  out.report.taken = int64_t(checked.lines.size());
  auto const id = database.write([&](db::Tx& tx) {
    return jobs::create_job(tx, {std::string(import_job), to_json({std::string(source), 0, checked.skipped}),
                                 out.report.taken, initiator_id, Instant{}, false});
  });
  failpoint<"orders.job_made", Failing::memory>();
  // In parts, so that the writer serves others in between; the job begins when all of them are there.
  constexpr size_t at_once = 200;
  for (size_t i = 0; i < checked.lines.size(); i += at_once) {
    std::vector<jobs::InputLine> part;
    for (size_t n = i; n < std::min(checked.lines.size(), i + at_once); ++n)
      part.push_back({int64_t(n), to_input(checked.lines[n])});
    database.write([&](db::Tx& tx) { jobs::add_input(tx, id, part); });
  }
  failpoint<"orders.input_stored", Failing::memory>();
  database.write([&](db::Tx& tx) { jobs::start_job(tx, id); });
  out.job_id = id;
  return out;
}

jobs::JobKind import_kind(keys::Vault const& vault, catalog::CatalogCache& catalogs,
                          std::function<void(db::ReadTx&, PersonId)> prove) {
  return {std::string(import_job),
          [&vault, &catalogs](db::Tx& tx, jobs::Chunk& chunk) { return deposit_chunk(tx, chunk, vault, catalogs); },
          std::move(prove)};
}

}  // namespace menkyo::orders
