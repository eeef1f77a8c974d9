#pragma once
// Custom tags (domain reference, section 9): an account defines tags, and its virtual accounts carry them, with one
// of the tag's values or without. Whoever changes tags, or what carries them, locks the row of the Smart Account.

#include <optional>
#include <string>
#include <vector>

#include "accounts/accounts.hpp"

namespace menkyo::accounts {

inline constexpr size_t max_tags = 200, max_tag_values = 100, max_carried_tags = 50;

using TagName = wire::Line<1, 100>;
using TagValue = wire::Line<1, 100>;

struct CustomTag {
  CustomTagId custom_tag_id;
  std::string name;
  std::vector<std::string> values;  // as people order names; none: a mere label
  int64_t virtual_account_count;    // that carry it
  Instant created_at;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(CustomTag, (), (custom_tag_id, name, values, virtual_account_count, created_at, version))

struct NewCustomTag {
  SmartAccountId smart_account_id;
  TagName name;
  std::vector<TagValue> values;
};
BOOST_DESCRIBE_STRUCT(NewCustomTag, (), (smart_account_id, name, values))

struct CustomTagChange {
  SmartAccountId smart_account_id;
  CustomTagId custom_tag_id;
  std::optional<int64_t> if_match;
  std::optional<TagName> name;
  std::optional<std::vector<TagValue>> values;  // all that it has from now on
};
BOOST_DESCRIBE_STRUCT(CustomTagChange, (), (smart_account_id, custom_tag_id, if_match, name, values))

struct CustomTagDeletion {
  SmartAccountId smart_account_id;
  CustomTagId custom_tag_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(CustomTagDeletion, (), (smart_account_id, custom_tag_id, if_match))

struct TagChoice {
  CustomTagId custom_tag_id;
  std::optional<TagValue> value;
};
BOOST_DESCRIBE_STRUCT(TagChoice, (), (custom_tag_id, value))

// All that a virtual account carries from now on.
struct TagChoices {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;  // the virtual account's version
  std::vector<TagChoice> tags;
};
BOOST_DESCRIBE_STRUCT(TagChoices, (), (smart_account_id, virtual_account_id, if_match, tags))

using TagEditor = Access<access::SmartAccount, Permission::account_edit>;

// Names, and the values of one tag, are unique as people compare them (fold_name).

// Problem name_taken, invalid (its values), conflict if the account has as many as it may.
CustomTagId create_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, NewCustomTag const& in);
// Problem changed_meanwhile, name_taken, invalid: a value that some virtual account carries stays. Changes nothing if
// nothing differs.
void change_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, CustomTagChange const& in);
// No virtual account carries it afterwards. Problem changed_meanwhile. Costs time in proportion to those that did.
void delete_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, CustomTagDeletion const& in);
// One event for each tag that is set or taken. Problem changed_meanwhile, invalid (a tag or value that there is not,
// the same tag twice, too many). Changes nothing if nothing differs.
void carry_tags(db::Tx& tx, keys::Vault const& vault,
                Access<access::VirtualAccount, Permission::account_edit> const& access, TagChoices const& in);

// Sentences about tags that do not fit the virtual accounts that carry them; empty if all is well.
std::vector<std::string> broken_tags(db::ReadTx& tx, SmartAccountId account);

// The operations on all of this.
std::vector<api::Route> tag_routes();

}  // namespace menkyo::accounts
