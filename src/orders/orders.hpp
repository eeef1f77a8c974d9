#pragma once
// Order lines, and the licenses that they deposit. A file of lines is checked whole; what is new in it is then
// deposited by a job in small chunks, while devices go on being served. The identity of a line is its order number
// and its line number: the same content again is passed over, other content is a conflict.

#include "catalog/import.hpp"
#include "jobs/runner.hpp"
#include "licenses/ledger.hpp"

namespace menkyo::orders {

inline constexpr std::string_view import_job = "orders_import";
inline constexpr int64_t largest_quantity = int64_t{1} << 31;

using ContentHash = std::array<uint8_t, 32>;

// A line that was found sound.
struct OrderLine {
  std::string order_number;
  int64_t line_number = 0;
  ContentHash content_hash{};  // of the fields as they were written, so that relative dates do not change it
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  EntitlementId entitlement_id;
  licenses::LicenseType license_type = licenses::LicenseType::PERPETUAL;
  int64_t quantity = 0;
  Instant ordered_at{};
  Instant starts_at{};
  Instant ends_at = forever;
  std::optional<std::string> subscription;

  std::string reference() const { return order_number + "/" + std::to_string(line_number); }
};

// A time as files write it: RFC 3339, a date (its beginning in UTC), or `now`, `now-30d`, `now+335d` counted from
// `now` rounded down to the minute; at most 36,500 days.
std::optional<Instant> parse_time(std::string_view text, Instant now);

// What a file holds beside what is there: `lines` are new, by account, virtual account and entitlement.
struct CheckedOrders {
  std::vector<OrderLine> lines;
  int64_t skipped = 0;
  int64_t conflicts = 0;  // among the faults
};
// Reads and checks the whole file and reports every fault; the result is only good if there was none.
CheckedOrders check_orders(db::ReadTx& tx, catalog::Catalog const& catalog, std::string_view csv, CsvFaults& faults);

struct OrdersStart {
  ImportReport report;          // `taken`: lines that the job is to deposit
  std::optional<JobId> job_id;  // absent if there are problems or nothing is new
};
// Checks the file and hands its new lines to a job. `source` says in the event where they came from ("orders.csv").
// `initiator_id`: the person whose right to do so is proven again by every chunk; absent for the command line.
OrdersStart start_orders_import(db::Database& database, catalog::CatalogCache& catalogs, std::string_view csv,
                                std::string_view source, std::optional<PersonId> initiator_id = {});

// The job that deposits. What is referred to must outlive the runner; `prove` as in jobs::JobKind.
jobs::JobKind import_kind(keys::Vault const& vault, catalog::CatalogCache& catalogs,
                          std::function<void(db::ReadTx&, PersonId)> prove);

}  // namespace menkyo::orders
