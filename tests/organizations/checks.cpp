#include "base/text.hpp"
#include "tests/organizations/town.hpp"

namespace menkyo::organizations {

namespace {

using Sentences = std::vector<std::string>;

struct Line {
  std::string text;
};

void say(db::ReadTx& tx, Sentences& out, std::string const& what, std::string_view sql) {
  for (auto const& line : tx.all<Line>(sql)) out.push_back(what + ": " + line.text);
}

void check_names(db::ReadTx& tx, Sentences& out) {
  struct Row {
    std::string name, domain;
    SmartAccountId id;
  };
  std::set<std::string> names, domains;
  for (auto const& row : tx.all<Row>("select name, domain, smart_account_id from smart_account")) {
    if (!names.insert(fold_name(row.name)).second) out.push_back("two accounts are called " + row.name);
    if (!domains.insert(row.domain).second) out.push_back("two accounts have the domain " + row.domain);
    auto const owner = tx.one<SmartAccountId>("select smart_account_id from smart_account_name where name_key = $1",
                                              fold_name(row.name));
    if (owner != row.id) out.push_back("the name is not the account's: " + row.name);
  }
  say(tx, out, "a domain is not the account's",
      "select d.domain from smart_account_domain d left join smart_account a on a.smart_account_id = "
      "d.smart_account_id and a.domain = d.domain where a.smart_account_id is null");
}

void check_accounts(db::ReadTx& tx, Sentences& out) {
  say(tx, out, "not exactly one default",
      "select a.name from smart_account a where (select count(*) from virtual_account v where v.smart_account_id = "
      "a.smart_account_id and v.is_default) <> 1");
  say(tx, out, "no lasting administrator",
      "select a.name from smart_account a where not exists (select 1 from role_grant g join person p on p.person_id "
      "= "
      "g.person_id where g.smart_account_id = a.smart_account_id and g.role = 'sa_admin' and g.ends_at is null and "
      "p.disabled_at is null)");
}

void check_trees(db::ReadTx& tx, Sentences& out) {
  struct Place {
    VirtualAccountId id;
    std::optional<VirtualAccountId> parent;
    int64_t number, depth;
    std::string path;
  };
  std::map<VirtualAccountId, Place> places;
  for (auto& place : tx.all<Place>("select virtual_account_id, parent_id, number, depth, path from virtual_account"))
    places.emplace(place.id, std::move(place));
  for (auto const& [id, place] : places) {
    std::string path = "/";
    size_t depth = 0;
    for (auto next = std::optional(id); next && depth <= places.size(); next = places.at(*next).parent) {
      path = "/" + std::to_string(places.at(*next).number) + path;
      ++depth;
    }
    if (depth > places.size())
      out.push_back("a virtual account stands below itself: " + id.text());
    else if (place.path != path || place.depth != int64_t(depth))
      out.push_back("path or depth is not that of the chain of parents: " + place.path);
  }
}

void check_grants(db::ReadTx& tx, Sentences& out) {
  // An event of a role names account, place, person and role.
  struct Told {
    SmartAccountId account;
    std::optional<VirtualAccountId> place;
    PersonId person;
    std::string data, kind;
  };
  std::map<std::string, bool> given;
  auto const key = [](auto const& account, auto const& place, auto const& person, std::string const& role) {
    return account.text() + (place ? place->text() : "") + person.text() + role;
  };
  for (auto const& t : tx.all<Told>("select smart_account_id, virtual_account_id, subject_id, data, kind from event "
                                    "where kind = 'role_granted' or kind = 'role_revoked' order by event_id"))
    given[key(t.account, t.place, t.person, protocol::json::parse(t.data).at("role").as_string())] =
        t.kind == "role_granted";
  struct There {
    SmartAccountId account;
    std::optional<VirtualAccountId> place;
    PersonId person;
    std::string role;
  };
  size_t there = 0;
  for (auto const& g :
       tx.all<There>("select smart_account_id, virtual_account_id, person_id, role from role_grant")) {
    ++there;
    auto const told = given.find(key(g.account, g.place, g.person, g.role));
    if (told == given.end() || !told->second) out.push_back("no event tells of a role " + g.role);
  }
  size_t const told = size_t(std::count_if(given.begin(), given.end(), [](auto const& each) { return each.second; }));
  if (told != there)
    out.push_back(std::to_string(told) + " roles were given and not taken, " + std::to_string(there) + " are there");
}

void check_requests(db::ReadTx& tx, Sentences& out) {
  say(tx, out, "an approved request without its account",
      "select r.name from account_request r left join smart_account a on a.smart_account_id = r.smart_account_id and "
      "a.domain = r.domain where r.status = 'APPROVED' and a.smart_account_id is null");
  say(tx, out, "a request that was not approved has an account",
      "select name from account_request where status <> 'APPROVED' and smart_account_id is not null");
  say(tx, out, "a decided request without its time",
      "select name from account_request where (status = 'PENDING') <> (decided_at is null)");
  say(tx, out, "a request reminds without waiting",
      "select cast('a timer' as text) from timer t where t.kind = 'account_request' and not exists (select 1 from "
      "account_request r where r.account_request_id = t.subject_id and r.status = 'PENDING')");
  say(tx, out, "a request waits without reminding",
      "select r.name from account_request r where r.status = 'PENDING' and r.reminders < 2 and not exists (select 1 "
      "from timer t where t.kind = 'account_request' and t.subject_id = r.account_request_id)");
}

void check_access_requests(db::ReadTx& tx, Sentences& out) {
  say(tx, out, "access was approved to no account",
      "select r.domain from access_request r left join smart_account a on a.smart_account_id = r.smart_account_id "
      "and a.domain = r.domain where r.status = 'APPROVED' and a.smart_account_id is null");
  say(tx, out, "a decided request for access without its time",
      "select domain from access_request where (status in ('PENDING', 'SENT')) <> (decided_at is null)");
  say(tx, out, "a timer for a request for access that waits for nothing",
      "select cast('a timer' as text) from timer t where t.kind = 'access_request' and not exists (select 1 from "
      "access_request r where r.access_request_id = t.subject_id and (r.status = 'PENDING' or (r.status = 'SENT' and "
      "r.told_at is null)))");
  say(tx, out, "a request for access waits without end",
      "select r.domain from access_request r where (r.status = 'PENDING' or (r.status = 'SENT' and r.told_at is "
      "null)) and not exists (select 1 from timer t where t.kind = 'access_request' and t.subject_id = "
      "r.access_request_id)");
}

void check_partner_requests(db::ReadTx& tx, Sentences& out) {
  say(tx, out, "an accepted request of a partner led to nothing",
      "select r.name from partner_request r left join smart_account a on a.smart_account_id = r.smart_account_id and "
      "a.domain = r.domain left join account_request q on q.account_request_id = r.account_request_id and q.domain = "
      "r.domain where r.status = 'ACCEPTED' and a.smart_account_id is null and q.account_request_id is null");
  say(tx, out, "a request of a partner that was not accepted led to something",
      "select name from partner_request where status <> 'ACCEPTED' and (smart_account_id is not null or "
      "account_request_id is not null)");
  say(tx, out, "an answered request of a partner without its time",
      "select name from partner_request where (status = 'PENDING_CUSTOMER_ACCEPTANCE') <> (decided_at is null)");
  say(tx, out, "a request of a partner waits without end",
      "select r.name from partner_request r where (r.status = 'PENDING_CUSTOMER_ACCEPTANCE') <> exists (select 1 "
      "from "
      "timer t where t.kind = 'partner_request' and t.subject_id = r.partner_request_id)");
}

}  // namespace

std::vector<std::string> broken_rows(db::ReadTx& tx) {
  Sentences out;
  check_names(tx, out);
  check_accounts(tx, out);
  check_trees(tx, out);
  check_grants(tx, out);
  check_requests(tx, out);
  check_access_requests(tx, out);
  check_partner_requests(tx, out);
  return out;
}

}  // namespace menkyo::organizations
