#include "audit/audit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "audit/seal.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Audit : public ::testing::TestWithParam<std::string> {
 protected:
  Audit() { db.open(); }
  EventId write(SmartAccountId account, std::string const& name, std::string const& personal = "",
                std::optional<VirtualAccountId> va = {}) {
    db.clock.advance(std::chrono::milliseconds(1));
    return db->write([&](db::Tx& tx) {
      return record(tx, vault,
                    {.smart_account_id = account,
                     .kind = EventKind::virtual_account_created,
                     .actor = {},
                     .virtual_account_id = va,
                     .data = {{"name", name}, {"count", 3}},
                     .personal = personal});
    });
  }
  int64_t seal(int64_t limit = 100) {
    return db->write([&](db::Tx& tx) {
      return seal_pending(
          tx, [](std::string_view text) { return "signed " + std::string(text); }, limit);
    });
  }
  ChainReport verify(SmartAccountId account) {
    return db->read([&](db::ReadTx& tx) { return verify_chain(tx, vault, account, is_signed); });
  }
  static bool is_signed(std::string_view text, std::string_view signature) {
    return signature == "signed " + std::string(text);
  }
  void damage(std::string_view sql, EventId event) {
    db->write([&](db::Tx& tx) { EXPECT_EQ(tx.exec(sql, event), 1); });
  }

  test::TestDatabase db{GetParam()};
  keys::Vault vault{keys::MasterKey{1}};
  SmartAccountId account{{1}}, other{{2}};
};
MENKYO_ON_BOTH_DATABASES(Audit);

TEST_P(Audit, is_read_newest_first_and_by_virtual_account) {
  VirtualAccountId const va{{9}};
  auto const first = write(account, "a");
  auto const second = write(account, "b", "Taro", va);
  write(other, "c");
  db->read([&](db::ReadTx& tx) {
    auto const all = read_events(tx, vault, account, {}, {}, 10);
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].event_id, second);
    EXPECT_EQ(all[0].personal, "Taro");
    EXPECT_EQ(all[0].data, R"({"name":"b","count":3})");
    EXPECT_EQ(all[1].event_id, first);
    EXPECT_EQ(read_events(tx, vault, account, {}, second, 10).size(), 1U);
    EXPECT_EQ(read_events(tx, vault, account, va, {}, 10).size(), 1U);
    EXPECT_EQ(read_events(tx, vault, account, {}, {}, 1).size(), 1U);
  });
}

TEST_P(Audit, keeps_the_order_of_a_transaction) {
  auto const numbered = [&](int64_t i) {
    return Event{
        .smart_account_id = account, .kind = EventKind::virtual_account_created, .actor = {}, .data = {{"count", i}}};
  };
  db->write([&](db::Tx& tx) {
    for (int64_t i = 0; i < 20; ++i) record(tx, vault, numbered(i));
    std::vector<Event> more;
    for (int64_t i = 20; i < 40; ++i) more.push_back(numbered(i));
    record(tx, vault, more);
  });
  auto const events = db->read([&](db::ReadTx& tx) { return read_events(tx, vault, account, {}, {}, 100); });
  ASSERT_EQ(events.size(), 40U);
  for (size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].data, R"({"count":)" + std::to_string(39 - i) + "}");
}

TEST_P(Audit, is_followed_from_an_instant_on) {
  auto const first = write(account, "a");
  db.clock.advance(std::chrono::seconds(1));
  auto const begin = db->now();
  auto const second = write(other, "b");
  db->read([&](db::ReadTx& tx) {
    auto const notices = events_since(tx, first_event_id(begin), 10);
    ASSERT_EQ(notices.size(), 1U);
    EXPECT_EQ(notices[0].event_id, second);
    EXPECT_EQ(notices[0].smart_account_id, other);
    EXPECT_EQ(events_since(tx, {}, 10).front().event_id, first);
  });
}

TEST_P(Audit, is_sealed_in_chains_of_their_own) {
  for (int i = 0; i < 5; ++i) write(account, "a" + std::to_string(i), i % 2 ? "Taro" : "");
  write(other, "b");
  EXPECT_EQ(seal(4), 4);
  EXPECT_EQ(verify(account).unsealed, 1);
  EXPECT_EQ(seal(), 2);
  EXPECT_EQ(seal(), 0);
  write(account, "late");
  EXPECT_EQ(seal(), 1);
  auto const report = verify(account);
  EXPECT_THAT(report.faults, IsEmpty());
  EXPECT_EQ(report.sealed, 6);
  ASSERT_TRUE(report.head);
  EXPECT_EQ(report.head->sequence, 6);
  EXPECT_EQ(report.head->signature, "signed " + head_text(*report.head));
  EXPECT_EQ(verify(other).sealed, 1);
  EXPECT_THAT(verify(SmartAccountId{{3}}).faults, IsEmpty());
}

TEST_P(Audit, shows_every_change_of_what_was_sealed) {
  write(account, "a");
  auto const changed = write(account, "b");
  write(account, "c");
  seal();
  damage("update event set data = 'x' where event_id = $1", changed);
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr(changed.text() + " was changed")));
}

TEST_P(Audit, shows_what_was_removed) {
  write(account, "a");
  auto const removed = write(account, "b");
  seal();
  damage("delete from event where event_id = $1", removed);
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr("link 2: event " + removed.text() + " was removed")));
}

TEST_P(Audit, shows_a_chain_that_was_cut_or_went_around) {
  write(account, "a");
  auto const last = write(account, "b");
  seal();
  damage("delete from event_seal where event_id = $1", last);
  EXPECT_THAT(verify(account).faults,
              ElementsAre(HasSubstr("its head says: link 2"), HasSubstr(last.text() + " was added past")));
  auto const fresh = write(other, "c");
  damage("delete from event_unsealed where event_id = $1", fresh);
  EXPECT_THAT(verify(other).faults, ElementsAre(HasSubstr(fresh.text() + " was added past")));
}

TEST_P(Audit, shows_events_that_changed_places) {
  auto const first = write(account, "a"), second = write(account, "b");
  seal();
  auto const place = [&](EventId event, int64_t sequence) {
    db->write([&](db::Tx& tx) {
      tx.exec("update event_seal set sequence = $2 where smart_account_id = $1 and event_id = $3", account, sequence,
              event);
    });
  };
  place(first, 3);
  place(second, 1);
  place(first, 2);
  EXPECT_THAT(verify(account).faults,
              ElementsAre(HasSubstr("link 1"), HasSubstr("link 2"), HasSubstr("link 2, which is not")));
}

// Somebody who can calculate the chain cannot sign its head.
TEST_P(Audit, shows_a_chain_that_somebody_else_went_on_with) {
  write(account, "a");
  seal();
  write(account, "forged");
  db->write([&](db::Tx& tx) {
    seal_pending(
        tx, [](auto) { return "a scrawl"; }, 100);
  });
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr("signature of the head")));
  db->write([&](db::Tx& tx) { tx.exec("delete from event_head where smart_account_id = $1", account); });
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr("head of the chain was removed")));
}

TEST_P(Audit, shows_what_happened_to_events_before_they_were_sealed) {
  auto const removed = write(account, "a");
  write(account, "b");
  damage("delete from event where event_id = $1", removed);
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr(removed.text() + " was removed before it was sealed")));
  auto const twice = write(other, "c");
  seal();
  db->write([&](db::Tx& tx) {
    tx.exec("insert into event_unsealed (smart_account_id, event_id) values ($1, $2)", other, twice);
  });
  EXPECT_THAT(verify(other).faults, ElementsAre(HasSubstr(twice.text() + " is in the chain and waits")));
}

// What no program writes is a fault too, not the end of the check.
TEST_P(Audit, shows_values_that_there_are_not) {
  auto const event = write(account, "a");
  seal();
  damage("update event set kind = 'tea_was_served' where event_id = $1", event);
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr(event.text() + " was changed")));
}

TEST_P(Audit, is_checked_in_pieces_and_goes_on_where_it_was) {
  ChainCheck check(vault, is_signed, account);
  int reads = 0;
  auto const go_on = [&] {
    for (bool more = true; more; ++reads) more = db->read([&](db::ReadTx& tx) { return check.further(tx, 2); });
  };
  for (int i = 0; i < 7; ++i) write(account, "a" + std::to_string(i), i % 3 ? "" : "Taro");
  seal(5);
  go_on();
  EXPECT_EQ(reads, 7);  // 5 links in three, 7 events in four
  EXPECT_EQ(check.report().sealed, 5);
  EXPECT_EQ(check.report().events, 7);
  EXPECT_EQ(check.report().unsealed, 2);
  seal();
  write(account, "late");
  go_on();
  EXPECT_EQ(check.report().sealed, 7);
  EXPECT_EQ(check.report().events, 8);
  EXPECT_THAT(check.report().faults, IsEmpty());
  // Only what is new is looked at: what was changed behind it is for a new check to find.
  seal();
  auto const late = db->read([&](db::ReadTx& tx) { return read_events(tx, vault, account, {}, {}, 10); });
  damage("update event set data = 'x' where event_id = $1", late.back().event_id);
  damage("update event set data = 'x' where event_id = $1", late.front().event_id);
  go_on();
  EXPECT_THAT(check.report().faults, ElementsAre(HasSubstr("link 8: event " + late.front().event_id.text())));
  EXPECT_EQ(verify(account).faults.size(), 2U);
}

TEST_P(Audit, knows_every_account_that_has_a_history) {
  write(SmartAccountId{}, "the operator's own");
  write(other, "b");
  write(account, "a");
  db->read([&](db::ReadTx& tx) {
    EXPECT_EQ(next_account(tx, {}), account);
    EXPECT_EQ(next_account(tx, account), other);
    EXPECT_EQ(next_account(tx, other), std::nullopt);
  });
}

TEST_P(Audit, lets_personal_text_be_erased_but_not_changed) {
  auto const event = write(account, "a", "Taro");
  auto const swapped = write(account, "b", "Jiro");
  seal();
  damage("delete from event_personal where event_id = $1", event);
  EXPECT_EQ(verify(account).erased, 1);
  EXPECT_THAT(verify(account).faults, IsEmpty());
  db->write([&](db::Tx& tx) {
    tx.exec("update event_personal set wrapped_value = $2 where event_id = $1", swapped,
            vault.seal("event_personal", as_bytes("Hanako"), tx.random()));
  });
  EXPECT_THAT(verify(account).faults, ElementsAre(HasSubstr("personal text")));
}

}  // namespace
}  // namespace menkyo::audit
