// What the desk takes, and what it puts off.

#include "devices/desk.hpp"

#include <gmock/gmock.h>

#include <future>
#include <thread>

#include "tests/support/test_device.hpp"

namespace menkyo::devices {
namespace {

using test::TestDevice;

class DeskTest : public ::testing::TestWithParam<std::string> {
 protected:
  test::DeviceWorld world{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(DeskTest);

TEST_P(DeskTest, what_is_too_much_is_put_off_at_once_and_told_when_to_come_again) {
  auto const token = world.token();
  std::vector<std::string> texts;
  for (int i = 0; i < 3; ++i)
    texts.push_back(TestDevice(world, "SN" + std::to_string(i)).make_register(token.text).text);
  // No writer comes to what was taken until it is let go.
  std::promise<void> go;
  auto const held = go.get_future().share();
  for (int i = 0; i < world.db->config().writers; ++i)
    world.db->write_async([held](db::Tx&) { held.wait(); }, [](std::exception_ptr) {});

  DeskConfig config{&*world.db, &world.vault, world.authority.get(), &world.catalogs, world.policy};
  config.open_limit = 2;
  Desk desk(config);
  auto const handle = [&](std::string const& text) {
    auto answered = std::make_shared<std::promise<api::Response>>();
    api::Request request;
    request.method = api::Method::post;
    request.path = "/device/v1/messages";
    request.headers = {{"content-type", "application/jose"}};
    request.body = text;
    desk.handle(std::move(request), [answered](api::Response r) { answered->set_value(std::move(r)); });
    return answered->get_future();
  };
  auto first = handle(texts[0]), second = handle(texts[1]);
  for (int again = 0; again < 3; ++again) {
    auto third = handle(texts[2]);
    ASSERT_EQ(third.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    auto const response = third.get();
    EXPECT_EQ(response.status, 503);
    EXPECT_EQ(response.problem, problems::busy.code);
    EXPECT_THAT(response.headers, testing::Contains(testing::Pair("retry-after", testing::Not("0"))));
  }
  go.set_value();
  EXPECT_EQ(first.get().status, 200);
  EXPECT_EQ(second.get().status, 200);
  // With room again, which is there just after those answers, it is taken.
  int status = 503;
  for (int i = 0; status == 503 && i < 10'000; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(i > 0));
    status = handle(texts[2]).get().status;
  }
  EXPECT_EQ(status, 200);
}

}  // namespace
}  // namespace menkyo::devices
