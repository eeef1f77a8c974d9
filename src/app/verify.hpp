#pragma once
// `menkyo verify` and `menkyo audit verify`: is everything in the database what the program wrote there?

#include <string>

#include "app/service.hpp"

namespace menkyo::app {

// What a check looked at and found. A fault is a sentence that names the place.
struct Findings {
  int64_t smart_accounts = 0;
  int64_t events = 0, unsealed = 0, erased = 0;  // of the event log; erased: personal text gone, as may be
  bool looked_at_events = false, looked_at_books = false;
  std::vector<std::string> books, history;  // faults of ledgers and positions, and of the event log
  bool sound() const { return books.empty() && history.empty(); }
};

// Ledgers, positions, totals of all accounts. Reads one account in one transaction.
void verify_books(Service& service, Findings& findings);
// The sealed chains of all accounts and of the operator's own log, or of the one that `account` names: by its id, its
// domain, or as "operator". In short transactions and little memory, while the server runs too. Throws
// std::runtime_error with a sentence if there is no such account.
void verify_history(Service& service, std::string const& account, Findings& findings);

// Tells on standard output; what the exit status is to be.
int report(Findings const& findings, bool as_json);

}  // namespace menkyo::app
