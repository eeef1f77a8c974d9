#pragma once
#include <map>

#include "orders/orders.hpp"

namespace menkyo::orders::store {

struct LineKey {
  std::string order_number;
  int64_t line_number = 0;
  auto operator<=>(LineKey const&) const = default;
};
// Lines that were deposited, out of those asked for.
std::map<LineKey, ContentHash> known_lines(db::ReadTx& tx, std::vector<LineKey> const& keys);
void insert_line(db::Tx& tx, OrderLine const& line, LotId lot);

std::optional<SmartAccountId> account_of_domain(db::ReadTx& tx, std::string_view domain);
struct VirtualAccountRow {
  VirtualAccountId virtual_account_id;
  std::optional<VirtualAccountId> parent_id;
  std::string name;
};
// The whole tree, parents before children.
std::vector<VirtualAccountRow> virtual_accounts(db::ReadTx& tx, SmartAccountId account);

}  // namespace menkyo::orders::store
