#pragma once
// People of a few organizations and their partners who come, found accounts, ask for accounts and for access to them,
// decide, give and take roles, grow and move the trees of their virtual accounts, and go, by chance from one seed and
// through the program's own operations; beside it a model that knows only the domain's rules and says beforehand what
// must come out. One thread.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "accounts/access_requests.hpp"
#include "accounts/founding.hpp"
#include "accounts/partner_requests.hpp"
#include "jobs/runner.hpp"
#include "tests/support/world.hpp"

namespace menkyo::organizations {

using access::Role;

// What the model knows. Persons and accounts are known by their numbers here.
struct ModelGrant {
  Role role;
  std::optional<Instant> ends_at;
  std::string role_grant_id;
};
struct ModelPerson {
  std::string mail, domain;
  PersonId id;
};
struct ModelPlace {
  std::optional<VirtualAccountId> parent;
  std::string name_key;
};
struct ModelAccount {
  std::string name_key, domain;
  SmartAccountId id;
  std::map<VirtualAccountId, ModelPlace> places;
  VirtualAccountId first_place;  // was there from the beginning; the one for which roles are given
  VirtualAccountId default_place;
  std::map<size_t, std::vector<ModelGrant>> grants;  // by person
};
struct ModelRequest {
  std::string id, name, domain;
  size_t requester;
  std::optional<size_t> decider;  // an account; else staff
  bool pending = true;
  Instant made_at;
};

struct ModelAccessRequest {
  std::string id, domain;
  size_t requester;
  bool is_message;
  Instant made_at;
  // Found by the timer, if there was such an account when it looked.
  bool is_looked_at = false;
  std::optional<size_t> account{};
  accounts::AccessRequestStatus status;
};

struct ModelPartnerRequest {
  std::string id, customer_mail, name, domain;
  size_t partner;
  Instant made_at;
  accounts::PartnerRequestStatus status = accounts::PartnerRequestStatus::PENDING_CUSTOMER_ACCEPTANCE;
};

class Town {
 public:
  Town(std::string const& database_kind, uint64_t seed);

  // Does one thing. Throws std::runtime_error with what was done if the answer is not what the model says.
  void step();
  // Sentences about what is broken; empty if all is well.
  std::vector<std::string> broken();
  // How often what happened.
  std::map<std::string, int> const& counts() const { return counts_; }

 private:
  bool chance(int percent) { return random_.below(100) < uint64_t(percent); }
  template <class List>
  auto& one_of(List& list) {
    return list[random_.below(list.size())];
  }
  size_t anybody() { return random_.below(persons_.size()); }
  Instant now() { return world_.database->now(); }

  size_t newcomer();
  void found();
  void decide();
  void withdraw();
  void ask_for_access();
  void decide_access();
  void withdraw_access();
  void ask_for_customer();
  void answer_partner();
  void withdraw_from_customer();
  void give_role();
  void take_role();
  void grow();
  void move();
  void choose_default();
  void look();
  void let_time_pass();

  void expect(std::string const& what, test::Answer const& answer, std::string const& code);
  bool is_name_taken(std::string const& name) const;
  std::optional<size_t> account_of(std::string const& domain) const;
  std::vector<ModelGrant> holding(size_t account, size_t person);
  bool is_administrator(size_t account, size_t person);
  // An administrator of the account, or by that chance anybody.
  size_t somebody_for(size_t account, int percent_anybody);
  size_t lasting_administrators(size_t account);
  // Of the organization that has the account, so that its members may be known.
  bool belongs(size_t account, size_t person);
  // What becomes of giving that role, and the model's knowledge of it.
  std::string outcome_of_giving(size_t account, size_t person, Role role, std::optional<Instant> end);
  void remember_role(size_t account, size_t person, Role role, std::optional<Instant> end);
  // Whoever has no role at present finds no account; whoever has one does.
  void expect_access(size_t account, size_t person);
  VirtualAccountId any_place(size_t account);
  // From the place itself up to an outermost one.
  std::vector<VirtualAccountId> way_up(size_t account, std::optional<VirtualAccountId> place) const;
  bool is_name_beside(size_t account, std::optional<VirtualAccountId> parent, std::string const& name_key) const;
  // Whether every virtual account stands where the model has it, and the chosen ones are the defaults.
  bool is_tree_kept(db::ReadTx& tx) const;
  // How the operations on an account answer whoever may not manage its users.
  std::string refusal(size_t account, size_t person);
  void remember_account(std::string const& name, std::string const& domain, std::string const& id, size_t founder);
  // What founding by that person must come to, and the model's knowledge of it; true if it was not refused.
  bool expect_founding(std::string const& what, test::Answer const& answer, size_t founder, std::string const& name,
                       std::string const& domain);
  size_t open_requests(size_t person) const;
  size_t requests_of_day(size_t person);
  void look_at_access_requests();
  void look_at_partner_requests();

  test::World world_;
  jobs::JobRunner runner_;
  Random random_;
  PersonId staff_;
  std::vector<ModelPerson> persons_;
  std::vector<ModelAccount> accounts_;
  std::vector<ModelRequest> requests_;
  std::vector<ModelAccessRequest> access_requests_;
  std::vector<ModelPartnerRequest> partner_requests_;
  std::map<std::string, int> counts_;
};

// What must hold after every step, whatever was done, read from the rows alone: each name and domain once and as the
// account has it, one DEFAULT in each account, no virtual account below itself, each with the path and depth of the
// chain of its parents, an administrator whose role does not end, the last event about each role being that it was
// given if and only if it is there, a timer for each request that waits and for no other, and an account for each
// that was approved; the like of requests for access and of partners' requests.
std::vector<std::string> broken_rows(db::ReadTx& tx);

}  // namespace menkyo::organizations
