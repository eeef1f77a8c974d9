#include "tests/simulation/people.hpp"

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "tests/simulation/digest.hpp"

namespace menkyo::simulation {

using access::Permission;
using api::Method;
using std::chrono::hours;
using test::Answer;

namespace {

std::string quoted(std::string const& text) {
  std::string out;
  protocol::json::append_string(out, text);
  return out;
}

std::string with_refusal(std::string const& what, std::string const& refusal) {
  return refusal.empty() ? what : what + ": " + refusal;
}

// Kinds of roles for the second to the fifth person; the first is always an administrator.
struct Post {
  Role role;
  int where = 0;  // 0: the whole account; 1 and 2: the world's virtual accounts
};
std::array<Post, 4> posts(uint64_t seed) {
  static Post const second[] = {{Role::va_admin, 1}, {Role::va_admin, 2}};
  static Post const third[] = {{Role::va_user, 1}, {Role::sa_user}};
  static Post const fourth[] = {{Role::sa_viewer}, {Role::sa_approver}, {Role::va_viewer, 2}};
  static Post const fifth[] = {{Role::va_viewer, 1}, {Role::va_user, 2}, {Role::sa_approver}};
  return {second[seed % 2], third[seed / 2 % 2], fourth[seed % 3], fifth[seed / 3 % 3]};
}

}  // namespace

People::People(test::DeviceWorld& world, Model& model, Random& random, uint64_t seed)
    : world_(world), model_(model), random_(random) {
  model_.nodes[world_.va] = {{}, "Default", true};
  model_.nodes[world_.second_va] = {{}, "Osaka", false};
  open();
  // The world gave its virtual accounts their numbers by hand.
  world_.db->write([](db::Tx& tx) { tx.exec("insert into counter (name, value) values ('virtual_account', 100)"); });
  for (int i = 0; i < 5; ++i) {
    auto const mail = "p" + std::to_string(i) + "@aozora.example";
    auto const id = world_.db->write([&](db::Tx& tx) {
      return people::create_person(tx, world_.vault, {{mail, "P" + std::to_string(i), "Test", {}}}, {});
    });
    people_.push_back({id, mail, {}, {}});
  }
  put(0, Role::sa_admin, {});
  auto const rest = posts(seed);
  for (size_t i = 0; i < rest.size(); ++i) {
    std::optional<VirtualAccountId> va;
    if (rest[i].where != 0) va = rest[i].where == 1 ? world_.va : world_.second_va;
    put(i + 1, rest[i].role, va);
  }
}

void People::open() {
  services_ = {};
  services_.add(world_.vault);
  services_.add(cursors_);
  services_.add(outbox_);
  services_.add(*world_.authority);
  services_.add(world_.catalogs);
  services_.add(*world_.desk);
  dispatcher_.emplace(api::DispatchConfig{.routes = app::route_table(),
                                          .database = &*world_.db,
                                          .services = &services_,
                                          .sealer = &world_.vault,
                                          .authenticate = people::Authenticator(*world_.db, world_.vault),
                                          .otherwise =
                                              [](api::Request, api::Reply reply) {
                                                reply({404, {}, "", {}});
                                              },
                                          .worker_threads = 1});
}

void People::put(size_t person, Role role, std::optional<VirtualAccountId> va) {
  auto const id = world_.db->write([&](db::Tx& tx) {
    auto const made = tx.new_id<RoleGrantId>();
    tx.exec(
        "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at) "
        "values ($1, $2, $3, $4, $5, $6)",
        world_.account, made, people_[person].id, role, va, tx.now());
    return made;
  });
  model_.grants[id] = {people_[person].id, role, va, {}};
}

VirtualAccountId People::any_node() {
  auto at = model_.nodes.begin();
  std::advance(at, chance(model_.nodes.size()));
  return at->first;
}

std::string People::at(VirtualAccountId va) const {
  return "/api/v1/smart_accounts/" + world_.account.text() + "/virtual_accounts/" + va.text();
}

// Sessions are made without a password, and anew for each request that is to succeed: a session that is some minutes
// old would have its use written at a moment of its own choosing.
void People::sign_in(Person& person) {
  person.session = "session " + std::to_string(++sessions_);
  person.signed_in_at = world_.now();
  world_.db->write([&](db::Tx& tx) {
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5)",
        world_.vault.lookup("person_session", as_bytes(person.session)), tx.new_id<SessionId>(), person.id, tx.now(),
        tx.now() + people::session_idle_period);
  });
}

Answer People::send(Person const& person, Asked const& asked, std::string const& key) {
  test::ApiClient client(*dispatcher_);
  client.cookies["menkyo_session"] = person.session;
  api::Headers headers;
  if (!key.empty()) headers.emplace_back("idempotency-key", key);
  if (!asked.if_match.empty()) headers.emplace_back("if-match", asked.if_match);
  return client.send(asked.method, asked.path, asked.body, headers);
}

Answer People::ask(Person& person, Asked const& asked, std::string const& refusal) {
  auto const judge = [&](Answer const& answer, std::string const& wanted) {
    bool const as_wanted = wanted.empty() ? answer.status < 400 : answer.code() == wanted;
    if (!as_wanted)
      throw Unexpected(std::string(api::to_text(asked.method)) + " " + asked.path + " " + asked.body + " by " +
                       person.mail + " was answered " + std::to_string(answer.status) + " " + answer.body +
                       ", not: " + (wanted.empty() ? "done" : wanted));
  };
  // To write down all that there is takes its time, so not every refusal is looked at so closely; what people can
  // change is compared with the model in any case.
  bool const closely = !refusal.empty() && one_in(4);
  auto const before = closely ? digest_of(world_) : "";
  if (!person.session.empty() && person.signed_in_at + people::session_idle_period <= world_.now() && one_in(6))
    judge(send(person, asked, {}), "unauthenticated");
  sign_in(person);
  bool const keyed = asked.method == Method::post && one_in(2);
  auto const key = keyed ? "key " + std::to_string(sessions_) : "";
  auto const answer = send(person, asked, key);
  judge(answer, refusal);
  if (keyed && one_in(2)) {
    auto const again = send(person, asked, key);
    judge(again, refusal);
    if (refusal.empty() && (again.body != answer.body || again.header("idempotent-replayed") != "true"))
      throw Unexpected("a request sent twice was done twice: " + asked.path);
  }
  if (closely && digest_of(world_) != before) throw Unexpected("a refused request changed something: " + asked.path);
  return answer;
}

std::string People::act() {
  auto& person = people_[one_in(3) ? 0 : chance(people_.size())];
  switch (chance(18)) {
    case 0:
    case 1:
    case 2:
      return create_token(person);
    case 3:
      return revoke_token(person);
    case 4:
      return read_token(person);
    case 5:
    case 6:
    case 7:
      return create_node(person);
    case 8:
      return rename_node(person);
    case 9:
      return delete_node(person);
    case 10:
    case 11:
      return remove_device(person);
    case 12:
    case 13:
      return grant(person);
    case 14:
      return revoke(person);
    case 15:
      return move_node(person);
    case 16:
      return make_default(person);
    default:
      return look_around(person);
  }
}

// ---- Tokens -------------------------------------------------------------------------------------------------------

std::string People::create_token(Person& person) {
  // Most devices are where licenses are.
  auto const va = one_in(2) ? model_.first : any_node();
  Token token;
  token.va = va;
  token.export_allowed = one_in(2);
  if (one_in(2)) token.max_uses = int64_t(1 + chance(3));
  int64_t const days = one_in(3) ? int64_t(1 + chance(20)) : 365;
  token.expires_at = world_.now() + hours(24 * days);
  auto const refusal = model_.refusal_at(person.id, va, Permission::license_work, world_.now());
  auto const answer = ask(person,
                          {Method::post,
                           at(va) + "/tokens",
                           R"({"description":"racks","expires_in_days":)" + std::to_string(days) +
                               (token.max_uses ? R"(,"max_uses":)" + std::to_string(*token.max_uses) : "") +
                               R"(,"export_controlled_allowed":)" + (token.export_allowed ? "true" : "false") + "}",
                           {}},
                          refusal);
  if (!refusal.empty()) return with_refusal("create token", refusal);
  token.id = *RegistrationTokenId::parse(answer.json.at("token").at("registration_token_id").as_string());
  token.text = answer.json.at("text").as_string();
  model_.effect("token_created", va, to_hex(token.id.bytes), by_person(person.id));
  model_.tokens.push_back(token);
  return "create token";
}

std::string People::revoke_token(Person& person) {
  if (model_.tokens.size() < 2) return "nothing to revoke";
  // The first lasts, so that devices can always come in.
  auto& token = model_.tokens[1 + chance(model_.tokens.size() - 1)];
  bool const misplaced = one_in(8);
  auto const va = misplaced ? any_node() : token.va;
  auto refusal = model_.refusal_at(person.id, va, Permission::license_work, world_.now());
  if (refusal.empty() && va != token.va) refusal = "not_found";
  ask(person, {Method::post, at(va) + "/tokens/" + token.id.text() + "/revoke", "{}", {}}, refusal);
  if (!refusal.empty()) return with_refusal("revoke token", refusal);
  if (token.revoked) return "revoke token again";
  token.revoked = true;
  model_.effect("token_revoked", va, to_hex(token.id.bytes), by_person(person.id));
  return "revoke token";
}

std::string People::read_token(Person& person) {
  auto const& token = any(model_.tokens);
  auto refusal = model_.refusal_at(person.id, token.va, Permission::license_work, world_.now());
  if (refusal.empty() && !token.refusal(world_.now()).empty()) refusal = "conflict";
  auto const answer =
      ask(person, {Method::get, at(token.va) + "/tokens/" + token.id.text() + "/text", {}, {}}, refusal);
  if (refusal.empty() && answer.json.at("text").as_string() != token.text)
    throw Unexpected("a token has another text than when it was made");
  return with_refusal("read token", refusal);
}

// ---- Virtual accounts ---------------------------------------------------------------------------------------------

std::string People::create_node(Person& person) {
  if (model_.nodes.size() >= 14) return "enough virtual accounts";
  std::optional<VirtualAccountId> parent;
  if (!one_in(3)) parent = any_node();
  static std::vector<std::string> const names{"Tokyo", "tokyo", "Kyoto", "OSAKA"};
  auto const name = !one_in(3) ? any(names) : "Branch " + std::to_string(++names_);
  auto refusal = model_.refusal_at_place(person.id, parent, Permission::virtual_account_create, world_.now());
  if (refusal.empty() && parent && model_.depth(*parent) >= accounts::max_tree_depth) refusal = "too_deep";
  if (refusal.empty() && model_.name_taken(parent, name, {})) refusal = "name_taken";
  auto const answer = ask(person,
                          {Method::post,
                           "/api/v1/smart_accounts/" + world_.account.text() + "/virtual_accounts",
                           R"({"name":)" + quoted(name) + R"(,"description":"","commerce_access":"PRIVATE")" +
                               (parent ? R"(,"parent_id":)" + quoted(parent->text()) : "") + "}",
                           {}},
                          refusal);
  if (!refusal.empty()) return with_refusal("create virtual account", refusal);
  auto const id = *VirtualAccountId::parse(answer.json.at("virtual_account_id").as_string());
  model_.nodes[id] = {parent, name, false};
  model_.effect("virtual_account_created", id, to_hex(id.bytes), by_person(person.id));
  return "create virtual account";
}

std::string People::rename_node(Person& person) {
  auto const va = any_node();
  auto& node = model_.nodes.at(va);
  auto const name = one_in(4) ? model_.nodes.at(any_node()).name : "Name " + std::to_string(++names_);
  bool const stale = one_in(5);
  auto refusal = model_.refusal_at(person.id, va, Permission::account_edit, world_.now());
  if (refusal.empty() && stale) refusal = "changed_meanwhile";
  if (refusal.empty() && name != node.name && model_.name_taken(node.parent, name, va)) refusal = "name_taken";
  ask(person,
      {Method::patch, at(va), R"({"name":)" + quoted(name) + "}",
       "\"" + std::to_string(node.version + (stale ? 1 : 0)) + "\""},
      refusal);
  if (!refusal.empty()) return with_refusal("rename virtual account", refusal);
  if (name == node.name) return "rename virtual account to what it is";
  node.name = name;
  ++node.version;
  model_.effect("virtual_account_changed", va, to_hex(va.bytes), by_person(person.id));
  return "rename virtual account";
}

std::string People::move_node(Person& person) {
  auto const va = any_node();
  std::optional<VirtualAccountId> parent;
  if (!one_in(4)) parent = any_node();
  auto& node = model_.nodes.at(va);
  bool const stale = one_in(5);
  auto refusal = model_.refusal_on_account(person.id, Permission::account_edit, world_.now());
  if (refusal.empty() && stale) refusal = "changed_meanwhile";
  if (refusal.empty() && parent != node.parent) refusal = model_.refusal_to_move(va, parent);
  ask(person,
      {Method::post, at(va) + "/move", parent ? R"({"parent_id":)" + quoted(parent->text()) + "}" : "{}",
       "\"" + std::to_string(node.version + (stale ? 1 : 0)) + "\""},
      refusal);
  if (!refusal.empty()) return with_refusal("move virtual account", refusal);
  if (parent == node.parent) return "move virtual account to where it is";
  node.parent = parent;
  ++node.version;
  model_.effect("virtual_account_moved", va, to_hex(va.bytes), by_person(person.id));
  return "move virtual account";
}

std::string People::make_default(Person& person) {
  auto const va = any_node();
  auto& node = model_.nodes.at(va);
  auto const refusal = model_.refusal_on_account(person.id, Permission::account_edit, world_.now());
  ask(person, {Method::post, at(va) + "/default", "{}", {}}, refusal);
  if (!refusal.empty()) return with_refusal("make default", refusal);
  if (node.is_default) return "make default what it is";
  for (auto& [id, other] : model_.nodes)
    if (std::exchange(other.is_default, false)) ++other.version;
  node.is_default = true;
  ++node.version;
  model_.effect("virtual_account_made_default", va, to_hex(va.bytes), by_person(person.id));
  return "make default";
}

std::string People::delete_node(Person& person) {
  auto const va = any_node();
  auto refusal = model_.refusal_at(person.id, va, Permission::account_edit, world_.now());
  if (refusal.empty()) refusal = model_.refusal_to_delete(va, world_.now());
  ask(person, {Method::del, at(va), {}, {}}, refusal);
  if (!refusal.empty()) return with_refusal("delete virtual account", refusal);
  model_.delete_node(va);
  model_.effect("virtual_account_deleted", va, to_hex(va.bytes), by_person(person.id));
  return "delete virtual account";
}

// ---- Devices ------------------------------------------------------------------------------------------------------

std::string People::remove_device(Person& person) {
  if (model_.devices.empty()) return "nothing to remove";
  auto chosen = model_.devices.begin();
  std::advance(chosen, chance(model_.devices.size()));
  auto const& [id, known] = *chosen;
  auto const va = one_in(8) ? any_node() : known.va;
  auto refusal = model_.refusal_at(person.id, va, Permission::license_work, world_.now());
  if (refusal.empty() && va != known.va) refusal = "not_found";
  if (refusal.empty() && !known.removed && known.granted.contains("EXP")) refusal = "conflict";
  ask(person, {Method::del, at(va) + "/devices/" + id, {}, {}}, refusal);
  if (!refusal.empty()) return with_refusal("remove device", refusal);
  if (known.removed) return "remove device again";
  model_.remove(id, "device_removed", by_person(person.id));
  return "remove device";
}

// ---- Roles --------------------------------------------------------------------------------------------------------

// What somebody is to be given: something new, what the person has already, or an end to the administrator of all.
Grant People::wished_role(Person const& whom) {
  auto const soon = [&] { return world_.now() + hours(24 * int64_t(1 + chance(30))); };
  if (&whom == &people_.front() && one_in(2)) return {whom.id, Role::sa_admin, {}, soon()};
  for (auto const& [id, grant] : model_.grants)
    if (grant.person == whom.id && one_in(4)) return grant;
  Grant wish{whom.id, Role(chance(7)), {}, {}};
  bool const of_node = one_in(8) ? one_in(2) : access::is_virtual_account_role(wish.role);
  if (of_node) wish.va = any_node();
  if (one_in(3)) wish.ends_at = soon();
  return wish;
}

std::string People::grant(Person& person) {
  bool const stranger = one_in(8);
  Person const guest{{}, "guest" + std::to_string(++names_) + "@aozora.example", {}, {}};
  auto const& whom = stranger ? guest : people_[chance(people_.size())];
  auto const& mail = whom.mail;
  auto given = wished_role(whom);
  auto const now = world_.now();
  auto refusal = model_.refusal_at_place(person.id, given.va, Permission::users_manage, now);
  bool const misplaced = given.va.has_value() != access::is_virtual_account_role(given.role);
  if (refusal.empty() && (misplaced || (given.ends_at && *given.ends_at <= now))) refusal = "invalid";
  std::optional<RoleGrantId> known;
  for (auto const& [id, grant] : model_.grants)
    if (grant.person == given.person && grant.role == given.role && grant.va == given.va) known = id;
  bool const same = known && model_.grants.at(*known).ends_at == given.ends_at;
  if (refusal.empty() && known && !same && given.ends_at && model_.is_last_administrator(*known))
    refusal = "conflict";
  auto const answer = ask(person,
                          {Method::post,
                           "/api/v1/smart_accounts/" + world_.account.text() + "/role_grants",
                           R"({"mail":)" + quoted(mail) + R"(,"role":)" + quoted(std::string(to_text(given.role))) +
                               (given.va ? R"(,"virtual_account_id":)" + quoted(given.va->text()) : "") +
                               (given.ends_at ? R"(,"ends_at":)" + quoted(to_rfc3339(*given.ends_at)) : "") + "}",
                           {}},
                          refusal);
  if (!refusal.empty()) return with_refusal("grant role", refusal);
  auto const id = *RoleGrantId::parse(answer.json.at("role_grant_id").as_string());
  if (known && id != *known) throw Unexpected("a role that was there was given once more");
  if (same) return "grant role again";
  if (stranger) {
    model_.effect("person_created", {}, "it", by_person(person.id));
    given.person = world_.db->read([&](db::ReadTx& tx) { return *people::find_person(tx, world_.vault, mail); });
  }
  model_.grants[id] = given;
  model_.effect("role_granted", given.va, "it", by_person(person.id));
  return known ? "change when a role ends" : stranger ? "grant role to a stranger" : "grant role";
}

std::string People::revoke(Person& person) {
  auto chosen = model_.grants.begin();
  std::advance(chosen, chance(model_.grants.size()));
  auto const [id, given] = *chosen;
  auto refusal = model_.refusal_at_place(person.id, given.va, Permission::users_manage, world_.now());
  if (refusal.empty() && model_.is_last_administrator(id)) refusal = "conflict";
  ask(person, {Method::del, "/api/v1/smart_accounts/" + world_.account.text() + "/role_grants/" + id.text(), {}, {}},
      refusal);
  if (!refusal.empty()) return with_refusal("revoke role", refusal);
  model_.grants.erase(id);
  model_.effect("role_revoked", given.va, "it", by_person(person.id));
  return "revoke role";
}

// ---- Reading ------------------------------------------------------------------------------------------------------

std::string People::look_around(Person& person) {
  auto const now = world_.now();
  auto const account = "/api/v1/smart_accounts/" + world_.account.text();
  if (one_in(3)) {
    auto const refusal = model_.refusal_anywhere(person.id, Permission::inventory_view, now);
    auto const answer = ask(person, {Method::get, account + "/virtual_accounts", {}, {}}, refusal);
    if (!refusal.empty()) return with_refusal("list virtual accounts", refusal);
    std::set<std::string> shown, wanted;
    for (auto const& item : answer.json.at("items").items()) shown.insert(item.at("virtual_account_id").as_string());
    for (auto const& [va, node] : model_.nodes)
      if (model_.sees(person.id, va, now)) wanted.insert(va.text());
    if (shown != wanted) throw Unexpected(person.mail + " is shown other virtual accounts than it may see");
    return "list virtual accounts";
  }
  if (one_in(3)) {
    auto const refusal = model_.refusal_anywhere(person.id, Permission::users_manage, now);
    ask(person, {Method::get, account + "/users", {}, {}}, refusal);
    return with_refusal("list users", refusal);
  }
  auto const va = any_node();
  static std::vector<std::string> const pages{"/devices", "/tokens", "/licenses", "/events", "/devices.csv", ""};
  auto const refusal = model_.refusal_at(person.id, va, Permission::inventory_view, now);
  ask(person, {Method::get, at(va) + any(pages), {}, {}}, refusal);
  return with_refusal("look", refusal);
}

}  // namespace menkyo::simulation
