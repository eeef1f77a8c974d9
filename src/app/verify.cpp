#include "app/verify.hpp"

#include <algorithm>
#include <iostream>

#include "accounts/accounts.hpp"
#include "accounts/groups.hpp"
#include "accounts/tags.hpp"
#include "audit/seal.hpp"
#include "licenses/invariants.hpp"
#include "protocol/json.hpp"

namespace menkyo::app {

namespace {

constexpr std::string_view operators_own = "operator";

std::string name_of(SmartAccountId account) {
  return account ? "Smart Account " + account.text() : "The operator's own log";
}

SmartAccountId account_named(Service& service, std::string const& name) {
  if (name == operators_own) return {};
  auto const found = service.database().read([&](db::ReadTx& tx) {
    auto const id = SmartAccountId::parse(name);
    if (!id) return accounts::find_account_by_domain(tx, name);
    auto const all = accounts::all_smart_accounts(tx);
    return std::find(all.begin(), all.end(), *id) == all.end() ? std::nullopt : id;
  });
  if (!found)
    throw std::runtime_error(
        "There is no Smart Account \"" + name +
        "\". Name it by its id (sa_...) or its domain, or say \"operator\" for the operator's own "
        "log.");
  return *found;
}

// Of one account; `born` if the account exists and must have the event that says so.
void verify_chain(Service& service, SmartAccountId account, bool born, Findings& findings) {
  audit::ChainCheck check(
      service.vault(),
      [&service](std::string_view text, std::string_view signature) {
        return service.authority().signed_here(keys::event_head_type, text, signature);
      },
      account);
  // Each piece reads in a transaction of its own: a long one would hold back SQLite's log.
  while (service.database().read([&](db::ReadTx& tx) { return check.further(tx); })) {
  }
  auto const& report = check.report();
  findings.events += report.events;
  findings.unsealed += report.unsealed;
  findings.erased += report.erased;
  for (auto const& fault : report.faults) findings.history.push_back(name_of(account) + ", " + fault + ".");
  if (born && report.events == 0 && report.faults.empty())
    findings.history.push_back(name_of(account) + " has no events at all: its history was removed.");
}

void list(protocol::json::Writer& w, std::vector<std::string> const& sentences) {
  for (auto const& sentence : sentences) w.string(sentence);
}

int report_json(Findings const& f) {
  std::string out;
  protocol::json::Writer w(out);
  w.begin_object().member("smart_accounts", f.smart_accounts);
  if (f.looked_at_events)
    w.member("events", f.events).member("events_unsealed", f.unsealed).member("events_erased", f.erased);
  w.key("broken").begin_array();
  list(w, f.books);
  list(w, f.history);
  w.end_array().end_object();
  std::cout << out << "\n";
  return f.sound() ? 0 : 1;
}

}  // namespace

void verify_books(Service& service, Findings& findings) {
  findings.looked_at_books = true;
  findings.smart_accounts = 0;
  for (auto const account :
       service.database().read([](db::ReadTx& tx) { return accounts::all_smart_accounts(tx); })) {
    service.database().read([&](db::ReadTx& tx) {
      for (auto const& found : {accounts::broken_tree(tx, account), accounts::broken_tags(tx, account),
                                accounts::broken_groups(tx, account),
                                licenses::broken_invariants(tx, *service.catalogs().at(tx), account)})
        findings.books.insert(findings.books.end(), found.begin(), found.end());
    });
    ++findings.smart_accounts;
  }
}

void verify_history(Service& service, std::string const& account, Findings& findings) {
  findings.looked_at_events = true;
  if (!account.empty()) {
    auto const id = account_named(service, account);
    findings.smart_accounts = id ? 1 : 0;
    return verify_chain(service, id, bool(id), findings);
  }
  auto known = service.database().read([](db::ReadTx& tx) { return accounts::all_smart_accounts(tx); });
  std::sort(known.begin(), known.end());
  findings.smart_accounts = int64_t(known.size());
  verify_chain(service, {}, false, findings);
  for (auto const id : known) verify_chain(service, id, true, findings);
  // Events of an account that there is not; none should be.
  for (SmartAccountId last;;) {
    auto const next = service.database().read([&](db::ReadTx& tx) { return audit::next_account(tx, last); });
    if (!next) break;
    last = *next;
    if (std::binary_search(known.begin(), known.end(), last)) continue;
    auto const now = service.database().read([](db::ReadTx& tx) { return accounts::all_smart_accounts(tx); });
    if (std::find(now.begin(), now.end(), last) != now.end()) continue;  // made since
    findings.history.push_back(name_of(last) + " has events and does not exist.");
  }
}

int report(Findings const& f, bool as_json) {
  if (as_json) return report_json(f);
  for (auto const* faults : {&f.books, &f.history})
    for (auto const& sentence : *faults) std::cout << sentence << "\n";
  if (!f.books.empty())
    std::cout << "Ledgers and positions differ from what the raw rows give. Stop the server, keep a copy of the "
                 "database as it is, and report this.\n";
  if (!f.history.empty())
    std::cout << "The event log is not as Menkyo wrote it: somebody changed the database past the program, or it is "
                 "damaged. Keep a copy of the database as it is now, and compare the events named first with the "
                 "newest backup in which `menkyo audit verify` finds nothing.\n";
  std::cout << f.smart_accounts << " Smart Accounts checked";
  if (f.looked_at_events) std::cout << ", " << f.events << " events (" << f.unsealed << " not sealed yet)";
  auto const faults = f.books.size() + f.history.size();
  std::cout << ", " << faults << (faults == 1 ? " fault\n" : " faults\n");
  return f.sound() ? 0 : 1;
}

}  // namespace menkyo::app
