// `menkyo audit verify` and `menkyo verify`, the real program, on databases that were left alone and on others.

#include <gmock/gmock.h>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "audit/seal.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class AuditVerify : public ::testing::TestWithParam<std::string> {
 protected:
  AuditVerify() : place(GetParam(), false) {
    app::Settings settings;
    settings.data = folder.path;
    settings.database = place.url();
    app::Service service(settings);
    first = make(service, "aozora.example");
    second = make(service, "hoshi.example");
    while (service.runner().run_once()) {
    }
  }

  static SmartAccountId make(app::Service& service, std::string const& domain) {
    return service.database().write([&](db::Tx& tx) {
      return accounts::create_smart_account(
                 tx, service.vault(),
                 {"Account " + domain, domain, {"sora@" + domain, "Sora", "Ao", people::Language::ja}}, {})
          .smart_account.smart_account_id;
    });
  }

  template <class... A>
  void damage(std::string_view sql, A const&... args) {
    place.open();
    place->write([&](db::Tx& tx) { EXPECT_GT(tx.exec(sql, args...), 0) << sql; });
    place.close();
  }
  // The events of the first account in the order of its chain.
  std::vector<EventId> chain() {
    place.open();
    auto const out = place->read([&](db::ReadTx& tx) {
      return tx.all<EventId>("select event_id from event_seal where smart_account_id = $1 order by sequence", first);
    });
    place.close();
    return out;
  }

  Ended run(std::vector<std::string> words) const {
    for (auto const& word : {std::string("--data"), folder.path.string(), std::string("--database"), place.url()})
      words.push_back(word);
    return run_program(words);
  }
  // Both commands name the place and fail.
  void expect_fault(std::string const& sentence) {
    auto const audit = run({"audit", "verify"});
    EXPECT_EQ(audit.status, 1) << audit.output;
    EXPECT_THAT(audit.output,
                AllOf(HasSubstr("Smart Account " + first.text() + ", " + sentence), HasSubstr("1 fault\n"),
                      HasSubstr("compare the events named first with the newest backup")));
    auto const all = run({"verify"});
    EXPECT_EQ(all.status, 1) << all.output;
    EXPECT_THAT(all.output, HasSubstr(sentence));
    // The other account is still sound.
    auto const other = run({"audit", "verify", "--account", "hoshi.example"});
    EXPECT_EQ(other.status, 0) << other.output;
  }

  TemporaryFolder folder;
  TestDatabase place;
  SmartAccountId first, second;
};
MENKYO_ON_BOTH_DATABASES(AuditVerify);

TEST_P(AuditVerify, passes_what_was_left_alone) {
  auto const count = chain().size();
  ASSERT_GE(count, 3U);
  // Two accounts with the same beginning, and the two persons in the operator's own log.
  auto const events = std::to_string(2 * count + 2);
  auto const all = run({"audit", "verify"});
  EXPECT_EQ(all.status, 0) << all.output;
  EXPECT_THAT(all.output, HasSubstr("2 Smart Accounts checked, " + events + " events (0 not sealed yet), 0 faults"));
  auto const one = run({"audit", "verify", "--account", first.text(), "--json"});
  EXPECT_EQ(one.status, 0) << one.output;
  EXPECT_EQ(one.output, R"({"smart_accounts":1,"events":)" + std::to_string(count) +
                            R"(,"events_unsealed":0,"events_erased":0,"broken":[]})" + "\n");
  EXPECT_THAT(run({"audit", "verify", "--account", "operator"}).output, HasSubstr(" 2 events"));
  EXPECT_THAT(run({"verify", "--json"}).output,
              HasSubstr(R"({"smart_accounts":2,"events":)" + events + R"(,"events_unsealed":0)"));
}

TEST_P(AuditVerify, tells_whom_it_does_not_know) {
  auto const unknown = run({"audit", "verify", "--account", "nobody.example"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.output, HasSubstr("There is no Smart Account \"nobody.example\". Name it by"));
  EXPECT_EQ(run({"audit", "verify", "--acount", "x"}).status, 2);
  EXPECT_EQ(run({"audit"}).status, 2);
}

TEST_P(AuditVerify, finds_an_event_that_was_changed) {
  auto const events = chain();
  damage("update event set data = 'x' where event_id = $1", events[1]);
  expect_fault("link 2: event " + events[1].text() + " was changed.");
}

TEST_P(AuditVerify, finds_an_event_that_was_deleted) {
  auto const events = chain();
  damage("delete from event where event_id = $1", events[1]);
  expect_fault("link 2: event " + events[1].text() + " was removed.");
}

TEST_P(AuditVerify, finds_events_that_were_swapped) {
  auto const events = chain();
  damage("update event_seal set event_id = $2 where event_id = $1", events[0], EventId{{1}});
  damage("update event_seal set event_id = $2 where event_id = $1", events[1], events[0]);
  damage("update event_seal set event_id = $2 where event_id = $1", EventId{{1}}, events[1]);
  auto const found = run({"audit", "verify"});
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.output,
              AllOf(HasSubstr("link 1: event " + events[1].text() + " was changed."),
                    HasSubstr("link 2: event " + events[0].text() + " was changed."), HasSubstr("2 faults")));
}

TEST_P(AuditVerify, finds_an_event_that_was_added) {
  EventId const forged{{0x7f}};
  damage(
      "insert into event (smart_account_id, event_id, at, kind, actor_kind, subject_kind, data) values ($1, $2, 1, "
      "'role_granted', 'person', '', 'x')",
      first, forged);
  expect_fault("event " + forged.text() + " was added past the program.");
}

// Somebody who went on with the chain in the right way, all but the signature.
TEST_P(AuditVerify, finds_a_chain_that_was_forged) {
  damage("delete from event_seal where smart_account_id = $1", first);
  damage("delete from event_head where smart_account_id = $1", first);
  damage("update event set data = 'x' where smart_account_id = $1", first);
  damage(
      "insert into event_unsealed (smart_account_id, event_id) select smart_account_id, event_id from event where "
      "smart_account_id = $1",
      first);
  place.open();
  place->write([](db::Tx& tx) {
    audit::seal_pending(
        tx, [](auto) { return "e30.e30.AAAA"; }, 100);
  });
  place.close();
  expect_fault("the signature of the head of the chain, over link " + std::to_string(chain().size()) +
               ", is not this service's.");
}

TEST_P(AuditVerify, finds_a_history_that_is_gone_and_one_of_nobody) {
  for (auto const* table : {"event", "event_seal", "event_head"})
    damage(std::string("delete from ") + table + " where smart_account_id = $1", first);
  damage(
      "insert into event (smart_account_id, event_id, at, kind, actor_kind, subject_kind, data) values ($1, $2, 1, "
      "'role_granted', 'person', '', 'x')",
      SmartAccountId{{0x70}}, EventId{{0x7f}});
  auto const found = run({"audit", "verify"});
  EXPECT_EQ(found.status, 1);
  EXPECT_THAT(found.output, AllOf(HasSubstr(first.text() + " has no events at all"),
                                  HasSubstr(SmartAccountId{{0x70}}.text() + " has events and does not exist")));
}

}  // namespace
}  // namespace menkyo::test
