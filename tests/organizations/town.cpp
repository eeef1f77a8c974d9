#include "tests/organizations/town.hpp"

#include "base/text.hpp"
#include "tests/support/employment.hpp"

namespace menkyo::organizations {

namespace {

std::vector<std::string> const domains{"kame.example", "osaka.kame.example", "tsuru.example", "partner.example"};
std::vector<std::string> const prefixes{"tokyo", "osaka", "eu"};
std::vector<Role> const roles{Role::sa_admin,  Role::sa_admin, Role::sa_user,  Role::sa_approver,
                              Role::sa_viewer, Role::va_admin, Role::va_viewer};

// Levels of the tree (domain reference, section 5).
constexpr size_t deepest_place = 10;

bool is_below(std::string const& domain, std::string const& above) {
  return domain.size() > above.size() + 1 && domain.ends_with("." + above);
}

// The same name in other spellings.
std::string respelled(std::string const& name, uint64_t how) {
  if (how == 0) return "  " + name + " ";
  if (how == 1) return to_nfkc(fold_name(name));
  std::string wide;
  for (char c : name) {
    if (c < '!' || c > '~')
      wide += c;
    else {
      auto const code = uint32_t(c) - '!' + 0xFF01;
      wide += {char(0xE0 | code >> 12), char(0x80 | (code >> 6 & 0x3F)), char(0x80 | (code & 0x3F))};
    }
  }
  return wide;
}

}  // namespace

Town::Town(std::string const& database_kind, uint64_t seed)
    : world_(database_kind),
      runner_((world_.serve([] {
        auto table = people::routes();
        for (auto& route : accounts::routes()) table.push_back(std::move(route));
        return table;
      }()),
               *world_.database)),
      random_(FixedSeeds(seed).next()),
      staff_(world_.operator_with(access::OperatorRole::operator_admin)) {
  runner_.add(accounts::request_timer_kind(world_.vault, world_.outbox));
  runner_.add(accounts::access_timer_kind(world_.vault, world_.outbox));
  runner_.add(accounts::partner_timer_kind(world_.vault, world_.outbox));
  for (int i = 0; i < 3; ++i) newcomer();
}

size_t Town::newcomer() {
  ModelPerson person{"", one_of(domains), {}};
  person.mail = "p" + std::to_string(persons_.size()) + "@" + person.domain;
  person.id = world_.person(person.mail);
  world_.database->write([&](db::Tx& tx) { test::employ(tx, world_.vault, person.id); });
  persons_.push_back(person);
  ++counts_["newcomer"];
  return persons_.size() - 1;
}

void Town::expect(std::string const& what, test::Answer const& answer, std::string const& code) {
  auto const got = answer.status == 200 ? "ok" : answer.code();
  if (got != code) throw std::runtime_error(what + ": " + got + " instead of " + code + ": " + answer.body);
  ++counts_[what + ": " + code];
}

bool Town::is_name_taken(std::string const& name) const {
  return std::any_of(accounts_.begin(), accounts_.end(),
                     [&](auto const& account) { return account.name_key == fold_name(name); });
}

std::optional<size_t> Town::account_of(std::string const& domain) const {
  for (size_t i = 0; i < accounts_.size(); ++i)
    if (accounts_[i].domain == domain) return i;
  return {};
}

std::vector<ModelGrant> Town::holding(size_t account, size_t person) {
  std::vector<ModelGrant> out;
  for (auto const& grant : accounts_[account].grants[person])
    if (!grant.ends_at || *grant.ends_at > now()) out.push_back(grant);
  return out;
}

bool Town::is_administrator(size_t account, size_t person) {
  auto const held = holding(account, person);
  return std::any_of(held.begin(), held.end(), [](auto const& grant) { return grant.role == Role::sa_admin; });
}

size_t Town::somebody_for(size_t account, int percent_anybody) {
  auto who = anybody();
  if (!chance(percent_anybody))
    for (size_t i = 0; i < persons_.size(); ++i)
      if (is_administrator(account, i)) who = i;
  return who;
}

size_t Town::lasting_administrators(size_t account) {
  size_t count = 0;
  for (auto const& [person, grants] : accounts_[account].grants)
    for (auto const& grant : grants) count += grant.role == Role::sa_admin && !grant.ends_at;
  return count;
}

bool Town::belongs(size_t account, size_t person) {
  auto const held = holding(account, person);
  auto const& own = persons_[person].domain;
  auto const& domain = accounts_[account].domain;
  return own == domain || is_below(own, domain) || is_below(domain, own) ||
         std::any_of(held.begin(), held.end(),
                     [](auto const& grant) { return !access::is_virtual_account_role(grant.role); });
}

std::string Town::outcome_of_giving(size_t account, size_t person, Role role, std::optional<Instant> end) {
  if (role != Role::sa_admin || !end || lasting_administrators(account) != 1) return "ok";
  for (auto const& grant : accounts_[account].grants[person])
    if (grant.role == role && !grant.ends_at) return "conflict";
  return "ok";
}

void Town::remember_role(size_t account, size_t person, Role role, std::optional<Instant> end) {
  auto& grants = accounts_[account].grants[person];
  for (auto& grant : grants)
    if (grant.role == role) {
      grant.ends_at = end;
      return;
    }
  auto const id = world_.database->read([&](db::ReadTx& tx) {
    return tx
        .one<RoleGrantId>(
            "select role_grant_id from role_grant where smart_account_id = $1 and person_id = $2 and role = $3",
            accounts_[account].id, persons_[person].id, role)
        .value();
  });
  grants.push_back({role, end, id.text()});
}

void Town::expect_access(size_t account, size_t person) {
  auto client = world_.as(persons_[person].id);
  expect("look at an account", client.get("/api/v1/smart_accounts/" + accounts_[account].id.text()),
         holding(account, person).empty() ? "not_found" : "ok");
}

std::string Town::refusal(size_t account, size_t person) {
  return holding(account, person).empty() ? "not_found" : "forbidden";
}

void Town::remember_account(std::string const& name, std::string const& domain, std::string const& id,
                            size_t founder) {
  ModelAccount account{fold_name(name), domain, *SmartAccountId::parse(id), {}, {}, {}, {}};
  account.first_place = account.default_place =
      world_.database->read([&](db::ReadTx& tx) { return accounts::default_virtual_account(tx, account.id); });
  account.places[account.first_place] = {{}, fold_name("DEFAULT")};
  auto const grant = world_.database->read([&](db::ReadTx& tx) {
    return tx.one<RoleGrantId>("select role_grant_id from role_grant where smart_account_id = $1", account.id)
        .value();
  });
  account.grants[founder] = {{Role::sa_admin, {}, grant.text()}};
  accounts_.push_back(std::move(account));
}

size_t Town::open_requests(size_t person) const {
  return size_t(std::count_if(requests_.begin(), requests_.end(),
                              [&](auto const& r) { return r.requester == person && r.pending; }));
}

size_t Town::requests_of_day(size_t person) {
  return size_t(std::count_if(requests_.begin(), requests_.end(), [&](auto const& r) {
    return r.requester == person && r.made_at >= now() - std::chrono::days(1);
  }));
}

void Town::found() {
  auto const founder = anybody();
  auto const& own = persons_[founder].domain;
  auto domain = own;
  if (chance(45)) domain = one_of(prefixes) + "." + own;
  if (chance(15)) domain = one_of(domains);
  if (chance(10)) domain = "brand" + std::to_string(random_.below(4)) + ".example";
  auto name = "Works " + std::to_string(random_.below(25));
  if (chance(30)) name = respelled(name, random_.below(3));
  auto client = world_.as(persons_[founder].id);
  auto const answer = client.post(
      "/api/v1/smart_accounts", R"({"name":")" + name + R"(","domain":")" + domain +
                                    R"(","note":"Ours","headquarters":{"country":"FJ","city":"Suva","line1":"1"}})");
  expect_founding("found", answer, founder, name, domain);
}

bool Town::expect_founding(std::string const& what, test::Answer const& answer, size_t founder,
                           std::string const& name, std::string const& domain) {
  auto const& own = persons_[founder].domain;
  bool const prefix = is_below(domain, own);
  // Of a domain that is not their own nobody is told whether it has an account.
  bool const is_domain_told = domain == own || prefix;
  auto const refuse = [&](std::string const& code) {
    expect(what, answer, code);
    return false;
  };
  if (is_name_taken(name) || (is_domain_told && account_of(domain))) return refuse("name_taken");
  if (domain == own) {
    expect(what + " at once", answer, "ok");
    remember_account(name, domain, answer.json.at("smart_account").at("smart_account_id").as_string(), founder);
    return true;
  }
  if (open_requests(founder) >= size_t(accounts::max_open_requests) ||
      requests_of_day(founder) >= size_t(accounts::max_requests_a_day))
    return refuse("too_many_requests");
  expect(what + (prefix ? " with a prefix" : " of another domain"), answer, "ok");
  ModelRequest request{
      answer.json.at("account_request").at("account_request_id").as_string(), name, domain, founder, {}, true, now()};
  if (prefix) request.decider = account_of(own);
  requests_.push_back(std::move(request));
  return true;
}

void Town::decide() {
  if (requests_.empty()) return;
  auto& request = requests_[random_.below(requests_.size())];
  auto decider = anybody();
  if (request.decider && chance(70))
    for (size_t i = 0; i < persons_.size(); ++i)
      if (is_administrator(*request.decider, i)) decider = i;
  auto const base = request.decider ? "/api/v1/smart_accounts/" + accounts_[*request.decider].id.text()
                                    : std::string("/api/v1/operator");
  bool const approve = chance(70);
  bool const by_staff = !request.decider && chance(80);
  auto client = world_.as(by_staff ? staff_ : persons_[decider].id);
  auto const answer = client.post(base + "/account_requests/" + request.id + "/decision",
                                  std::string(R"({"decision":")") + (approve ? "approve" : "decline") + "\"}");
  if (!request.decider && !by_staff) return expect("decide for staff", answer, "not_found");
  if (request.decider && !is_administrator(*request.decider, decider))
    return expect("decide", answer, refusal(*request.decider, decider));
  if (!request.pending) return expect("decide again", answer, "conflict");
  if (approve && (is_name_taken(request.name) || account_of(request.domain)))
    return expect("approve too late", answer, "name_taken");
  expect(approve ? "approve" : "decline", answer, "ok");
  request.pending = false;
  if (!approve) return;
  auto requester = world_.as(persons_[request.requester].id);
  auto const own = requester.get("/api/v1/account_requests/" + request.id);
  remember_account(request.name, request.domain, own.json.at("smart_account_id").as_string(), request.requester);
}

void Town::withdraw() {
  if (requests_.empty()) return;
  auto& request = requests_[random_.below(requests_.size())];
  auto const who = chance(70) ? request.requester : anybody();
  auto client = world_.as(persons_[who].id);
  bool const was_withdrawn =
      client.get("/api/v1/account_requests/" + request.id).body.find("WITHDRAWN") != std::string::npos;
  auto const answer = client.post("/api/v1/account_requests/" + request.id + "/withdrawal");
  if (who != request.requester) return expect("withdraw another's", answer, "not_found");
  expect("withdraw", answer, request.pending || was_withdrawn ? "ok" : "conflict");
  request.pending = false;
}

void Town::give_role() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto const giver = somebody_for(account, 20);
  auto const taker = chance(15) ? newcomer() : anybody();
  auto const role = one_of(roles);
  bool const on_place = access::is_virtual_account_role(role);
  std::optional<Instant> end;
  if (chance(25)) end = now() + std::chrono::hours(1 + int64_t(random_.below(200)));
  auto client = world_.as(persons_[giver].id);
  auto const answer =
      client.post("/api/v1/smart_accounts/" + accounts_[account].id.text() + "/role_grants",
                  R"({"mail":")" + persons_[taker].mail + R"(","role":")" + std::string(to_text(role)) + '"' +
                      (on_place ? R"(,"virtual_account_id":")" + accounts_[account].first_place.text() + '"' : "") +
                      (end ? R"(,"ends_at":")" + to_rfc3339(*end) + '"' : "") + "}");
  auto const held = holding(account, giver);
  bool const manages_place = on_place && std::any_of(held.begin(), held.end(),
                                                     [](auto const& grant) { return grant.role == Role::va_admin; });
  if (!is_administrator(account, giver) && !manages_place) {
    // Who may not even see the place is told that it is not there.
    bool const sees = std::any_of(held.begin(), held.end(), [&](auto const& grant) {
      return !on_place || access::allows(grant.role, access::Permission::inventory_view);
    });
    return expect("give a role", answer, sees ? "forbidden" : "not_found");
  }
  auto const& grants = accounts_[account].grants[taker];
  bool const is_known =
      std::any_of(grants.begin(), grants.end(), [&](auto const& grant) { return grant.role == role; });
  auto const outcome = outcome_of_giving(account, taker, role, end);
  expect(is_known ? "change the end of a role" : "give a role", answer, outcome);
  if (outcome == "ok") remember_role(account, taker, role, end);
}

void Town::ask_for_access() {
  auto const who = anybody();
  std::string domain = "brand" + std::to_string(random_.below(4)) + ".example";
  if (!accounts_.empty() && chance(80)) domain = one_of(accounts_).domain;
  bool const is_message = chance(15);
  auto client = world_.as(persons_[who].id);
  auto const answer =
      client.post("/api/v1/access_requests", R"({"domain":")" + domain + R"(","purpose":")" +
                                                 (is_message ? "message" : "access") + R"(","text":"Let me in"})");
  int64_t open = 0, of_day = 0;
  for (auto const& r : access_requests_) {
    if (r.requester != who) continue;
    open += r.status == accounts::AccessRequestStatus::PENDING;
    of_day += r.made_at >= now() - std::chrono::days(1);
  }
  if (open >= accounts::max_open_access_requests || of_day >= accounts::max_access_requests_a_day)
    return expect("ask for access", answer, "too_many_requests");
  // The same answer whether or not there is such an account.
  expect(is_message ? "write to administrators" : "ask for access", answer, "ok");
  using enum accounts::AccessRequestStatus;
  access_requests_.push_back({answer.json.at("access_request_id").as_string(),
                              domain,
                              who,
                              is_message,
                              now(),
                              false,
                              {},
                              is_message ? SENT : PENDING});
}

void Town::decide_access() {
  using enum accounts::AccessRequestStatus;
  if (access_requests_.empty() || accounts_.empty()) return;
  auto& request = one_of(access_requests_);
  auto const account = chance(85) && request.account ? *request.account : random_.below(accounts_.size());
  auto decider = anybody();
  if (chance(85))
    for (size_t i = 0; i < persons_.size(); ++i)
      if (is_administrator(account, i)) decider = i;
  bool const approve = chance(70);
  auto const role = one_of(roles);
  std::optional<Instant> end;
  if (chance(35)) end = now() + std::chrono::hours(1 + int64_t(random_.below(100)));
  std::string what = R"({"decision":"decline"})";
  if (approve)
    what = R"({"decision":"approve","role":")" + std::string(to_text(role)) + '"' +
           (access::is_virtual_account_role(role)
                ? R"(,"virtual_account_ids":[")" + accounts_[account].default_place.text() + "\"]"
                : "") +
           (end ? R"(,"ends_at":")" + to_rfc3339(*end) + '"' : "") + "}";
  auto client = world_.as(persons_[decider].id);
  auto const answer = client.post(
      "/api/v1/smart_accounts/" + accounts_[account].id.text() + "/access_requests/" + request.id + "/decision",
      what);
  if (!is_administrator(account, decider)) return expect("decide about access", answer, refusal(account, decider));
  if (request.account != account || request.is_message)
    return expect("decide about access to another account", answer, "not_found");
  if (request.status != PENDING) return expect("decide about access again", answer, "conflict");
  auto const outcome = approve ? outcome_of_giving(account, request.requester, role, end) : "ok";
  expect(approve ? "approve access" : "decline access", answer, outcome);
  if (outcome != "ok") return;
  request.status = approve ? APPROVED : DECLINED;
  if (approve) remember_role(account, request.requester, role, end);
  expect_access(account, request.requester);
}

void Town::withdraw_access() {
  using enum accounts::AccessRequestStatus;
  if (access_requests_.empty()) return;
  auto& request = one_of(access_requests_);
  auto const who = chance(70) ? request.requester : anybody();
  auto client = world_.as(persons_[who].id);
  auto const answer = client.post("/api/v1/access_requests/" + request.id + "/withdrawal");
  if (who != request.requester) return expect("withdraw another's request for access", answer, "not_found");
  bool const may = request.status == PENDING || request.status == WITHDRAWN;
  expect("withdraw a request for access", answer, may ? "ok" : "conflict");
  if (may) request.status = WITHDRAWN;
}

void Town::take_role() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto& all = accounts_[account].grants;
  auto owner = all.begin();
  std::advance(owner, long(random_.below(all.size())));
  if (owner->second.empty()) return;
  auto const index = random_.below(owner->second.size());
  auto const grant = owner->second[index];
  // People leave by themselves, too, if they may.
  auto taker = chance(30) ? owner->first : anybody();
  if (chance(70))
    for (size_t i = 0; i < persons_.size(); ++i)
      if (is_administrator(account, i)) taker = i;
  if (access::is_virtual_account_role(grant.role) && !is_administrator(account, taker)) return;
  auto client = world_.as(persons_[taker].id);
  auto const answer = client.send(api::Method::del, "/api/v1/smart_accounts/" + accounts_[account].id.text() +
                                                        "/role_grants/" + grant.role_grant_id);
  if (!is_administrator(account, taker)) return expect("take a role", answer, refusal(account, taker));
  bool const is_last = grant.role == Role::sa_admin && !grant.ends_at && lasting_administrators(account) == 1;
  expect(taker == owner->first ? "leave" : "take a role", answer, is_last ? "conflict" : "ok");
  if (is_last) return;
  owner->second.erase(owner->second.begin() + long(index));
  expect_access(account, owner->first);
}

VirtualAccountId Town::any_place(size_t account) {
  auto place = accounts_[account].places.begin();
  std::advance(place, long(random_.below(accounts_[account].places.size())));
  return place->first;
}

std::vector<VirtualAccountId> Town::way_up(size_t account, std::optional<VirtualAccountId> place) const {
  std::vector<VirtualAccountId> out;
  for (; place; place = accounts_[account].places.at(*place).parent) out.push_back(*place);
  return out;
}

bool Town::is_name_beside(size_t account, std::optional<VirtualAccountId> parent, std::string const& name_key) const {
  auto const& places = accounts_[account].places;
  return std::any_of(places.begin(), places.end(), [&](auto const& each) {
    return each.second.parent == parent && each.second.name_key == name_key;
  });
}

// A branch of a few virtual accounts, one below the other.
void Town::grow() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto const gardener = somebody_for(account, 0);
  if (!is_administrator(account, gardener)) return;
  auto client = world_.as(persons_[gardener].id);
  auto parent = chance(30) ? std::nullopt : std::optional(any_place(account));
  for (auto left = 1 + random_.below(8); left > 0; --left) {
    auto name = "Lab " + std::to_string(random_.below(4));
    if (chance(30)) name = respelled(name, random_.below(3));
    auto const answer = client.post("/api/v1/smart_accounts/" + accounts_[account].id.text() + "/virtual_accounts",
                                    R"({"name":")" + name + R"(","description":"","commerce_access":"PUBLIC")" +
                                        (parent ? R"(,"parent_id":")" + parent->text() + '"' : "") + "}");
    if (way_up(account, parent).size() >= deepest_place) return expect("grow", answer, "too_deep");
    if (is_name_beside(account, parent, fold_name(name))) return expect("grow", answer, "name_taken");
    expect("grow", answer, "ok");
    auto const id = VirtualAccountId::parse(answer.json.at("virtual_account_id").as_string()).value();
    accounts_[account].places[id] = {parent, fold_name(name)};
    parent = id;
  }
}

void Town::move() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto& places = accounts_[account].places;
  auto const mover = somebody_for(account, 20);
  auto const moved = any_place(account);
  // The deeper of two, so that some moves go too deep.
  auto parent = std::optional(any_place(account));
  if (auto const other = any_place(account); way_up(account, other).size() > way_up(account, parent).size())
    parent = other;
  if (chance(20)) parent = {};
  auto client = world_.as(persons_[mover].id);
  auto const answer = client.post(
      "/api/v1/smart_accounts/" + accounts_[account].id.text() + "/virtual_accounts/" + moved.text() + "/move",
      parent ? R"({"parent_id":")" + parent->text() + R"("})" : "{}");
  if (!is_administrator(account, mover)) return expect("move", answer, refusal(account, mover));
  if (places[moved].parent == parent) return expect("move to where it is", answer, "ok");
  auto const way = way_up(account, parent);
  if (std::find(way.begin(), way.end(), moved) != way.end()) return expect("move", answer, "invalid");
  // How many levels the moved subtree has.
  size_t levels = 0;
  for (auto const& [id, place] : places) {
    auto const up = way_up(account, id);
    auto const at = std::find(up.begin(), up.end(), moved);
    if (at != up.end()) levels = std::max(levels, size_t(at - up.begin()) + 1);
  }
  if (way.size() + levels > deepest_place) return expect("move", answer, "too_deep");
  if (is_name_beside(account, parent, places[moved].name_key)) return expect("move", answer, "name_taken");
  expect("move", answer, "ok");
  places[moved].parent = parent;
}

void Town::choose_default() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto const who = somebody_for(account, 20);
  auto const chosen = any_place(account);
  auto client = world_.as(persons_[who].id);
  auto const answer = client.post(
      "/api/v1/smart_accounts/" + accounts_[account].id.text() + "/virtual_accounts/" + chosen.text() + "/default",
      "{}");
  bool const may = is_administrator(account, who);
  expect("choose the default", answer, may ? "ok" : refusal(account, who));
  if (may) accounts_[account].default_place = chosen;
}

void Town::look() {
  if (accounts_.empty()) return;
  auto const account = random_.below(accounts_.size());
  auto who = anybody();
  // Mostly somebody with a role, partners among them.
  for (int tries = chance(30) ? 0 : 10; tries > 0 && holding(account, who).empty(); --tries) who = anybody();
  auto client = world_.as(persons_[who].id);
  auto const path = "/api/v1/smart_accounts/" + accounts_[account].id.text();
  auto const held = holding(account, who);
  for (size_t i = 0; i < persons_.size(); ++i) expect_access(account, i);
  bool const manages = std::any_of(held.begin(), held.end(), [](auto const& grant) {
    return access::allows(grant.role, access::Permission::users_manage);
  });
  auto const users = client.get(path + "/users");
  expect("look at its users", users, manages ? "ok" : refusal(account, who));
  if (manages && !belongs(account, who)) {
    ++counts_["a partner looks at its users"];
    for (size_t i = 0; i < persons_.size(); ++i)
      if (belongs(account, i) && users.body.find('"' + persons_[i].mail + '"') != std::string::npos)
        throw std::runtime_error("a partner sees " + persons_[i].mail + ": " + users.body);
  }
  size_t mine = 0;
  for (size_t i = 0; i < accounts_.size(); ++i) mine += !holding(i, who).empty();
  auto const listed = client.get("/api/v1/smart_accounts?limit=200").json.at("items").items().size();
  if (listed != mine)
    throw std::runtime_error(std::to_string(listed) + " accounts are listed instead of " + std::to_string(mine));
}

// Mails go out a few at a time, a second apart.
void Town::look_at_access_requests() {
  using enum accounts::AccessRequestStatus;
  for (int i = 0; i < 5; ++i) {
    world_.database.clock.advance(std::chrono::seconds(1));
    while (runner_.run_once()) {
    }
  }
  for (auto& request : access_requests_) {
    bool const is_open = request.status == PENDING || request.status == SENT;
    if (is_open && !request.is_looked_at) {
      request.is_looked_at = true;
      request.account = account_of(request.domain);
    }
    if (request.status == PENDING && now() >= request.made_at + accounts::access_request_period) {
      request.status = EXPIRED;
      ++counts_["a request for access expires"];
    }
    auto client = world_.as(persons_[request.requester].id);
    auto const own = client.get("/api/v1/access_requests/" + request.id);
    expect("look at one's request for access", own, "ok");
    if (own.json.at("status").as_string() != to_text(request.status))
      throw std::runtime_error(own.body + " should be " + std::string(to_text(request.status)));
  }
}

void Town::let_time_pass() {
  world_.database.clock.advance(chance(10) ? std::chrono::days(31) : std::chrono::hours(1 + random_.below(20)));
  // Somebody else of the staff, who does nothing else, lets its role last.
  world_.database->write([&](db::Tx& tx) {
    accounts::grant_operator_role(tx, world_.vault, staff_, access::OperatorRole::operator_admin, {});
  });
  look_at_access_requests();
  look_at_partner_requests();
  ++counts_["time passes"];
}

void Town::step() {
  world_.database.clock.advance(std::chrono::milliseconds(1));
  auto const what = random_.below(132);
  if (what < 4) {
    newcomer();
  } else if (what < 18) {
    found();
  } else if (what < 30) {
    decide();
  } else if (what < 34) {
    withdraw();
  } else if (what < 45) {
    ask_for_access();
  } else if (what < 57) {
    decide_access();
  } else if (what < 60) {
    withdraw_access();
  } else if (what < 73) {
    give_role();
  } else if (what < 87) {
    take_role();
  } else if (what < 93) {
    look();
  } else if (what < 100) {
    let_time_pass();
  } else if (what < 106) {
    grow();
  } else if (what < 114) {
    move();
  } else if (what < 118) {
    choose_default();
  } else if (what < 124) {
    ask_for_customer();
  } else if (what < 130) {
    answer_partner();
  } else {
    withdraw_from_customer();
  }
}

bool Town::is_tree_kept(db::ReadTx& tx) const {
  struct Row {
    VirtualAccountId id;
    std::optional<VirtualAccountId> parent;
    bool is_default;
  };
  std::map<VirtualAccountId, std::pair<std::optional<VirtualAccountId>, bool>> wanted, stored;
  for (auto const& account : accounts_)
    for (auto const& [id, place] : account.places) wanted[id] = {place.parent, id == account.default_place};
  for (auto const& row : tx.all<Row>("select virtual_account_id, parent_id, is_default from virtual_account"))
    stored[row.id] = {row.parent, row.is_default};
  return stored == wanted;
}

std::vector<std::string> Town::broken() {
  return world_.database->read([&](db::ReadTx& tx) {
    auto out = broken_rows(tx);
    if (!is_tree_kept(tx)) out.push_back("the virtual accounts do not stand where they were put");
    return out;
  });
}

}  // namespace menkyo::organizations
