#include <algorithm>
#include <map>

#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"
#include "accounts/store_groups.hpp"
#include "accounts/store_tags.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using store::NodeRow;

void must_exist(std::optional<NodeRow> const& row) {
  if (!row) throw Problem(problems::not_found);
}

// What somebody is about to change, as they saw it. Call with the account locked.
NodeRow unchanged_node(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id, std::optional<int64_t> if_match) {
  auto row = store::node(tx, account, id);
  must_exist(row);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

// The child of `parent_sort_path` whose name people take for the same as `name`.
std::optional<NodeRow> child_named(db::ReadTx& tx, SmartAccountId account, std::string const& parent_sort_path,
                                   std::string_view name) {
  // Names that fold to the same have the same key; the reverse does not hold. Each step leaps over a whole subtree.
  auto const key = parent_sort_path + sort_key(name);
  auto const wanted = fold_name(name);
  for (std::string after = key + "\x01";;) {
    auto rows = store::nodes_between(tx, account, after, key + "\x02", 1);
    if (rows.empty()) return {};
    if (fold_name(rows.front().name) == wanted) return std::move(rows.front());
    after = end_of_sort_range(rows.front().sort_path);
  }
}

void refuse_taken(db::ReadTx& tx, SmartAccountId account, std::string const& parent_sort_path, std::string_view name,
                  VirtualAccountId self) {
  auto const other = child_named(tx, account, parent_sort_path, name);
  if (other && other->virtual_account_id != self)
    throw Problem(problems::name_taken, "Another virtual account beside it has this name.",
                  {{"/name", "taken", "is the name of another virtual account at this place"}});
}

// A slash separates names where a path of names is written, as in orders.
void refuse_slash(std::string_view name) {
  if (name.find('/') != std::string_view::npos) throw invalid_field("/name", "slash", "must not contain a slash");
}

std::string parent_of(std::string const& sort_path) {
  auto const end = sort_path.rfind('\x02', sort_path.size() - 2);
  return end == std::string::npos ? "" : sort_path.substr(0, end + 1);
}

// The paths from the root to a path: "/12/40/" has "/12/" and "/12/40/".
std::vector<std::string> ways(std::string const& path) {
  std::vector<std::string> out;
  for (size_t at = path.find('/', 1); at != std::string::npos; at = path.find('/', at + 1))
    out.push_back(path.substr(0, at + 1));
  return out;
}

// Where a virtual account comes to stand below another one, or among the outermost.
store::NodePosition position_below(db::ReadTx& tx, SmartAccountId account, std::optional<VirtualAccountId> parent_id,
                                   NodeRow const& moved) {
  auto const own = std::to_string(moved.number) + "/";
  auto const level = sort_level(moved.name, moved.number);
  if (!parent_id) return {{}, "/" + own, level, 1};
  auto const parent = store::node(tx, account, *parent_id);
  if (!parent) throw invalid_field("/parent_id", "unknown", "is no virtual account of this account");
  if (parent->path.starts_with(moved.path))
    throw invalid_field("/parent_id", "inside_itself", "is the virtual account itself or below it");
  return {parent_id, parent->path + own, parent->sort_path + level, parent->depth + 1};
}

std::map<VirtualAccountId, std::vector<CarriedTag>> tags_of(db::ReadTx& tx, std::vector<store::NodeKey> const& keys) {
  std::map<VirtualAccountId, std::vector<CarriedTag>> out;
  for (auto& row : store::carried_tags(tx, keys))
    out[row.virtual_account_id].push_back({row.custom_tag_id, std::move(row.name), std::move(row.value)});
  for (auto& [id, tags] : out)
    std::sort(tags.begin(), tags.end(),
              [](auto const& a, auto const& b) { return sort_key(a.name) < sort_key(b.name); });
  return out;
}

// Makes records of rows, with only as much of the way from the root as the caller may see.
std::vector<VirtualAccount> describe(db::ReadTx& tx, access::Holdings const& holdings, SmartAccountId account,
                                     std::vector<NodeRow> const& rows) {
  auto const reach = holdings.reach(Permission::inventory_view);
  std::vector<store::PathKey> path_keys;
  std::vector<store::NodeKey> node_keys;
  for (auto const& row : rows) {
    node_keys.push_back({account, row.virtual_account_id});
    for (auto& way : ways(row.path))
      if (reach.covers(way)) path_keys.push_back({account, std::move(way)});
  }
  auto const less = [](auto const& a, auto const& b) { return a.path < b.path; };
  std::sort(path_keys.begin(), path_keys.end(), less);
  path_keys.erase(std::unique(path_keys.begin(), path_keys.end(), [](auto& a, auto& b) { return a.path == b.path; }),
                  path_keys.end());
  std::map<std::string, std::string> names;
  for (auto& row : store::names_of_paths(tx, path_keys)) names.emplace(std::move(row.path), std::move(row.name));
  std::map<VirtualAccountId, int64_t> children;
  for (auto const& row : store::child_counts(tx, node_keys)) children[row.virtual_account_id] = row.count;
  auto tags = tags_of(tx, node_keys);

  std::vector<VirtualAccount> out;
  for (auto const& row : rows) {
    std::vector<std::string> path_names;
    auto const all = ways(row.path);
    for (auto const& way : all)
      if (auto const name = names.find(way); name != names.end()) path_names.push_back(name->second);
    bool const sees_parent = all.size() > 1 && reach.covers(all[all.size() - 2]);
    out.push_back({row.virtual_account_id, row.number, sees_parent ? row.parent_id : std::nullopt, path_names,
                   int64_t(path_names.size()), row.name, row.description, row.is_default, row.commerce_access,
                   children[row.virtual_account_id], std::move(tags[row.virtual_account_id]), row.created_at,
                   row.version, holdings.abilities_at(row.path)});
  }
  return out;
}

// The ranges of sort paths that a reach covers, in order; each is (after, before), both outside.
std::vector<std::pair<std::string, std::string>> sort_ranges(db::ReadTx& tx, SmartAccountId account,
                                                             access::Reach const& reach) {
  std::vector<std::pair<std::string, std::string>> out;
  if (reach.all) return {{"", std::string(behind_all_sort_paths)}};
  for (auto const& prefix : reach.prefixes) {
    auto const root = store::node_by_path(tx, account, prefix);
    if (!root) continue;
    // The root itself belongs to its range: everything from it on is above its path without the last character.
    out.emplace_back(root->sort_path.substr(0, root->sort_path.size() - 1), end_of_sort_range(root->sort_path));
  }
  std::sort(out.begin(), out.end());
  return out;
}

// Reading stops after this many rows that a search did not want; the page is short then and has a cursor.
constexpr int64_t scan_budget = 5000;

struct Scan {
  std::vector<NodeRow> rows;
  std::optional<VirtualAccountId> stopped_at;  // the last row looked at, if the budget ended the scan
};

// By the index that knows most of what is wanted.
std::vector<NodeRow> nodes_to_scan(db::ReadTx& tx, SmartAccountId account, VirtualAccountQuery const& in,
                                   std::string const& after, std::string const& before, int64_t limit) {
  if (in.custom_tag_id) {
    auto const value = in.tag_value ? std::optional(fold_name(*in.tag_value)) : std::nullopt;
    return store::tagged_between(tx, account, *in.custom_tag_id, value, after, before, limit);
  }
  if (in.parent) return store::children_between(tx, account, *in.parent, after, before, limit);
  return store::nodes_between(tx, account, after, before, limit);
}

Scan scan(db::ReadTx& tx, SmartAccountId account, access::Reach const& reach, VirtualAccountQuery const& in,
          std::string const& start, int64_t wanted) {
  Scan found;
  auto const search = fold_name(in.search.value_or(Search()));
  // Whether some of what the index finds is not wanted.
  bool const narrows = !search.empty() || (in.custom_tag_id && in.parent);
  auto const is_wanted = [&](NodeRow const& row) {
    return fold_name(row.name).find(search) != std::string::npos && (!in.parent || row.parent_id == in.parent);
  };
  int64_t looked_at = 0;
  for (auto const& [begin, end] : sort_ranges(tx, account, reach)) {
    auto after = std::max(begin, start);
    while (after < end && int64_t(found.rows.size()) < wanted) {
      int64_t const chunk = narrows ? 500 : wanted - int64_t(found.rows.size());
      auto rows = nodes_to_scan(tx, account, in, after, end, chunk);
      if (rows.empty()) break;
      after = rows.back().sort_path;
      looked_at += int64_t(rows.size());
      auto const last = rows.back().virtual_account_id;
      for (auto& row : rows)
        if (int64_t(found.rows.size()) < wanted && is_wanted(row)) found.rows.push_back(std::move(row));
      if (narrows && looked_at >= scan_budget && int64_t(found.rows.size()) < wanted) {
        found.stopped_at = last;
        return found;
      }
    }
  }
  return found;
}

}  // namespace

std::string sort_level(std::string_view name, int64_t number) {
  return sort_key(name) + "\x01" + std::to_string(number) + "\x02";
}

std::string end_of_sort_range(std::string sort_path) {
  sort_path.back() = '\x03';
  return sort_path;
}

void record_virtual_account(db::Tx& tx, keys::Vault const& vault, audit::EventKind kind, SmartAccountId account,
                            VirtualAccountId id, audit::Actor const& actor, std::vector<audit::Datum> data) {
  audit::record(tx, vault,
                {.smart_account_id = account,
                 .kind = kind,
                 .actor = actor,
                 .virtual_account_id = id,
                 .subject_kind = "virtual_account",
                 .subject_id = id.bytes,
                 .data = std::move(data)});
}

VirtualAccountId default_virtual_account(db::ReadTx& tx, SmartAccountId account) {
  auto const id = store::default_node(tx, account);
  if (!id) throw Problem(problems::not_found);
  return *id;
}

std::vector<NodeRow> nodes_called(db::ReadTx& tx, SmartAccountId account, access::Reach const& seen,
                                  std::string_view names) {
  auto const first = names.substr(0, names.find('/'));
  std::vector<NodeRow> out;
  if (seen.all) {
    if (auto root = child_named(tx, account, "", first)) out.push_back(std::move(*root));
  }
  for (auto const& prefix : seen.prefixes)
    if (auto root = store::node_by_path(tx, account, prefix); root && fold_name(root->name) == fold_name(first))
      out.push_back(std::move(*root));
  while (names.find('/') != std::string_view::npos) {
    names.remove_prefix(names.find('/') + 1);
    std::vector<NodeRow> below;
    for (auto const& node : out)
      if (auto child = child_named(tx, account, node.sort_path, names.substr(0, names.find('/'))))
        below.push_back(std::move(*child));
    out = std::move(below);
  }
  return out;
}

std::optional<VirtualAccountId> find_virtual_account(db::ReadTx& tx, SmartAccountId account, std::string_view names) {
  auto const found = nodes_called(tx, account, {true, {}}, names);
  return found.empty() ? std::nullopt : std::optional(found.front().virtual_account_id);
}

VirtualAccountId create_virtual_account(db::Tx& tx, keys::Vault const& vault,
                                        Access<access::Place, Permission::virtual_account_create> const& access,
                                        NewVirtualAccount const& in) {
  auto const account = access.smart_account_id();
  refuse_slash(in.name);
  store::lock_account(tx, account);
  std::string path = "/", sort_path;
  int64_t depth = 1;
  if (auto const parent_id = access.virtual_account_id()) {
    auto const parent = store::node(tx, account, *parent_id);
    must_exist(parent);
    if (parent->depth >= max_tree_depth)
      throw Problem(problems::too_deep, "Virtual accounts can be nested ten levels deep at most.");
    path = parent->path;
    sort_path = parent->sort_path;
    depth = parent->depth + 1;
  }
  refuse_taken(tx, account, sort_path, in.name, {});
  auto const number = store::next_number(tx, "virtual_account");
  auto const id = tx.new_id<VirtualAccountId>();
  store::insert_node(tx, account,
                     {id, number, access.virtual_account_id(), path + std::to_string(number) + "/",
                      sort_path + sort_level(in.name, number), depth, in.name, in.description, false,
                      in.commerce_access, tx.now(), 1});
  record_virtual_account(tx, vault, audit::EventKind::virtual_account_created, account, id, access.actor(),
                         {{"name", in.name}});
  return id;
}

void change_virtual_account(db::Tx& tx, keys::Vault const& vault,
                            Access<access::VirtualAccount, Permission::account_edit> const& access,
                            VirtualAccountChange const& in) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto const row = unchanged_node(tx, account, access.virtual_account_id(), in.if_match);
  std::string const name = in.name ? std::string(*in.name) : row.name;
  std::string const description = in.description ? std::string(*in.description) : row.description;
  auto const commerce_access = in.commerce_access.value_or(row.commerce_access);
  if (name == row.name && description == row.description && commerce_access == row.commerce_access) return;
  if (name != row.name) {
    refuse_slash(name);
    auto const parent = parent_of(row.sort_path);
    refuse_taken(tx, account, parent, name, row.virtual_account_id);
    auto const sort_path = parent + sort_level(name, row.number);
    if (sort_path != row.sort_path) {
      store::move_sort_paths(tx, account, row.sort_path, end_of_sort_range(row.sort_path), sort_path);
      store::follow_sort_paths(tx, account, sort_path, end_of_sort_range(sort_path));
    }
  }
  store::update_node(tx, account, row.virtual_account_id, name, description, commerce_access);
  std::vector<audit::Datum> data{{"name", name}};
  if (name != row.name) data.emplace_back("old_name", row.name);
  record_virtual_account(tx, vault, audit::EventKind::virtual_account_changed, account, row.virtual_account_id,
                         access.actor(), std::move(data));
}

void delete_virtual_account(db::Tx& tx, keys::Vault const& vault,
                            Access<access::VirtualAccount, Permission::account_edit> const& access,
                            std::optional<int64_t> if_match) {
  auto const account = access.smart_account_id();
  auto const id = access.virtual_account_id();
  store::lock_account(tx, account);
  auto const row = unchanged_node(tx, account, id, if_match);
  if (row.is_default) throw Problem(problems::conflict, "The default virtual account cannot be deleted.");
  auto const refuse = [](const char* why) { throw Problem(problems::not_empty, why); };
  if (store::has_children(tx, account, id)) refuse("It has virtual accounts below it; delete those first.");
  if (store::has_licenses(tx, account, id)) refuse("It holds licenses; transfer those first.");
  if (store::has_devices(tx, account, id)) refuse("It has registered devices; remove those first.");
  if (store::has_usable_tokens(tx, account, id, tx.now()))
    refuse("It has registration tokens that can still be used; revoke those first.");
  store::delete_grants_on(tx, account, id);
  store::delete_group_grants_on(tx, account, id);
  store::delete_all_carried(tx, account, id);
  store::delete_node(tx, account, id);
  record_virtual_account(tx, vault, audit::EventKind::virtual_account_deleted, account, id, access.actor(),
                         {{"name", row.name}});
}

void move_virtual_account(db::Tx& tx, keys::Vault const& vault,
                          Access<access::SmartAccount, Permission::account_edit> const& access,
                          VirtualAccountMove const& in) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto const row = unchanged_node(tx, account, in.virtual_account_id, in.if_match);
  if (row.parent_id == in.parent_id) return;
  auto const to = position_below(tx, account, in.parent_id, row);
  auto const added_depth = to.depth - row.depth;
  if (added_depth > 0 && store::greatest_depth(tx, account, row.path) + added_depth > max_tree_depth)
    throw Problem(problems::too_deep, "What is below it would be deeper than ten levels there.");
  refuse_taken(tx, account, parent_of(to.sort_path), row.name, row.virtual_account_id);
  store::move_subtree(tx, account, row, to);
  store::follow_sort_paths(tx, account, to.sort_path, end_of_sort_range(to.sort_path));
  // No names: whoever reads this in the virtual account may not know what is above it.
  auto const text = [](std::optional<VirtualAccountId> id) { return id ? id->text() : std::string(); };
  record_virtual_account(
      tx, vault, audit::EventKind::virtual_account_moved, account, row.virtual_account_id, access.actor(),
      {{"name", row.name}, {"parent_id", text(in.parent_id)}, {"old_parent_id", text(row.parent_id)}});
}

void make_default(db::Tx& tx, keys::Vault const& vault,
                  Access<access::SmartAccount, Permission::account_edit> const& access, DefaultChoice const& in) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto const row = unchanged_node(tx, account, in.virtual_account_id, in.if_match);
  if (row.is_default) return;
  auto const old = default_virtual_account(tx, account);
  store::set_default(tx, account, old, row.virtual_account_id);
  record_virtual_account(tx, vault, audit::EventKind::virtual_account_made_default, account, row.virtual_account_id,
                         access.actor(), {{"name", row.name}, {"old_virtual_account_id", old.text()}});
}

VirtualAccount load_virtual_account(db::ReadTx& tx, PersonId caller, SmartAccountId account, VirtualAccountId id) {
  auto const row = store::node(tx, account, id);
  must_exist(row);
  auto records = describe(tx, access::holdings(tx, caller, account), account, {*row});
  return std::move(records.front());
}

wire::Page<VirtualAccount> list_virtual_accounts(
    db::ReadTx& tx, api::Cursors const& cursors,
    Access<access::VirtualAccounts, Permission::inventory_view> const& access, VirtualAccountQuery const& in) {
  auto const account = access.smart_account_id();
  if (in.tag_value && !in.custom_tag_id) throw invalid_field("/custom_tag_id", "missing", "is required for a value");
  auto const scope = "virtual_accounts " + account.text() + " " + access.person_id().text() + " " +
                     (in.parent ? in.parent->text() : "") + " " + in.search.value_or(Search()) + " " +
                     (in.custom_tag_id ? in.custom_tag_id->text() : "") + " " + in.tag_value.value_or("");
  // The sort path is too long for a cursor; the row that ended the page stands for it.
  std::string start;
  if (auto const keys = cursors.decode(scope, in.cursor, 1); !keys.empty()) {
    auto const id = VirtualAccountId::parse(keys.front());
    auto const last = id ? store::node(tx, account, *id) : std::nullopt;
    if (!last) throw invalid_field("/cursor", "not_a_cursor", "does not lead on any more; begin anew");
    start = last->sort_path;
  }
  int64_t const limit = api::page_size(in.limit);
  auto found = scan(tx, account, access.reach(), in, start, limit + 1);
  auto records = describe(tx, access::holdings(tx, access.person_id(), account), account, found.rows);
  auto page = api::make_page(std::move(records), limit, cursors, scope,
                             [](VirtualAccount const& v) { return std::vector{v.virtual_account_id.text()}; });
  if (!page.next_cursor && found.stopped_at) page.next_cursor = cursors.encode(scope, {found.stopped_at->text()});
  return page;
}

}  // namespace menkyo::accounts
