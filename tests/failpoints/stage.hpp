#pragma once
// An installation on which single operations are tried, each with things of its own, and what they leave in the
// database.

#include "http/server.hpp"
#include "people/programs.hpp"
#include "tests/support/house.hpp"

namespace menkyo::test {

// What a caller was told.
struct Told {
  int status = 0;  // 0: nothing, as of work that nobody waits for
  std::string code, body;

  bool well() const { return status >= 200 && status < 300; }
  // Told that nothing was done. Whatever else is no answer to rely on.
  bool refused() const { return status >= 400 && code != "outcome_unknown" && code != "internal"; }
};

Told told_by(api::Response const& response);
// Runs it; a Problem, or what else is thrown, is told as the API would.
Told told_by(std::function<void()> const& work);

// How many rows there are, and the sums of what counts in them, by table and column; none that is nought.
using Effects = std::map<std::string, int64_t>;
Effects difference(Effects const& after, Effects const& before);
std::string text_of(Effects const& effects);

class Stage {
 public:
  // `kind` as for TestDatabase. The service is open.
  Stage(std::string const& kind, uint64_t seed);
  ~Stage();

  void open();
  void close();
  // From now on requests go over sockets to a server in this process.
  void serve();
  app::Service& service() { return *service_; }
  // Throws if no answer comes.
  api::Response ask(api::Request request);
  Effects measure();
  std::vector<std::string> broken();

  // Things of their own for one operation.
  int64_t number() { return ++numbers_; }
  std::string new_session(PersonId person);
  PersonId new_person(std::string const& mail);
  VirtualAccountId new_virtual_account();
  devices::CreatedToken new_token(VirtualAccountId va);
  LotId new_term(VirtualAccountId va, Duration lives);
  RoleGrantId new_grant(PersonId person, VirtualAccountId va);
  RoleGrantId new_administrator(PersonId person);
  void set_headquarters();
  // The number of a new location of the account.
  int64_t new_location();
  CustomTagId new_tag();
  // With that member, and a role.
  std::pair<UserGroupId, GroupGrantId> new_group(std::string const& member);
  // Of a product, with its first edition in force or as a draft.
  PublicationId new_agreement(bool is_published);
  std::string product_without_agreement();
  // In the person's address book.
  PersonAddressId new_address(PersonId person);
  people::MadeProgram new_program(PersonId maker);  // for the installation's account
  void new_staff(PersonId person);                  // of the operator, for the catalogue
  void assist();                                    // the staff helps the installation's account
  void forget_assistance();
  void hide_contacts();  // of the account's administrators
  void forget_notification_addresses();
  NotificationAddressId new_notification_address(std::string const& mail);
  void employ(PersonId person);  // all that a Smart Account needs of the person
  // Registered with that token.
  std::shared_ptr<TestDevice> new_device(devices::CreatedToken const& token);
  Outcome exchange(TestDevice& device, Sent const& sent);

  ShiftedClock clock;
  Installation installation;
  PersonId staff;  // has every role of the operator

 private:
  RoleGrantId insert_grant(PersonId person, access::Role role, std::optional<VirtualAccountId> va);

  std::unique_ptr<app::Service> service_;
  std::unique_ptr<http::Server> server_;
  std::string measuring_;  // one statement
  int64_t numbers_ = 0;
};

}  // namespace menkyo::test
