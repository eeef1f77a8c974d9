#pragma once
// A small service for tests of operations: a database, a vault, a Dispatcher with the routes given, people who are
// signed in without paying for a password, and the customers they work for.

#include "accounts/accounts.hpp"
#include "tests/support/api_client.hpp"
#include "tests/support/sent_mail.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {

class World {
 public:
  // `kind` is "sqlite" or "postgres".
  explicit World(std::string const& kind);

  // Starts answering; services of other modules are added to `services` before.
  void serve(std::vector<api::Route> routes);

  PersonId person(std::string const& mail);
  // Somebody who is signed in; nobody if the id is empty.
  ApiClient as(PersonId person);
  // A Smart Account whose administrator is `administrator`@`domain`.
  SmartAccountId account(std::string const& domain, std::string const& administrator = "admin");
  PersonId administrator_of(SmartAccountId account);
  VirtualAccountId virtual_account(SmartAccountId account, std::string const& name,
                                   std::optional<VirtualAccountId> parent = {});
  // Gives a role past all rules.
  RoleGrantId grant(SmartAccountId account, PersonId person, access::Role role,
                    std::optional<VirtualAccountId> virtual_account = {}, std::optional<Instant> ends_at = {});
  PersonId operator_with(access::OperatorRole role);
  // The mails that were written since they were asked for last, in their order; or "template to" of each.
  std::vector<SentMail> new_mails();
  std::vector<std::string> letters();

  TestDatabase database;
  keys::Vault vault{keys::MasterKey{4, 5, 6}};
  api::Cursors cursors{Bytes(32, 7)};
  mail::Outbox outbox{vault, {"Menkyo", "https://licenses.example"}};
  people::Policy policy;
  api::Services services;
  std::optional<people::Authenticator> authenticator;
  std::optional<api::Dispatcher> dispatcher;

 private:
  std::map<SmartAccountId, PersonId> administrators_;
  int64_t made_ = 0;
  size_t mails_seen_ = 0;
};

}  // namespace menkyo::test
