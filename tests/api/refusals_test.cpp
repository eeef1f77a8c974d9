// Every operation against every kind of caller. What must come out is computed from the needs that the route declares
// and the table of roles, so that a new row is covered the moment it is in the table; there is no list of exceptions.

#include <gtest/gtest.h>

#include "accounts/access_requests.hpp"
#include "accounts/assistance.hpp"
#include "accounts/founding.hpp"
#include "accounts/groups.hpp"
#include "accounts/notifications.hpp"
#include "accounts/partner_requests.hpp"
#include "accounts/properties.hpp"
#include "accounts/successions.hpp"
#include "accounts/tags.hpp"
#include "people/programs.hpp"
#include "protocol/bytes.hpp"
#include "publications/publications.hpp"
#include "tests/api/examples.hpp"
#include "tests/support/employment.hpp"
#include "tests/support/test_device.hpp"
#include "tests/support/undone_service.hpp"

namespace menkyo::test {
namespace {

using access::OperatorRole;
using access::Permission;
using access::Role;

// A role that a caller has, and whether it holds at the virtual account that the examples are about.
struct Standing {
  Role role;
  bool at_the_place;
};

struct CallerKind {
  std::string name;
  PersonId person;  // empty: nobody
  std::vector<Standing> standings{};
  std::vector<OperatorRole> operator_roles{};
};

constexpr std::string_view allowed = "allowed";

// What one need answers; the caller is signed in.
std::string_view judge_account(CallerKind const& caller, Permission permission) {
  if (caller.standings.empty()) return "not_found";
  for (auto const& s : caller.standings)
    if (permission == Permission::account_view ||
        (!access::is_virtual_account_role(s.role) && access::allows(s.role, permission)))
      return allowed;
  return "forbidden";
}
std::string_view judge_any(CallerKind const& caller, Permission permission) {
  if (caller.standings.empty()) return "not_found";
  for (auto const& s : caller.standings)
    if (access::allows(s.role, permission)) return allowed;
  return "forbidden";
}
std::string_view judge_virtual_account(CallerKind const& caller, Permission permission) {
  bool sees = false, may = false;
  for (auto const& s : caller.standings) {
    bool const holds = s.at_the_place || !access::is_virtual_account_role(s.role);
    sees = sees || (holds && access::allows(s.role, Permission::inventory_view));
    may = may || (holds && access::allows(s.role, permission));
  }
  return !sees ? "not_found" : may ? allowed : "forbidden";
}
std::string_view judge_operator(CallerKind const& caller, access::OperatorPermission permission) {
  if (caller.operator_roles.empty()) return "not_found";
  for (auto role : caller.operator_roles)
    if (access::allows(role, permission)) return allowed;
  return "forbidden";
}

template <class P>
P permission_of(api::Need const& need) {
  P out;
  if (!from_text(need.permission, out)) throw std::logic_error("unknown permission " + need.permission);
  return out;
}

std::string_view expected(api::Route const& route, CallerKind const& caller, bool names_place, PersonId requester) {
  if (!route.needs_session) return route.needs.empty() ? allowed : "needs without a session";
  if (!caller.person) return "unauthenticated";
  // Requests of one's own are nobody else's.
  bool const of_request = route.path.find("{account_request_id}") != std::string::npos ||
                          route.path.find("{access_request_id}") != std::string::npos ||
                          route.path.find("{enquiry_id}") != std::string::npos ||
                          route.path.find("{succession_id}") != std::string::npos ||
                          route.path.find("{partner_request_id}") != std::string::npos;
  if (route.needs.empty() && of_request) return caller.person == requester ? allowed : "not_found";
  for (auto const& need : route.needs) {
    auto const verdict = [&]() -> std::string_view {
      if (need.scope == "operator") return judge_operator(caller, permission_of<access::OperatorPermission>(need));
      auto const permission = permission_of<Permission>(need);
      if (need.scope == "smart_account") return judge_account(caller, permission);
      if (need.scope == "virtual_accounts") return judge_any(caller, permission);
      if (need.scope == "virtual_account" || need.scope == "role_grant")
        return judge_virtual_account(caller, permission);
      if (need.scope == "place")
        return names_place ? judge_virtual_account(caller, permission) : judge_account(caller, permission);
      throw std::logic_error("unknown scope " + need.scope);
    }();
    if (verdict != allowed) return verdict;
  }
  return allowed;
}

// Of somebody who names its own account, and in it what belongs to another: nothing of it is there. Whoever may not
// do this in the whole account is told that instead.
std::string_view expected_mixed(api::Route const& route, CallerKind const& caller) {
  for (auto const& need : route.needs)
    if (need.scope == "smart_account" && judge_account(caller, permission_of<Permission>(need)) != allowed)
      return "forbidden";
  return "not_found";
}

enum class ProgramAccount { all, this_one, another };
struct ProgramBounds {
  std::string name;
  ProgramAccount account;
  bool only_reads;
};
std::vector<ProgramBounds> const program_bounds{{"for everything", ProgramAccount::all, false},
                                                {"that only reads", ProgramAccount::all, true},
                                                {"for this account", ProgramAccount::this_one, false},
                                                {"for another account", ProgramAccount::another, false}};

// No more than its maker may, and nothing beyond its own bounds.
std::string_view expected_of_program(api::Route const& route, CallerKind const& maker, bool names_place,
                                     PersonId requester, ProgramBounds const& bounds) {
  if (!route.for_programs || (bounds.only_reads && route.shape != api::Shape::read)) return "forbidden";
  for (auto const& need : route.needs) {
    if (need.scope != "operator" && bounds.account == ProgramAccount::another) return "not_found";
    if (need.scope == "operator" && !maker.operator_roles.empty()) return "forbidden";
  }
  return expected(route, maker, names_place, requester);
}

// Beside the account itself. What the operator publishes is the same for every account.
bool names_things_of_an_account(api::Route const& route) {
  auto const account = route.path.find("{smart_account_id}");
  if (route.path.find("{publication_id}") != std::string::npos) return false;
  return account != std::string::npos && route.path.find('{', account + 1) != std::string::npos;
}

class Refusals : public ::testing::TestWithParam<std::string> {
 protected:
  Refusals() : world(GetParam()), service(world) {
    make_tree();
    make_things();
    make_callers();
    make_location();
    make_tag();
    make_group();
    make_notification_address();
    make_agreement();
  }

  // The world's first virtual account gets one above it and one below it; the second stands beside.
  void make_tree() {
    world.db->write([&](db::Tx& tx) {
      above = tx.new_id<VirtualAccountId>();
      below = tx.new_id<VirtualAccountId>();
      auto const insert = [&](VirtualAccountId id, int64_t number, std::optional<VirtualAccountId> parent,
                              std::string const& path, int64_t depth) {
        tx.exec(
            "insert into virtual_account (smart_account_id, virtual_account_id, number, parent_id, path, sort_path, "
            "depth, "
            "name, description, is_default, commerce_access, created_at, version) values ($1, $2, $3, $4, $5, $5, "
            "$6, "
            "$5, '', $7, 'PUBLIC', $8, 1)",
            world.account, id, number, parent, path, depth, false, tx.now());
      };
      insert(above, 1001, {}, "/1001/", 1);
      tx.exec(
          "update virtual_account set parent_id = $3, path = '/1001/1/', depth = 2 where smart_account_id = $1 "
          "and virtual_account_id = $2",
          world.account, world.va, above);
      insert(below, 1002, world.va, "/1001/1/1002/", 3);
      tx.exec("insert into counter (name, value) values ('virtual_account', 2000), ('smart_account', 2000)");
    });
  }

  PersonId person(std::string const& name) {
    return world.db->write([&](db::Tx& tx) {
      return people::create_person(tx, world.vault,
                                   {{name + "@matrix.example", name, "Test", {}}, people::Language::en}, {});
    });
  }
  RoleGrantId grant(PersonId who, Role role, std::optional<VirtualAccountId> where = {},
                    std::optional<Instant> end = {}) {
    return world.db->write([&](db::Tx& tx) {
      auto const id = tx.new_id<RoleGrantId>();
      tx.exec(
          "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at, "
          "ends_at) values ($1, $2, $3, $4, $5, $6, $7)",
          world.account, id, who, role, where, tx.now(), end);
      return id;
    });
  }

  AccountRequestId ask_for_account(std::string const& domain) {
    accounts::Founding form;
    form.name = "Account of " + domain;
    form.domain = domain;
    form.headquarters = {.country = "FJ", .postal_code = {}, .region = {}, .city = "Suva", .line1 = "1", .line2 = {}};
    form.note = "Ours";
    return world.db->write([&](db::Tx& tx) {
      return accounts::found_smart_account(tx, world.vault, mail::Outbox(world.vault, {}), requester, form)
          .account_request->account_request_id;
    });
  }

  // Passed on to the administrators already.
  AccessRequestId ask_for_access() {
    mail::Outbox const outbox(world.vault, {});
    return world.db->write([&](db::Tx& tx) {
      auto const id = accounts::ask_for_access(tx, world.vault, outbox, requester,
                                               {accounts::WantedDomain("aozora.example"),
                                                accounts::AccessPurpose::access, accounts::RequestText("")})
                          .access_request_id;
      accounts::access_timer_kind(world.vault, outbox).look(tx, {{}, id.bytes, tx.now()});
      return id;
    });
  }

  EnquiryId send_enquiry() {
    return world.db->write([&](db::Tx& tx) {
      return support::send_enquiry(tx, world.vault, mail::Outbox(world.vault, {}), {}, requester,
                                   {support::EnquirySubject::other, {}, support::EnquiryText("Help")})
          .enquiry_id;
    });
  }
  // Which members can object to.
  SuccessionId ask_for_succession() {
    mail::Outbox const outbox(world.vault, {});
    return world.db->write([&](db::Tx& tx) {
      auto const id =
          accounts::ask_for_succession(tx, world.vault, outbox, requester,
                                       {accounts::WantedDomain("aozora.example"), accounts::Proof("Nobody is left")})
              .succession_id;
      tx.exec("update succession set status = 'WAITING', smart_account_id = $2, due_at = $3 where succession_id = $1",
              id, world.account, tx.now() + accounts::objection_period);
      return id;
    });
  }

  PartnerRequestId ask_for_customer(PersonId partner, std::string const& customer_mail) {
    return world.db->write([&](db::Tx& tx) {
      return accounts::ask_for_customer(
                 tx, world.vault, partner,
                 {accounts::AccountName("Account of a customer"), people::Mail(customer_mail), {}, {}, {}, {}})
          .partner_request_id;
    });
  }

  // A mail that the page of mails shows.
  MailId kept_mail() {
    return world.db->write([&](db::Tx& tx) {
      auto const id = mail::Outbox(world.vault, {}).post(tx, {"a@matrix.example", people::Language::en, "test", {}});
      tx.exec("update mail set next_at = null, delivered_at = created_at");
      return id;
    });
  }

  // Real things for the examples to name.
  void make_things() {
    auto const token = world.token();
    TestDevice device(world, "S-1");
    device.register_with(token.text);
    world.deposit("ESS", 5);
    auto const colleague = person("colleague");
    auto const link = world.db->write([&](db::Tx& tx) { return people::make_link(tx, world.vault, colleague); });
    samples.by_prefix = {{"sa", world.account.text()},
                         {"va", world.va.text()},
                         {"rgr", grant(colleague, Role::va_user, world.va).text()},
                         {"tok", token.registration_token_id.text()},
                         {"dev", device.id},
                         {"ent", world.id_of("ESS").text()},
                         {"per", colleague.text()}};
    TestDevice next(world, "S-2");
    requester = world.db->write([&](db::Tx& tx) {
      return people::create_person(tx, world.vault, {{"requester@aozora.example", "Re", "Quester", {}}, {}}, {});
    });
    world.db->write([&](db::Tx& tx) { employ(tx, world.vault, requester); });
    request_to_account = ask_for_account("jp.aozora.example");
    request_to_staff = ask_for_account("aozora-japan.example");
    samples.by_prefix["asr"] = ask_for_access().text();
    samples.by_prefix["enq"] = send_enquiry().text();
    samples.by_prefix["suc"] = ask_for_succession().text();
    request_of_partner = ask_for_customer(requester, "customer@matrix.example");
    request_to_customer = ask_for_customer(colleague, "requester@aozora.example");
    samples.by_prefix["ses"] = SessionId{}.text();
    samples.by_prefix["mail"] = kept_mail().text();
    samples.by_name = {{"country", "JP"},
                       {"mail", "colleague@matrix.example"},
                       {"password", "Kame-wa-9-ban"},
                       {"token", link},
                       {"customer_mail", "customer@new.example"},
                       {"domain", "new.example"},
                       {"handle", "none"},
                       {"time_zone", "Asia/Tokyo"},
                       {"current_password", "Kame-wa-9-ban"},
                       {"given_name", "Hana"},
                       {"family_name", "Sato"},
                       {"application/jose", next.make_register(token.text).text}};
  }

  void make_callers() {
    callers.push_back({"nobody", {}});
    callers.push_back({"somebody without a role", person("stranger")});
    callers.push_back({"somebody who asked for an account", requester});
    for (auto role : {Role::sa_admin, Role::sa_user, Role::sa_approver, Role::sa_viewer}) {
      auto const id = person(std::string(to_text(role)));
      grant(id, role);
      callers.push_back({std::string(to_text(role)), id, {{role, false}}});
    }
    for (auto role : {Role::va_admin, Role::va_user, Role::va_viewer}) {
      auto const add = [&](std::string const& where, VirtualAccountId va, bool at_the_place) {
        auto const name = std::string(to_text(role)) + "." + where;
        auto const id = person(name);
        grant(id, role, va);
        callers.push_back({name, id, {{role, at_the_place}}});
      };
      add("there", world.va, true);
      add("above", above, true);
      add("below", below, false);
      add("beside", world.second_va, false);
    }
    auto const both = person("both");
    grant(both, Role::sa_viewer);
    grant(both, Role::va_admin, world.va);
    callers.push_back({"sa_viewer and va_admin there", both, {{Role::sa_viewer, false}, {Role::va_admin, true}}});
    for (size_t i = 0; i < enum_words(OperatorRole{}).size(); ++i) {
      auto const role = OperatorRole(i);
      auto const id = person(std::string(to_text(role)));
      world.db->write([&](db::Tx& tx) { accounts::grant_operator_role(tx, world.vault, id, role, {}); });
      callers.push_back({std::string(to_text(role)), id, {}, {role}});
    }
    auto const outsider = world.db->write([&](db::Tx& tx) {
      accounts::create_smart_account(
          tx, world.vault, {"Other", "other.example", {"admin@other.example", "A", "B", people::Language::en}}, {});
      return *people::find_person(tx, world.vault, "admin@other.example");
    });
    callers.push_back({"the administrator of another account", outsider});
    make_staff();
    make_callers_elsewhere();
    auto const lapsed = person("lapsed"), removed = person("removed");
    grant(lapsed, Role::sa_admin, {}, world.now());
    auto const gone = grant(removed, Role::sa_admin);
    world.db->write([&](db::Tx& tx) { tx.exec("delete from role_grant where role_grant_id = $1", gone); });
    callers.push_back({"an administrator whose role ended", lapsed});
    callers.push_back({"an administrator who was removed", removed});
    for (auto const& caller : callers) {
      if (!caller.person) continue;
      addresses[caller.person] = address_of(caller.person);
      for (auto const& bounds : program_bounds)
        programs[caller.person].push_back(make_program(caller.person, bounds));
    }
  }

  // Somebody of the staff whose role lapsed is nobody. The colleague of the examples has a role of the staff, and
  // whoever of them may help has said why.
  void make_staff() {
    auto const late = person("late");
    world.db->write([&](db::Tx& tx) {
      accounts::grant_operator_role(tx, world.vault, late, OperatorRole::operator_admin, {});
      tx.exec("update operator_grant set ends_at = $2 where person_id = $1", late, tx.now());
      accounts::grant_operator_role(tx, world.vault, *PersonId::parse(samples.by_prefix.at("per")),
                                    OperatorRole::operator_admin, {});
      for (auto const* name : {"operator_admin", "operator_support"})
        accounts::open_assistance(tx, world.vault,
                                  access::detail::Prover::as_operator<access::OperatorPermission::accounts_assist>(
                                      tx, {person_named(name), {}}),
                                  {world.account, accounts::AssistanceReason("Case 17: nobody can sign in")});
    });
    callers.push_back({"one of the staff whose role lapsed", late});
  }

  // Each person has a program of each kind, with an access token.
  struct MadeProgram {
    ProgramId id;
    ProgramSecretId secret;
    std::string token;
  };
  MadeProgram make_program(PersonId maker, ProgramBounds const& bounds) {
    return world.db->write([&](db::Tx& tx) {
      std::optional<SmartAccountId> account;
      if (bounds.account == ProgramAccount::this_one) account = world.account;
      if (bounds.account == ProgramAccount::another) account = elsewhere;
      auto const program = people::make_program(tx, world.vault, mail::Outbox(world.vault, {}), {}, maker, account,
                                                {{bounds.name}, bounds.only_reads, {}})
                               .program;
      MadeProgram made{program.program_id, program.secrets.front().program_secret_id,
                       protocol::to_base64url(tx.random().bytes(32))};
      tx.exec(
          "insert into program_token (token_lookup, program_id, program_secret_id, only_reads, expires_at) values "
          "($1, $2, $3, false, $4)",
          world.vault.lookup("program_token", as_bytes(made.token)), made.id, made.secret,
          tx.now() + std::chrono::hours(1));
      return made;
    });
  }

  // Every role in another account, which is none here.
  void make_callers_elsewhere() {
    auto const place = world.db->read([&](db::ReadTx& tx) {
      elsewhere = accounts::find_account_by_domain(tx, "other.example").value();
      return accounts::default_virtual_account(tx, elsewhere);
    });
    for (size_t i = 0; i < enum_words(Role{}).size(); ++i) {
      auto const role = Role(i);
      auto const id = person(std::string(to_text(role)) + ".elsewhere");
      world.db->write([&](db::Tx& tx) {
        std::optional<VirtualAccountId> where;
        if (access::is_virtual_account_role(role)) where = place;
        tx.exec(
            "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, "
            "created_at, ends_at) values ($1, $2, $3, $4, $5, $6, null)",
            elsewhere, tx.new_id<RoleGrantId>(), id, role, where, tx.now());
      });
      callers.push_back({std::string(to_text(role)) + " elsewhere", id});
      at_home_elsewhere.push_back(callers.back());
      at_home_elsewhere.back().standings = {{role, false}};
    }
  }

  void make_location() {
    world.db->write([&](db::Tx& tx) {
      auto const administrator = person_named("sa_admin");
      auto const access =
          access::detail::Prover::account<Permission::account_edit>(tx, {administrator, {}}, world.account);
      accounts::SiteInput in;
      in.country = "FJ";
      in.city = "Suva";
      in.line1 = "1";
      accounts::add_location(tx, world.vault, access, in);
      samples.by_name["site_number"] = std::to_string(*tx.one<int64_t>("select number from account_site"));
    });
  }
  void make_tag() {
    samples.by_prefix["ctg"] = world.db->write([&](db::Tx& tx) {
      auto const access = access::detail::Prover::account<Permission::account_edit>(
          tx, {person_named("sa_admin"), {}}, world.account);
      return accounts::create_tag(tx, world.vault, access, {world.account, "Region", {"Example"}}).text();
    });
  }
  void make_notification_address() {
    samples.by_prefix["nad"] = world.db->write([&](db::Tx& tx) {
      auto const access = access::detail::Prover::account<Permission::notification_addresses_edit>(
          tx, {person_named("sa_admin"), {}}, world.account);
      mail::Outbox const outbox(world.vault, {});
      return accounts::add_notification_address(tx, world.vault, outbox, access,
                                                {world.account, people::Mail("team@matrix.example"), Language::en})
          .notification_address_id.text();
    });
  }
  // With a member and a role.
  void make_group() {
    world.db->write([&](db::Tx& tx) {
      auto const access = access::detail::Prover::account<Permission::users_manage>(
          tx, {person_named("sa_admin"), {}}, world.account);
      auto const id = accounts::create_group(tx, world.vault, access, {world.account, "Team"});
      accounts::add_member(tx, world.vault, access, {{world.account, id}, "colleague@matrix.example"});
      accounts::grant_to_group(tx, world.vault, access, {{world.account, id}, Role::va_viewer, world.va, {}});
      samples.by_prefix["ugr"] = id.text();
      samples.by_prefix["ggr"] = tx.one<GroupGrantId>("select group_grant_id from user_group_grant")->text();
    });
  }
  // In force, with another draft.
  void make_agreement() {
    world.db->write([&](db::Tx& tx) {
      auto const access = access::detail::Prover::as_operator<access::OperatorPermission::publications_edit>(
          tx, {person_named("operator_admin"), {}});
      auto const id =
          *tx.one<PublicationId>("select publication_id from publication where kind = 'account_agreement'");
      publications::publish(tx, world.vault, access, {id, {}});
      publications::save_draft(tx, world.vault, access, {id, {}, "題", "Title", "本文", "Text"});
      samples.by_prefix["pub"] = id.text();
    });
  }
  PersonId person_named(std::string const& name) const {
    return std::find_if(callers.begin(), callers.end(), [&](auto const& c) { return c.name == name; })->person;
  }

  // In the address book of that person, who alone may name it.
  PersonAddressId address_of(PersonId who) {
    return world.db->write([&](db::Tx& tx) { return new_address(tx, world.vault, who); });
  }

  // "allowed", or the code with which access was refused.
  static std::string verdict_of(api::Response const& response) {
    if (response.status < 400) return std::string(allowed);
    auto const body = protocol::json::parse(response.body);
    if (!body.find("code")) return std::string(allowed);  // the words of another protocol, which needs no session
    auto const code = body.at("code").as_string();
    bool const refused =
        code == "unauthenticated" || code == "forbidden" || code == "not_found" || code == "cross_site";
    return refused ? code : std::string(allowed);
  }

  // Returns whether the caller was let through.
  bool check(api::Route const& route, CallerKind const& caller, std::vector<std::string> const& also) {
    bool const for_staff = route.path.find("/operator/") != std::string::npos;
    auto own = samples;
    own.by_prefix["adr"] = addresses[caller.person].text();
    own.by_prefix["acr"] = (for_staff ? request_to_staff : request_to_account).text();
    bool const for_customer = route.path.find("/received_partner_requests") != std::string::npos;
    own.by_prefix["prq"] = (for_customer ? request_to_customer : request_of_partner).text();
    if (caller.person) {
      auto const& one = programs[caller.person].at(route.operation_id == "end_account_program" ? 2 : 0);
      own.by_prefix["prg"] = one.id.text();
      own.by_prefix["psc"] = one.secret.text();
    } else {
      own.by_prefix["prg"] = ProgramId{}.text();
      own.by_prefix["psc"] = ProgramSecretId{}.text();
    }
    auto const request = example_request(route, own, also);
    auto const response = service.send(request, caller.person ? service.session_of(caller.person) : "");
    auto const verdict = verdict_of(response);
    ++cases;
    EXPECT_EQ(verdict, expected(route, caller, !also.empty(), requester))
        << route.operation_id << (also.empty() ? "" : " with " + also.front()) << " by " << caller.name << ": "
        << response.status << " " << response.body;
    EXPECT_LT(response.status, 500) << route.operation_id << " by " << caller.name << ": " << response.body;
    for (auto const& fault : service.faults_of(request, response))
      ADD_FAILURE() << route.operation_id << " by " << caller.name << " answers other than declared: " << fault
                    << "\n"
                    << response.body.substr(0, 500);
    if (route.needs_session && caller.person && route.run_slow == nullptr)
      check_programs(route, caller, also, request);
    return verdict == allowed;
  }

  // The same request by the caller's programs.
  void check_programs(api::Route const& route, CallerKind const& caller, std::vector<std::string> const& also,
                      api::Request const& request) {
    for (size_t i = 0; i < program_bounds.size(); ++i) {
      auto with_token = request;
      with_token.headers.emplace_back("authorization", "Bearer " + programs[caller.person].at(i).token);
      auto const response = service.send(with_token, "");
      ++cases;
      EXPECT_EQ(verdict_of(response), expected_of_program(route, caller, !also.empty(), requester, program_bounds[i]))
          << route.operation_id << (also.empty() ? "" : " with " + also.front()) << " by a program "
          << program_bounds[i].name << " of " << caller.name << ": " << response.status << " " << response.body;
    }
  }

  void check_mixed(api::Route const& route, CallerKind const& caller, std::vector<std::string> const& also) {
    auto mixed = samples;
    mixed.by_prefix["sa"] = elsewhere.text();
    mixed.by_prefix["acr"] = request_to_account.text();
    mixed.by_prefix["prg"] = programs[callers.back().person].at(2).id.text();
    auto const response = service.send(example_request(route, mixed, also), service.session_of(caller.person));
    auto const verdict = verdict_of(response);
    ++cases;
    EXPECT_EQ(verdict, expected_mixed(route, caller))
        << route.operation_id << (also.empty() ? "" : " with " + also.front()) << " by " << caller.name
        << " with what is not theirs: " << response.status << " " << response.body;
  }

  DeviceWorld world;
  UndoneService service;
  VirtualAccountId above, below;
  PersonId requester;
  AccountRequestId request_to_account, request_to_staff;
  PartnerRequestId request_of_partner, request_to_customer;
  Samples samples;
  std::vector<CallerKind> callers, at_home_elsewhere;
  SmartAccountId elsewhere;
  int cases = 0;
  std::map<PersonId, PersonAddressId> addresses;
  std::map<PersonId, std::vector<MadeProgram>> programs;
};
MENKYO_ON_BOTH_DATABASES(Refusals);

TEST_P(Refusals, are_what_the_table_says) {
  for (auto const& route : service.routes()) {
    bool const by_place =
        std::any_of(route.needs.begin(), route.needs.end(), [](auto& n) { return n.scope == "place"; });
    std::vector<std::vector<std::string>> variants{{}};
    for (std::string name : {"parent_id", "virtual_account_id"})
      if (by_place && takes_optional(route, name)) variants.push_back({name});
    EXPECT_EQ(variants.size(), by_place ? 2U : 1U) << route.operation_id;
    for (auto const& also : variants) {
      bool exercised = false;
      for (auto const& caller : callers) exercised = check(route, caller, also) || exercised;
      EXPECT_TRUE(exercised) << "nobody can call " << route.operation_id;
      if (!also.empty() || names_things_of_an_account(route))
        for (auto const& caller : at_home_elsewhere) check_mixed(route, caller, also);
    }
  }
  RecordProperty("cases", cases);
  EXPECT_GT(cases, 2500);
}

// Every operation on a customer's data declares what it needs.
TEST(Routes, under_a_smart_account_declare_their_needs) {
  for (auto const& route : app::route_table()) {
    bool const guarded = route.path.find("{smart_account_id}") != std::string::npos ||
                         route.path.find("/operator/") != std::string::npos;
    EXPECT_EQ(guarded, !route.needs.empty()) << route.operation_id;
    EXPECT_TRUE(route.needs.empty() || route.needs_session) << route.operation_id;
  }
}

}  // namespace
}  // namespace menkyo::test
