#include "accounts/accounts.hpp"
#include "accounts/inside.hpp"

namespace menkyo::accounts {

namespace {

struct VirtualAccountKey {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountKey, (), (smart_account_id, virtual_account_id))

struct VirtualAccountDeletion {
  SmartAccountId smart_account_id;
  VirtualAccountId virtual_account_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(VirtualAccountDeletion, (), (smart_account_id, virtual_account_id, if_match))

wire::Page<VirtualAccount> answer_virtual_accounts(
    db::ReadTx& tx, Access<access::VirtualAccounts, Permission::inventory_view> const& access,
    VirtualAccountQuery const& in, api::Cursors const& cursors) {
  return list_virtual_accounts(tx, cursors, access, in);
}

VirtualAccount get_virtual_account(db::ReadTx& tx,
                                   Access<access::VirtualAccount, Permission::inventory_view> const& access,
                                   VirtualAccountKey const&) {
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), access.virtual_account_id());
}

VirtualAccount answer_new_virtual_account(db::Tx& tx,
                                          Access<access::Place, Permission::virtual_account_create> const& access,
                                          NewVirtualAccount const& in, keys::Vault const& vault) {
  auto const id = create_virtual_account(tx, vault, access, in);
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), id);
}

VirtualAccount answer_change(db::Tx& tx, Access<access::VirtualAccount, Permission::account_edit> const& access,
                             VirtualAccountChange const& in, keys::Vault const& vault) {
  change_virtual_account(tx, vault, access, in);
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), access.virtual_account_id());
}

VirtualAccount answer_move(db::Tx& tx, Access<access::SmartAccount, Permission::account_edit> const& access,
                           VirtualAccountMove const& in, keys::Vault const& vault) {
  move_virtual_account(tx, vault, access, in);
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), in.virtual_account_id);
}

VirtualAccount answer_default(db::Tx& tx, Access<access::SmartAccount, Permission::account_edit> const& access,
                              DefaultChoice const& in, keys::Vault const& vault) {
  make_default(tx, vault, access, in);
  return load_virtual_account(tx, access.person_id(), access.smart_account_id(), in.virtual_account_id);
}

void answer_deletion(db::Tx& tx, Access<access::VirtualAccount, Permission::account_edit> const& access,
                     VirtualAccountDeletion const& in, keys::Vault const& vault) {
  delete_virtual_account(tx, vault, access, in.if_match);
}

}  // namespace

std::vector<api::Route> virtual_account_routes() {
  using enum api::Method;
  std::string const nodes = "/api/v1/smart_accounts/{smart_account_id}/virtual_accounts",
                    node = nodes + "/{virtual_account_id}";
  return {
      api::route<&answer_virtual_accounts>(get, nodes, "list_virtual_accounts",
                                           "List virtual accounts in the order of their tree"),
      api::route<&answer_new_virtual_account>(post, nodes, "create_virtual_account", "Create a virtual account"),
      api::route<&get_virtual_account>(get, node, "get_virtual_account", "See a virtual account"),
      api::route<&answer_change>(patch, node, "change_virtual_account", "Change a virtual account"),
      api::route<&answer_move>(post, node + "/move", "move_virtual_account",
                               "Move a virtual account with all below it to another place in the tree"),
      api::route<&answer_default>(post, node + "/default", "make_default_virtual_account",
                                  "Make a virtual account the default one"),
      api::route<&answer_deletion>(del, node, "delete_virtual_account", "Delete an empty virtual account"),
  };
}

}  // namespace menkyo::accounts
