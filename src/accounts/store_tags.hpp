#pragma once
// SQL of custom tags, and of the virtual accounts that carry them.
#include "accounts/store.hpp"
#include "accounts/tags.hpp"

namespace menkyo::accounts::store {

struct TagRow {
  CustomTagId custom_tag_id;
  std::string name, name_key;
  int64_t virtual_account_count;
  Instant created_at;
  int64_t version;
};
// In no order; an account has few.
std::vector<TagRow> tags(db::ReadTx& tx, SmartAccountId account);
std::optional<TagRow> tag(db::ReadTx& tx, SmartAccountId account, CustomTagId id);
// False if another tag of the account has that key; nothing is changed then.
bool insert_tag(db::Tx& tx, SmartAccountId account, TagRow const& row);
bool has_tag_named(db::ReadTx& tx, SmartAccountId account, std::string const& name_key);
void rename_tag(db::Tx& tx, SmartAccountId account, CustomTagId id, std::string const& name,
                std::string const& name_key);
void count_tag_version(db::Tx& tx, SmartAccountId account, CustomTagId id);
// With its values, taken from all that carry it.
void delete_tag(db::Tx& tx, SmartAccountId account, CustomTagId id);

struct TagValueRow {
  CustomTagId custom_tag_id;
  std::string value_key, value;
};
// Of all tags of the account, in no order.
std::vector<TagValueRow> tag_values(db::ReadTx& tx, SmartAccountId account);
std::vector<TagValueRow> tag_values(db::ReadTx& tx, SmartAccountId account, CustomTagId id);
// Stores the value, or another spelling of it.
void put_tag_value(db::Tx& tx, SmartAccountId account, TagValueRow const& row);
void delete_tag_value(db::Tx& tx, SmartAccountId account, CustomTagId id, std::string const& value_key);
bool is_value_carried(db::ReadTx& tx, SmartAccountId account, CustomTagId id, std::string const& value_key);

// ---- What carries them ----

struct CarriedRow {
  VirtualAccountId virtual_account_id;
  CustomTagId custom_tag_id;
  std::string name, value_key;
  std::optional<std::string> value;
};
std::vector<CarriedRow> carried_tags(db::ReadTx& tx, std::vector<NodeKey> const& keys);
void put_carried(db::Tx& tx, SmartAccountId account, NodeRow const& node, CustomTagId id,
                 std::string const& value_key);
void delete_carried(db::Tx& tx, SmartAccountId account, VirtualAccountId node, CustomTagId id);
void add_to_tag_count(db::Tx& tx, SmartAccountId account, CustomTagId id, int64_t change);
// Takes every tag from a virtual account that is about to go.
void delete_all_carried(db::Tx& tx, SmartAccountId account, VirtualAccountId node);
// After the sort paths of virtual accounts became what lies from `from` up to `before`.
void follow_sort_paths(db::Tx& tx, SmartAccountId account, std::string const& from, std::string const& before);
// With `after` < sort_path < `before`; with that value, unless any will do.
std::vector<NodeRow> tagged_between(db::ReadTx& tx, SmartAccountId account, CustomTagId id,
                                    std::optional<std::string> const& value_key, std::string const& after,
                                    std::string const& before, int64_t limit);

// Tags whose count differs from the virtual accounts that carry them.
std::vector<CustomTagId> miscounted_tags(db::ReadTx& tx, SmartAccountId account);
// Virtual accounts that carry a tag or value that there is not, or with another sort path than their own.
std::vector<VirtualAccountId> mistagged_nodes(db::ReadTx& tx, SmartAccountId account);

}  // namespace menkyo::accounts::store
