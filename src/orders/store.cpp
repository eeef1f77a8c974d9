#include "orders/store.hpp"

namespace menkyo::orders::store {

std::map<LineKey, ContentHash> known_lines(db::ReadTx& tx, std::vector<LineKey> const& keys) {
  struct Found {
    std::string order_number;
    int64_t line_number;
    ContentHash content_hash;
  };
  std::map<LineKey, ContentHash> out;
  for (auto& row :
       tx.all_many<Found>("select l.order_number, l.line_number, l.content_hash from {rows: order_number text, "
                          "line_number bigint} r "
                          "join order_line l on l.order_number = r.order_number and l.line_number = r.line_number",
                          keys))
    out.emplace(LineKey{std::move(row.order_number), row.line_number}, row.content_hash);
  return out;
}

void insert_line(db::Tx& tx, OrderLine const& line, LotId lot) {
  tx.exec(
      "insert into order_line (order_number, line_number, content_hash, smart_account_id, virtual_account_id, "
      "lot_id, "
      "ordered_at, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8)",
      line.order_number, line.line_number, line.content_hash, line.smart_account_id, line.virtual_account_id, lot,
      line.ordered_at, tx.now());
}

std::optional<SmartAccountId> account_of_domain(db::ReadTx& tx, std::string_view domain) {
  return tx.one<SmartAccountId>("select smart_account_id from smart_account_domain where domain = $1", domain);
}

std::vector<VirtualAccountRow> virtual_accounts(db::ReadTx& tx, SmartAccountId account) {
  return tx.all<VirtualAccountRow>(
      "select virtual_account_id, parent_id, name from virtual_account where smart_account_id = $1 order by path",
      account);
}

}  // namespace menkyo::orders::store
