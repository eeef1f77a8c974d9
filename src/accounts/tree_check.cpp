#include <map>
#include <set>

#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"
#include "accounts/store.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using store::NodeRow;
using Tree = std::map<VirtualAccountId, NodeRow>;

constexpr int64_t read_step = 1000;

Tree read_tree(db::ReadTx& tx, SmartAccountId account) {
  Tree out;
  std::string after;
  for (bool more = true; more;) {
    auto rows = store::nodes_between(tx, account, after, std::string(behind_all_sort_paths), read_step);
    more = int64_t(rows.size()) == read_step;
    if (more) after = rows.back().sort_path;
    for (auto& row : rows) out.emplace(row.virtual_account_id, std::move(row));
  }
  return out;
}

// Whether it stands where its parent, number and name say.
bool is_in_place(NodeRow const& row, Tree const& tree) {
  static NodeRow const above_all{.virtual_account_id = {},
                                 .number = 0,
                                 .parent_id = {},
                                 .path = "/",
                                 .sort_path = "",
                                 .depth = 0,
                                 .name = {},
                                 .description = {},
                                 .is_default = false,
                                 .commerce_access = {},
                                 .created_at = {},
                                 .version = 0};
  auto const found = row.parent_id ? tree.find(*row.parent_id) : tree.end();
  if (row.parent_id && found == tree.end()) return false;
  auto const& parent = row.parent_id ? found->second : above_all;
  return row.path == parent.path + std::to_string(row.number) + "/" &&
         row.sort_path == parent.sort_path + sort_level(row.name, row.number) && row.depth == parent.depth + 1 &&
         row.depth <= max_tree_depth;
}

}  // namespace

std::vector<std::string> broken_tree(db::ReadTx& tx, SmartAccountId account) {
  auto const tree = read_tree(tx, account);
  std::vector<std::string> out;
  std::set<std::pair<std::optional<VirtualAccountId>, std::string>> names;
  int64_t defaults = 0;
  for (auto const& [id, row] : tree) {
    defaults += row.is_default ? 1 : 0;
    auto const called = "Virtual account " + id.text() + " of Smart Account " + account.text();
    if (!is_in_place(row, tree)) out.push_back(called + " does not stand where its parent, number and name say.");
    if (!names.emplace(row.parent_id, fold_name(row.name)).second)
      out.push_back(called + " has the name of another one beside it.");
  }
  if (defaults != 1)
    out.push_back("Smart Account " + account.text() + " has " + std::to_string(defaults) +
                  " default virtual accounts instead of one.");
  return out;
}

}  // namespace menkyo::accounts
