#include "accounts/role_batch.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <set>

#include "accounts/inside.hpp"
#include "accounts/invitations.hpp"
#include "accounts/organization.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

struct Named {
  people::Mail mail;  // as it was written first
  std::optional<PersonId> person_id;
};
// By the spelling in which addresses are looked up; in its order, too, so that two batches that name the same people
// make them in the same order and never wait for each other.
using PersonsByMail = std::map<std::string, Named>;

PersonsByMail persons_named(db::ReadTx& tx, keys::Vault const& vault, std::vector<RoleWish> const& wishes) {
  PersonsByMail out;
  for (auto const& wish : wishes) {
    auto const mail = normalize_mail(wish.mail);
    if (mail && !out.contains(*mail)) out.emplace(*mail, Named{wish.mail, people::find_person(tx, vault, *mail)});
  }
  return out;
}

// Judges wishes one after the other.
class Judge {
 public:
  Judge(db::ReadTx& tx, keys::Vault const& vault, UsersEditor const& access, std::vector<RoleWish> const& wishes)
      : tx_(tx), access_(access), wishes_(wishes), persons_(persons_named(tx, vault, wishes)) {
    std::vector<store::NodeKey> nodes;
    for (auto const& wish : wishes)
      if (wish.virtual_account_id) nodes.push_back({access.smart_account_id(), *wish.virtual_account_id});
    for (auto const& place : store::places(tx, nodes))
      if (access.reach().covers(place.path)) places_.insert(place.virtual_account_id);
    load_users(vault);
  }

  std::vector<JudgedWish> run() {
    std::vector<JudgedWish> out;
    for (size_t i = 0; i < wishes_.size(); ++i) out.push_back(judge(i));
    keep_an_administrator(out);
    return out;
  }

 private:
  void load_users(keys::Vault const& vault) {
    std::vector<PersonId> ids;
    for (auto const& [mail, named] : persons_)
      if (named.person_id) ids.push_back(*named.person_id);
    std::sort(ids.begin(), ids.end());
    auto const account = access_.smart_account_id();
    auto const shown = persons_shown_to(tx_, vault, account, access_.person_id(), ids);
    for (auto& user : describe_users(tx_, account, access_.reach(), shown, ids))
      users_.emplace(user.person_id, std::move(user));
  }

  JudgedWish judge(size_t at) {
    auto const& wish = wishes_[at];
    JudgedWish out;
    auto const fault = [&out](std::string_view field, std::string_view code, std::string detail) {
      out.faults.push_back({field, code, std::move(detail)});
    };
    wire::Errors errors;
    auto const mail = people::read_mail(wish.mail, "/mail", errors);
    for (auto const& error : errors) fault("mail", "not_a_mail", error.detail);
    if (access::is_virtual_account_role(wish.role)) {
      if (!wish.virtual_account_id)
        fault("virtual_account_id", "missing", "is required for a role on a virtual account");
      else if (!places_.contains(*wish.virtual_account_id))
        fault("virtual_account_id", "unknown", "is no virtual account whose users you manage");
    } else if (wish.virtual_account_id) {
      fault("virtual_account_id", "unexpected", "must be absent for a role of the whole account");
    } else if (!access_.reach().all) {
      fault("role", "not_allowed", "is for those to give who manage the users of the whole account");
    }
    if (wish.ends_at && *wish.ends_at <= tx_.now()) fault("ends_at", "out_of_range", "must be in the future");
    if (!mail) return out;
    auto const [first, is_new] = seen_.try_emplace({*mail, wish.role, wish.virtual_account_id}, at);
    if (!is_new) {
      fault("mail", "repeated", "has this role in another entry already");
      out.faults.back().same_as = first->second;
    }
    out.effect = effect_of(wish, user_of(*mail));
    return out;
  }

  // As far as the list of users shows one.
  AccountUser const* user_of(std::string const& mail) const {
    auto const person = persons_.at(mail).person_id;
    auto const at = person ? users_.find(*person) : users_.end();
    return at == users_.end() || at->second.grants.empty() ? nullptr : &at->second;
  }

  static RoleEffect effect_of(RoleWish const& wish, AccountUser const* user) {
    if (!user) return RoleEffect::user_added;
    for (auto const& grant : user->grants)
      if (!grant.group_name && grant.role == wish.role && grant.virtual_account_id == wish.virtual_account_id)
        return grant.ends_at == wish.ends_at ? RoleEffect::nothing : RoleEffect::end_changed;
    return RoleEffect::role_added;
  }

  // How many lasting administrators there are once all other wishes are granted decides whether the role of one may
  // be given an end. Whoever may give that role sees all users.
  void keep_an_administrator(std::vector<JudgedWish>& judged) {
    std::vector<size_t> ending;
    int64_t left = 0;
    for (size_t i = 0; i < wishes_.size(); ++i) {
      if (wishes_[i].role != Role::sa_admin || !judged[i].faults.empty()) continue;
      auto const* user = user_of(*normalize_mail(wishes_[i].mail));
      if (!wishes_[i].ends_at) left += !user || lasting_grants(*user) == 0;
      if (wishes_[i].ends_at && user && lasts_by_own_grant(*user) && people::is_active(tx_, user->person_id))
        ending.push_back(i);
    }
    if (ending.empty()) return;
    left += store::lasting_grants(tx_, access_.smart_account_id(), Role::sa_admin, {});
    for (auto const i : ending)
      if (--left <= 0)
        judged[i].faults.push_back(
            {"ends_at", "last_administrator", "an account keeps at least one administrator whose role does not end"});
  }

  static bool is_lasting(RoleGrant const& grant) { return grant.role == Role::sa_admin && !grant.ends_at; }
  static int64_t lasting_grants(AccountUser const& user) {
    return std::count_if(user.grants.begin(), user.grants.end(), is_lasting);
  }
  // And not through a group as well.
  static bool lasts_by_own_grant(AccountUser const& user) {
    return lasting_grants(user) == 1 && std::any_of(user.grants.begin(), user.grants.end(), [](auto const& grant) {
             return is_lasting(grant) && !grant.group_name;
           });
  }

  db::ReadTx& tx_;
  UsersEditor const& access_;
  std::vector<RoleWish> const& wishes_;
  PersonsByMail const persons_;
  std::set<VirtualAccountId> places_;  // of those wished for, where the caller manages users
  std::map<PersonId, AccountUser> users_;
  std::map<std::tuple<std::string, Role, std::optional<VirtualAccountId>>, size_t> seen_;
};

void refuse_faulty(std::vector<JudgedWish> const& judged) {
  std::vector<FieldError> fields;
  for (size_t i = 0; i < judged.size(); ++i)
    for (auto const& fault : judged[i].faults)
      fields.push_back(
          {"/roles/" + std::to_string(i) + "/" + std::string(fault.field), std::string(fault.code), fault.detail});
  if (!fields.empty()) throw Problem(problems::invalid, {}, std::move(fields));
}

// Nothing is told of what was changed: who of those whom the list of users does not show had a role already is no
// business of whoever gives one.
void answer_batch(db::Tx& tx, UsersEditor const& access, RoleBatch const& in, keys::Vault const& vault,
                  mail::Outbox const& outbox) {
  tell_of_roles_given(tx, vault, outbox, access.smart_account_id(), grant_batch(tx, vault, access, in),
                      access.person_id());
}

}  // namespace

std::vector<JudgedWish> judge_wishes(db::ReadTx& tx, keys::Vault const& vault, UsersEditor const& access,
                                     std::vector<RoleWish> const& wishes) {
  return Judge(tx, vault, access, wishes).run();
}

std::vector<GivenRole> grant_batch(db::Tx& tx, keys::Vault const& vault, UsersEditor const& access,
                                   RoleBatch const& in) {
  if (in.roles.size() > max_batch_roles)
    throw invalid_field("/roles", "too_long", "must have at most " + std::to_string(max_batch_roles) + " entries");
  auto const account = access.smart_account_id();
  store::lock_account(tx, account);
  refuse_faulty(judge_wishes(tx, vault, access, in.roles));
  auto persons = persons_named(tx, vault, in.roles);
  for (auto& [mail, named] : persons)
    if (!named.person_id) named.person_id = create_invited(tx, vault, access.person_id(), named.mail, access.actor());
  std::vector<size_t> order(in.roles.size());
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_partition(order.begin(), order.end(), [&](size_t i) { return !in.roles[i].ends_at; });
  std::vector<GivenRole> out;
  for (auto const i : order) {
    auto const& wish = in.roles[i];
    out.push_back(give_role(tx, vault, account, access.actor(), *persons.at(*normalize_mail(wish.mail)).person_id,
                            {wish.role, wish.virtual_account_id, wish.ends_at}));
  }
  return out;
}

std::vector<api::Route> role_batch_routes() {
  return {api::route<&answer_batch>(api::Method::post, "/api/v1/smart_accounts/{smart_account_id}/role_grant_batches",
                                    "grant_roles", "Give people several roles at once, all of them or none")};
}

}  // namespace menkyo::accounts
