#include "accounts/tags.hpp"

#include <algorithm>
#include <map>

#include "accounts/inside.hpp"
#include "accounts/store_tags.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using audit::EventKind;

// Key -> value as it was written.
using Values = std::map<std::string, std::string>;

Values keyed(std::vector<TagValue> const& values) {
  if (values.size() > max_tag_values)
    throw invalid_field("/values", "too_long", "must have at most " + std::to_string(max_tag_values) + " entries");
  Values out;
  wire::Errors errors;
  for (size_t i = 0; i < values.size(); ++i)
    if (!out.emplace(fold_name(values[i]), values[i]).second)
      errors.push_back({"/values/" + std::to_string(i), "repeated", "stands in the list already"});
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  return out;
}

Values values_of(db::ReadTx& tx, SmartAccountId account, CustomTagId id) {
  Values out;
  for (auto& row : store::tag_values(tx, account, id)) out.emplace(std::move(row.value_key), std::move(row.value));
  return out;
}

void refuse_tag_name() {
  throw Problem(problems::name_taken, "Another tag of this account has this name.",
                {{"/name", "taken", "is the name of another tag"}});
}

// Locks the account, whose tag is as the caller saw it.
store::TagRow lock_tag(db::Tx& tx, TagEditor const& access, CustomTagId id, std::optional<int64_t> if_match) {
  store::lock_account(tx, access.smart_account_id());
  auto row = store::tag(tx, access.smart_account_id(), id);
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

void record_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, EventKind kind, CustomTagId id,
                std::vector<audit::Datum> data) {
  audit::record(tx, vault,
                {.smart_account_id = access.smart_account_id(),
                 .kind = kind,
                 .actor = access.actor(),
                 .subject_kind = "custom_tag",
                 .subject_id = id.bytes,
                 .data = std::move(data)});
}

void change_values(db::Tx& tx, SmartAccountId account, CustomTagId id, Values const& old, Values const& wanted) {
  for (auto const& [key, value] : old) {
    if (wanted.contains(key)) continue;
    if (store::is_value_carried(tx, account, id, key))
      throw invalid_field("/values", "in_use", "must keep what virtual accounts carry");
    store::delete_tag_value(tx, account, id, key);
  }
  for (auto const& [key, value] : wanted)
    if (auto const known = old.find(key); known == old.end() || known->second != value)
      store::put_tag_value(tx, account, {id, key, value});
}

// A tag as a virtual account is to carry it, or does.
struct Carried {
  std::string name, value_key, value;  // both empty: without one
  std::string text() const { return value.empty() ? name : name + ": " + value; }
};
using CarriedTags = std::map<CustomTagId, Carried>;

// Adds what cannot be carried to `errors`.
CarriedTags read_choices(db::ReadTx& tx, SmartAccountId account, std::vector<TagChoice> const& choices,
                         wire::Errors& errors) {
  CarriedTags out;
  if (choices.size() > max_carried_tags) {
    errors.push_back({"/tags", "too_long", "must have at most " + std::to_string(max_carried_tags) + " entries"});
    return out;
  }
  for (size_t i = 0; i < choices.size(); ++i) {
    auto const& choice = choices[i];
    auto const at = "/tags/" + std::to_string(i);
    auto const row = store::tag(tx, account, choice.custom_tag_id);
    if (!row) {
      errors.push_back({at + "/custom_tag_id", "unknown", "is no tag of this account"});
      continue;
    }
    Carried carried{row->name, {}, {}};
    if (choice.value) {
      auto const values = values_of(tx, account, choice.custom_tag_id);
      auto const value = values.find(fold_name(*choice.value));
      if (value == values.end())
        errors.push_back({at + "/value", "unknown", "is no value of this tag"});
      else
        std::tie(carried.value_key, carried.value) = *value;
    }
    if (!out.emplace(choice.custom_tag_id, std::move(carried)).second)
      errors.push_back({at + "/custom_tag_id", "repeated", "stands in the list already"});
  }
  return out;
}

CarriedTags carried_by(db::ReadTx& tx, SmartAccountId account, VirtualAccountId id) {
  CarriedTags out;
  for (auto& row : store::carried_tags(tx, {{account, id}}))
    out.emplace(row.custom_tag_id,
                Carried{std::move(row.name), std::move(row.value_key), std::move(row.value).value_or("")});
  return out;
}

}  // namespace

CustomTagId create_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, NewCustomTag const& in) {
  auto const values = keyed(in.values);
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  if (store::tags(tx, account).size() >= max_tags)
    throw Problem(problems::conflict,
                  "An account has " + std::to_string(max_tags) + " tags at most; delete one first.");
  auto const id = tx.new_id<CustomTagId>();
  if (!store::insert_tag(tx, account, {id, in.name, fold_name(in.name), 0, tx.now(), 1})) refuse_tag_name();
  change_values(tx, account, id, {}, values);
  record_tag(tx, vault, access, EventKind::custom_tag_created, id, {{"name", in.name}});
  return id;
}

void change_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, CustomTagChange const& in) {
  auto const account = access.smart_account_id();
  auto const row = lock_tag(tx, access, in.custom_tag_id, in.if_match);
  auto const old = values_of(tx, account, row.custom_tag_id);
  auto const wanted = in.values ? keyed(*in.values) : old;
  std::string const name = in.name ? std::string(*in.name) : row.name;
  if (name == row.name && wanted == old) return;
  if (auto const key = fold_name(name); key != row.name_key && store::has_tag_named(tx, account, key))
    refuse_tag_name();
  store::rename_tag(tx, account, row.custom_tag_id, name, fold_name(name));
  change_values(tx, account, row.custom_tag_id, old, wanted);
  store::count_tag_version(tx, account, row.custom_tag_id);
  std::vector<audit::Datum> data{{"name", name}};
  if (name != row.name) data.emplace_back("old_name", row.name);
  record_tag(tx, vault, access, EventKind::custom_tag_changed, row.custom_tag_id, std::move(data));
}

void delete_tag(db::Tx& tx, keys::Vault const& vault, TagEditor const& access, CustomTagDeletion const& in) {
  auto const row = lock_tag(tx, access, in.custom_tag_id, in.if_match);
  store::delete_tag(tx, access.smart_account_id(), row.custom_tag_id);
  record_tag(tx, vault, access, EventKind::custom_tag_deleted, row.custom_tag_id,
             {{"name", row.name}, {"virtual_account_count", row.virtual_account_count}});
}

void carry_tags(db::Tx& tx, keys::Vault const& vault,
                Access<access::VirtualAccount, Permission::account_edit> const& access, TagChoices const& in) {
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  auto const node = store::node(tx, account, access.virtual_account_id());
  if (!node) throw Problem(problems::not_found);
  if (in.if_match && *in.if_match != node->version) throw Problem(problems::changed_meanwhile);
  wire::Errors errors;
  auto const wanted = read_choices(tx, account, in.tags, errors);
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  auto const old = carried_by(tx, account, node->virtual_account_id);
  auto const record = [&](EventKind kind, Carried const& carried) {
    record_virtual_account(tx, vault, kind, account, node->virtual_account_id, access.actor(),
                           {{"tag", carried.text()}});
  };
  bool changed = false;
  for (auto const& [id, carried] : old) {
    if (wanted.contains(id)) continue;
    store::delete_carried(tx, account, node->virtual_account_id, id);
    store::add_to_tag_count(tx, account, id, -1);
    record(EventKind::virtual_account_untagged, carried);
    changed = true;
  }
  for (auto const& [id, carried] : wanted) {
    auto const before = old.find(id);
    if (before != old.end() && before->second.value_key == carried.value_key) continue;
    store::put_carried(tx, account, *node, id, carried.value_key);
    if (before == old.end()) store::add_to_tag_count(tx, account, id, 1);
    record(EventKind::virtual_account_tagged, carried);
    changed = true;
  }
  if (changed) store::count_node_version(tx, account, node->virtual_account_id);
}

std::vector<std::string> broken_tags(db::ReadTx& tx, SmartAccountId account) {
  std::vector<std::string> out;
  for (auto const& id : store::miscounted_tags(tx, account))
    out.push_back("Custom tag " + id.text() + " of Smart Account " + account.text() +
                  " is not carried by as many virtual accounts as it counts.");
  for (auto const& id : store::mistagged_nodes(tx, account))
    out.push_back("Virtual account " + id.text() + " of Smart Account " + account.text() +
                  " carries a tag or value that there is not, or is listed with it in another place than its own.");
  return out;
}

// ---- Operations ---------------------------------------------------------------------------------------------------

namespace {

struct CustomTagQuery {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(CustomTagQuery, (), (smart_account_id))

CustomTag to_record(store::TagRow row, std::vector<std::string> values) {
  std::sort(values.begin(), values.end(), [](auto const& a, auto const& b) { return sort_key(a) < sort_key(b); });
  return {row.custom_tag_id,         std::move(row.name), std::move(values),
          row.virtual_account_count, row.created_at,      row.version};
}

CustomTag load_tag(db::ReadTx& tx, SmartAccountId account, CustomTagId id) {
  auto row = store::tag(tx, account, id);
  if (!row) throw Problem(problems::not_found);
  std::vector<std::string> values;
  for (auto& value : store::tag_values(tx, account, id)) values.push_back(std::move(value.value));
  return to_record(std::move(*row), std::move(values));
}

// For those who see the whole account: names may tell of parts that a partner does not know. Partners see the tags of
// what they see.
wire::Page<CustomTag> list_tags(db::ReadTx& tx,
                                Access<access::SmartAccount, Permission::inventory_view> const& access,
                                CustomTagQuery const&) {
  auto const account = access.smart_account_id();
  std::map<CustomTagId, std::vector<std::string>> values;
  for (auto& row : store::tag_values(tx, account)) values[row.custom_tag_id].push_back(std::move(row.value));
  wire::Page<CustomTag> page;
  for (auto& row : store::tags(tx, account)) {
    auto const id = row.custom_tag_id;
    page.items.push_back(to_record(std::move(row), std::move(values[id])));
  }
  std::sort(page.items.begin(), page.items.end(),
            [](auto const& a, auto const& b) { return sort_key(a.name) < sort_key(b.name); });
  return page;
}

CustomTag answer_new_tag(db::Tx& tx, TagEditor const& access, NewCustomTag const& in, keys::Vault const& vault) {
  return load_tag(tx, access.smart_account_id(), create_tag(tx, vault, access, in));
}

CustomTag answer_change(db::Tx& tx, TagEditor const& access, CustomTagChange const& in, keys::Vault const& vault) {
  change_tag(tx, vault, access, in);
  return load_tag(tx, access.smart_account_id(), in.custom_tag_id);
}

void answer_deletion(db::Tx& tx, TagEditor const& access, CustomTagDeletion const& in, keys::Vault const& vault) {
  delete_tag(tx, vault, access, in);
}

VirtualAccount answer_choices(db::Tx& tx, Access<access::VirtualAccount, Permission::account_edit> const& access,
                              TagChoices const& in, keys::Vault const& vault) {
  carry_tags(tx, vault, access, in);
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), access.virtual_account_id());
}

}  // namespace

std::vector<api::Route> tag_routes() {
  using enum api::Method;
  std::string const account = "/api/v1/smart_accounts/{smart_account_id}", tags = account + "/custom_tags",
                    tag = tags + "/{custom_tag_id}";
  return {
      api::route<&list_tags>(get, tags, "list_custom_tags", "List the custom tags of a Smart Account"),
      api::route<&answer_new_tag>(post, tags, "create_custom_tag", "Define a custom tag"),
      api::route<&answer_change>(patch, tag, "change_custom_tag", "Change the name or the values of a custom tag"),
      api::route<&answer_deletion>(del, tag, "delete_custom_tag",
                                   "Delete a custom tag, and take it from all that carry it"),
      api::route<&answer_choices>(put, account + "/virtual_accounts/{virtual_account_id}/tags",
                                  "set_virtual_account_tags", "Say which custom tags a virtual account carries"),
  };
}

}  // namespace menkyo::accounts
