#pragma once
// Five people with different roles who work in the simulated account through the operations of the API, as signed-in
// callers. They ask for what they may do and for what they may not, sometimes twice, sometimes with a session that
// has ended. What must come of it is the model's to say.

#include <optional>

#include "api/page.hpp"
#include "mail/mail.hpp"
#include "tests/simulation/scene.hpp"
#include "tests/support/api_client.hpp"

namespace menkyo::simulation {

class People {
 public:
  // Puts them into the world, with roles that follow from `seed`. All must outlive it.
  People(test::DeviceWorld& world, Model& model, Random& random, uint64_t seed);

  // One of them does something; returns what, and whether it was refused: "create token", "create token: forbidden".
  // Throws Unexpected if the service does otherwise than the model.
  std::string act();
  // Around a restart of the world.
  void close() { dispatcher_.reset(); }
  void open();

 private:
  struct Person {
    PersonId id;
    std::string mail;
    std::string session;  // of its last request
    Instant signed_in_at{};
  };
  struct Asked {
    api::Method method;
    std::string path, body, if_match;
  };

  uint64_t chance(uint64_t bound) { return random_.below(bound); }
  bool one_in(uint64_t n) { return chance(n) == 0; }
  template <class T>
  T const& any(std::vector<T> const& list) {
    return list[chance(list.size())];
  }
  VirtualAccountId any_node();
  std::string at(VirtualAccountId va) const;

  void put(size_t person, Role role, std::optional<VirtualAccountId> va);
  void sign_in(Person& person);
  test::Answer send(Person const& person, Asked const& asked, std::string const& key);
  // Sends it, some with an idempotency key, of those some twice; some with an ended session before. Throws Unexpected
  // if the answer is not `refusal`, or if a refused request changed anything.
  test::Answer ask(Person& person, Asked const& asked, std::string const& refusal);

  std::string create_token(Person& person);
  std::string revoke_token(Person& person);
  std::string read_token(Person& person);
  std::string create_node(Person& person);
  std::string rename_node(Person& person);
  std::string move_node(Person& person);
  std::string make_default(Person& person);
  std::string delete_node(Person& person);
  std::string remove_device(Person& person);
  Grant wished_role(Person const& whom);
  std::string grant(Person& person);
  std::string revoke(Person& person);
  std::string look_around(Person& person);

  test::DeviceWorld& world_;
  Model& model_;
  Random& random_;
  api::Services services_;
  api::Cursors cursors_{Bytes(32, 3)};
  mail::Outbox outbox_{world_.vault, {}};
  std::optional<api::Dispatcher> dispatcher_;
  std::vector<Person> people_;
  int64_t sessions_ = 0, names_ = 0;
};

}  // namespace menkyo::simulation
