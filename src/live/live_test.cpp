#include "live/live.hpp"

#include <gmock/gmock.h>

#include <future>

#include "tests/support/tenant.hpp"

namespace menkyo::live {
namespace {

using access::Role;
using ::testing::HasSubstr;
using ::testing::Not;

// One end of a stream, as a page has it.
class Page {
 public:
  void take(api::Response r) {
    stream_ = r.stream;
    stream_->start([this](std::string text) {
      std::lock_guard lock(mutex_);
      if (text.empty()) ended_ = true;
      text_ += text;
      came_.notify_all();
      return !ended_;
    });
  }
  bool hears(std::string const& words) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds(10), [&] { return text_.find(words) != std::string::npos; });
  }
  bool is_ended() {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, std::chrono::seconds(10), [&] { return ended_; });
  }
  std::string text() {
    std::lock_guard lock(mutex_);
    return text_;
  }
  void close() { stream_.reset(); }

 private:
  std::shared_ptr<api::EventStream> stream_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::string text_;
  bool ended_ = false;
};

class LiveStream : public ::testing::TestWithParam<std::string> {
 protected:
  LiveStream()
      : tenant(GetParam()),
        live({.database = &*tenant.db,
              .still_signed_in =
                  [this](db::ReadTx&, api::Caller const&) {
                    if (signed_out) throw Problem(problems::unauthenticated);
                  },
              .poll_every = std::chrono::milliseconds(20),
              .streams_per_person = 2}),
        east(tenant.add_virtual_account("East")),
        west(tenant.add_virtual_account("West")),
        viewer(tenant.add_person("Ken")),
        local(tenant.add_person("Hana")),
        stranger(tenant.add_person("Rin")) {
    tenant.services.add(live);
    tenant.grant(viewer, Role::sa_viewer);
    tenant.grant(local, Role::va_viewer, east);
    tenant.serve(routes());
    // So that what is above is older than any stream looks back.
    tenant.db.clock.advance(std::chrono::minutes(1));
  }

  api::Response open(std::optional<PersonId> person) {
    api::Request request;
    request.path = "/api/v1/smart_accounts/" + tenant.account.text() + "/stream";
    if (person) request.headers = {{"cookie", "person=" + person->text()}};
    std::promise<api::Response> arrived;
    tenant.dispatcher->handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
    return arrived.get_future().get();
  }
  DeviceId happen(audit::EventKind kind, std::optional<VirtualAccountId> va, Duration ago = {}) {
    return tenant.db->write([&](db::Tx& tx) {
      auto const device = tx.new_id<DeviceId>();
      auto const event = audit::record(tx, tenant.vault, {tenant.account, kind, {}, va, "device", device.bytes});
      if (ago == Duration{}) return device;
      // The same event, as a transaction that began earlier would have written it.
      auto early = event;
      auto const ms = uint64_t(to_us(tx.now() - ago) / 1000);
      for (size_t i = 0; i < 6; ++i) early.bytes[i] = uint8_t(ms >> (8 * (5 - i)));
      tx.exec("update event set event_id = $2 where event_id = $1", event, early);
      return device;
    });
  }

  std::atomic<bool> signed_out{false};
  test::Tenant tenant;
  Live live;
  VirtualAccountId east, west;
  PersonId viewer, local, stranger;
};
MENKYO_ON_BOTH_DATABASES(LiveStream);

TEST_P(LiveStream, tells_what_changed_where) {
  Page page;
  auto response = open(viewer);
  ASSERT_EQ(response.status, 200);
  ASSERT_TRUE(response.stream);
  page.take(std::move(response));
  auto const device = happen(audit::EventKind::device_removed, east);
  ASSERT_TRUE(page.hears(device.text()));
  EXPECT_EQ(
      page.text(),
      ": open\n\nevent: change\ndata: {\"topics\":[\"devices\",\"events\",\"licenses\"],\"virtual_account_ids\":[\"" +
          east.text() + "\"],\"ids\":[\"" + device.text() + "\"]}\n\n");
  happen(audit::EventKind::token_created, west);
  ASSERT_TRUE(page.hears("\"tokens\""));
  happen(audit::EventKind::custom_tag_changed, {});
  ASSERT_TRUE(page.hears("\"custom_tags\",\"events\",\"virtual_accounts\""));
  happen(audit::EventKind::agreement_accepted, {});
  ASSERT_TRUE(page.hears("\"agreements\",\"events\""));
  // Each was told once.
  auto const last = happen(audit::EventKind::virtual_account_changed, west);
  ASSERT_TRUE(page.hears(last.text()));
  EXPECT_THAT(page.text(), HasSubstr("virtual_accounts"));
  EXPECT_EQ(page.text().find(device.text()), page.text().rfind(device.text()));
}

TEST_P(LiveStream, tells_nobody_of_what_he_may_not_see) {
  Page page;
  page.take(open(local));
  auto const hidden = happen(audit::EventKind::device_registered, west);
  auto const whole = happen(audit::EventKind::role_granted, {});
  auto const shown = happen(audit::EventKind::compliance_lost, east);
  ASSERT_TRUE(page.hears(shown.text()));
  EXPECT_THAT(page.text(), Not(HasSubstr(hidden.text())));
  EXPECT_THAT(page.text(), Not(HasSubstr(whole.text())));
  EXPECT_THAT(page.text(), Not(HasSubstr(west.text())));
}

// A role reaches what stands below its virtual account; a move changes what that is.
TEST_P(LiveStream, tells_those_whom_a_move_brings_into_reach) {
  auto const lab = tenant.add_virtual_account("Lab", west);
  Page page;
  page.take(open(local));
  tenant.db->write([&](db::Tx& tx) {
    auto const path = *tx.one<std::string>("select path from virtual_account where virtual_account_id = $1", east);
    tx.exec("update virtual_account set path = '/77' || path where path >= $1 and path < $2", path,
            path.substr(0, path.size() - 1) + "0");
  });
  happen(audit::EventKind::virtual_account_moved, east);
  ASSERT_TRUE(page.hears(east.text()));
  auto const hidden = happen(audit::EventKind::device_registered, lab);
  auto const shown = happen(audit::EventKind::device_registered, east);
  ASSERT_TRUE(page.hears(shown.text()));
  EXPECT_THAT(page.text(), Not(HasSubstr(hidden.text())));
}

TEST_P(LiveStream, finds_what_was_committed_late) {
  Page page;
  page.take(open(viewer));
  ASSERT_TRUE(page.hears(happen(audit::EventKind::use_changed, east).text()));
  auto const late = happen(audit::EventKind::use_changed, east, std::chrono::seconds(8));
  EXPECT_TRUE(page.hears(late.text()));
}

TEST_P(LiveStream, ends_when_the_right_to_it_does) {
  Page removed, gone;
  removed.take(open(local));
  gone.take(open(viewer));
  tenant.revoke_all(local);
  tenant.db.clock.advance(std::chrono::seconds(61));
  EXPECT_TRUE(removed.is_ended());
  auto const still = happen(audit::EventKind::use_changed, east);
  EXPECT_TRUE(gone.hears(still.text()));
  signed_out = true;
  tenant.db.clock.advance(std::chrono::seconds(61));
  EXPECT_TRUE(gone.is_ended());
}

TEST_P(LiveStream, is_refused_to_others_and_beyond_the_limit) {
  auto const status = [&](std::optional<PersonId> person) { return open(person).status; };
  EXPECT_EQ(status({}), 401);
  EXPECT_EQ(status(stranger), 404);
  Page first, second, third;
  first.take(open(viewer));
  second.take(open(viewer));
  EXPECT_EQ(status(viewer), 429);
  first.close();
  // A look that is under way still holds it for a moment.
  int answered = 429;
  for (int i = 0; i < 100 && answered == 429; ++i) {
    answered = status(viewer);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  EXPECT_EQ(answered, 200);
}

}  // namespace
}  // namespace menkyo::live
