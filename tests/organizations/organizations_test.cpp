// Many seeds of a town. MENKYO_SEED=<number> organizations_test replays one, MENKYO_SEEDS=<number> runs so many new
// ones.

#include <gmock/gmock.h>

#include <cstdlib>
#include <random>

#include "tests/organizations/town.hpp"

namespace menkyo::organizations {
namespace {

constexpr int steps = 160;

std::optional<uint64_t> number_from(char const* variable) {
  auto const* given = std::getenv(variable);
  return given ? std::optional(std::strtoull(given, nullptr, 10)) : std::nullopt;
}

std::vector<uint64_t> seeds(uint64_t count) {
  if (auto const one = number_from("MENKYO_SEED")) return {*one};
  auto const wanted = number_from("MENKYO_SEEDS");
  auto const first = wanted ? uint64_t(std::random_device{}()) : 1;
  std::vector<uint64_t> out;
  for (uint64_t i = 0; i < wanted.value_or(count); ++i) out.push_back(first + i);
  return out;
}

std::map<std::string, int> live(std::string const& kind, uint64_t seed) {
  SCOPED_TRACE(kind + "; replay it with MENKYO_SEED=" + std::to_string(seed) + " organizations_test");
  Town town(kind, seed);
  for (int i = 0; i < steps; ++i) {
    try {
      town.step();
    } catch (std::runtime_error const& error) {
      ADD_FAILURE() << "step " << i << ": " << error.what();
      break;
    }
    auto const broken = town.broken();
    EXPECT_THAT(broken, testing::IsEmpty()) << "after step " << i;
    if (!broken.empty()) break;
  }
  return town.counts();
}

// What the sanitizers slow down runs a tenth.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr uint64_t seeds_on_sqlite = 6, seeds_on_postgres = 1;
#else
constexpr uint64_t seeds_on_sqlite = 40, seeds_on_postgres = 5;
#endif

TEST(Organizations, on_sqlite_keep_their_rules) {
  std::map<std::string, int> counts;
  for (auto const seed : seeds(seeds_on_sqlite)) {
    for (auto const& [what, count] : live("sqlite", seed)) counts[what] += count;
    if (HasFailure()) return;
  }
  if (number_from("MENKYO_SEED")) return;
  // Runs in which nothing happens would prove nothing.
  for (auto* what : {"found at once: ok",
                     "found: name_taken",
                     "found with a prefix: ok",
                     "found of another domain: ok",
                     "approve: ok",
                     "decline: ok",
                     "approve too late: name_taken",
                     "decide again: conflict",
                     "decide: not_found",
                     "decide: forbidden",
                     "decide for staff: not_found",
                     "withdraw: ok",
                     "withdraw: conflict",
                     "withdraw another's: not_found",
                     "give a role: ok",
                     "give a role: forbidden",
                     "give a role: not_found",
                     "change the end of a role: ok",
                     "change the end of a role: conflict",
                     "take a role: ok",
                     "take a role: conflict",
                     "take a role: forbidden",
                     "grow: ok",
                     "grow: too_deep",
                     "grow: name_taken",
                     "move: ok",
                     "move: invalid",
                     "move: too_deep",
                     "move: name_taken",
                     "move: not_found",
                     "move: forbidden",
                     "choose the default: ok",
                     "choose the default: not_found",
                     "choose the default: forbidden",
                     "leave: ok",
                     "leave: conflict",
                     "look at an account: ok",
                     "look at an account: not_found",
                     "look at its users: forbidden",
                     "ask for access: ok",
                     "write to administrators: ok",
                     "approve access: ok",
                     "decline access: ok",
                     "decide about access: not_found",
                     "decide about access: forbidden",
                     "decide about access to another account: not_found",
                     "decide about access again: conflict",
                     "withdraw a request for access: ok",
                     "withdraw a request for access: conflict",
                     "withdraw another's request for access: not_found",
                     "a request for access expires",
                     "a partner looks at its users",
                     "ask for a customer: ok",
                     "ask for a customer: conflict",
                     "ask for oneself as a customer: invalid",
                     "accept a partner's wish at once: ok",
                     "accept a partner's wish with a prefix: ok",
                     "accept a partner's wish of another domain: ok",
                     "accept a partner's wish: name_taken",
                     "accept a partner's wish: conflict",
                     "accept a partner's wish for another: not_found",
                     "decline a partner's wish: ok",
                     "decline a partner's wish: conflict",
                     "decline a partner's wish for another: not_found",
                     "withdraw a request for a customer: ok",
                     "withdraw a request for a customer: conflict",
                     "withdraw another partner's request: not_found",
                     "a request for a customer lapses",
                     "time passes"})
    EXPECT_GT(counts[what], 0) << what;
  for (auto const& [what, count] : counts) RecordProperty(what, count);
}

TEST(Organizations, on_postgres_keep_their_rules) {
  for (auto const seed : seeds(seeds_on_postgres)) {
    live("postgres", seed);
    if (HasFailure()) return;
  }
}

// Each check notices what it is for.
TEST(OrganizationsChecks, notice_damage) {
  std::pair<char const*, char const*> const damages[] = {
      {"update smart_account set domain = 'other.example'", "a domain is not the account's"},
      {"update smart_account set name = 'Other'", "the name is not the account's"},
      {"update virtual_account set is_default = false", "not exactly one default"},
      {"update virtual_account set parent_id = virtual_account_id", "below itself"},
      {"update virtual_account set path = '/7/'", "path or depth"},
      {"update virtual_account set depth = 2", "path or depth"},
      {"delete from role_grant", "no lasting administrator"},
      {"update role_grant set ends_at = 1", "no lasting administrator"},
      {"update role_grant set role = 'sa_viewer'", "no event tells of a role sa_viewer"},
      {"delete from event where kind = 'role_granted'", "no event tells of a role sa_admin"},
      {"update account_request set status = 'APPROVED', decided_at = 1", "an approved request without its account"},
      {"update account_request set decided_at = 1", "a decided request without its time"},
      {"delete from timer", "a request waits without reminding"},
      {"update account_request set status = 'DECLINED', decided_at = 1", "a request reminds without waiting"},
      {"update access_request set status = 'APPROVED', decided_at = 1", "access was approved to no account"},
      {"update access_request set decided_at = 1", "a decided request for access without its time"},
      {"update access_request set status = 'DECLINED', decided_at = 1", "a timer for a request for access"},
      {"delete from timer", "a request for access waits without end"},
      {"delete from timer", "a request of a partner waits without end"},
      {"update partner_request set status = 'ACCEPTED', decided_at = 1",
       "an accepted request of a partner led to nothing"},
      {"update partner_request set account_request_id = partner_request_id", "was not accepted led to something"},
      {"update partner_request set decided_at = 1", "an answered request of a partner without its time"},
  };
  for (auto const& [statement, sentence] : damages) {
    std::string const& damage = statement;
    test::World world("sqlite");
    auto const account = world.account("kame.example");
    auto const requester = world.person("taro@kame.example");
    auto const broken = world.database->write([&](db::Tx& tx) {
      tx.exec(
          "insert into account_request (account_request_id, requester_id, decider_id, kind, status, name, domain, "
          "type, wrapped_form, created_at, reminders, version) values ($1, $2, $3, 'prefix', 'PENDING', 'T', "
          "'t.kame.example', 'CUSTOMER', $1, 1, 0, 1)",
          tx.new_id<AccountRequestId>(), requester, account);
      auto const id = tx.one<AccountRequestId>("select account_request_id from account_request").value();
      jobs::set_timer(tx, accounts::request_timer, {account, id.bytes, tx.now()});
      accounts::ask_for_access(
          tx, world.vault, world.outbox, requester,
          {accounts::WantedDomain("kame.example"), accounts::AccessPurpose::access, accounts::RequestText("")});
      accounts::NewPartnerRequest wish;
      wish.name = "Hotel";
      wish.customer_mail = "hana@hotel.example";
      accounts::ask_for_customer(tx, world.vault, requester, wish);
      EXPECT_THAT(broken_rows(tx), testing::IsEmpty());
      tx.exec(damage);
      return broken_rows(tx);
    });
    EXPECT_THAT(broken, testing::Contains(testing::HasSubstr(sentence))) << damage;
  }
}

}  // namespace
}  // namespace menkyo::organizations
