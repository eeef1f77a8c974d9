#include "support/enquiries.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "tests/support/employment.hpp"
#include "tests/support/world.hpp"

namespace menkyo::support {
namespace {

using std::chrono::hours;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

class Enquiries : public ::testing::TestWithParam<std::string> {
 protected:
  Enquiries() {
    world.services.add(desk);
    auto table = people::routes();
    for (auto& route : routes()) table.push_back(std::move(route));
    world.serve(std::move(table));
    world.database->write([&](db::Tx& tx) { test::employ(tx, world.vault, person); });
  }

  test::Answer post(test::ApiClient& client, std::string const& path, std::string const& body) {
    world.database.clock.advance(std::chrono::milliseconds(1));
    return client.post(path, body);
  }
  test::Answer send(test::ApiClient& client, std::string const& more = "", std::string const& text = "Help me") {
    return post(client, "/api/v1/enquiries", R"({"subject":"licenses",)" + more + R"("text":")" + text + R"("})");
  }
  // Sends one and gives its identifier.
  std::string sent(test::ApiClient& client) {
    auto const answer = send(client);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json.at("enquiry_id").as_string();
  }
  test::Answer write(test::ApiClient& client, std::string const& id, std::string const& text = "And now?") {
    return post(client, own(id) + "/questions", R"({"text":")" + text + R"("})");
  }
  test::Answer reply(test::ApiClient& client, std::string const& id, std::string const& text = "Try again") {
    return post(client, queue(id) + "/answers", R"({"text":")" + text + R"("})");
  }
  static std::string own(std::string const& id) { return "/api/v1/enquiries/" + id; }
  static std::string queue(std::string const& id) { return "/api/v1/operator/enquiries/" + id; }
  static std::string status(test::Answer const& answer) { return answer.json.at("status").as_string(); }
  // "kind: text by author" of each.
  static std::vector<std::string> history(test::Answer const& answer) {
    std::vector<std::string> out;
    for (auto const& entry : answer.json.at("history").items()) {
      auto line = entry.at("kind").as_string();
      if (auto const* text = entry.find("text")) line += ": " + text->as_string();
      if (auto const* author = entry.find("author")) line += " by " + author->as_string();
      out.push_back(std::move(line));
    }
    return out;
  }
  static std::vector<int64_t> numbers(test::Answer const& answer) {
    std::vector<int64_t> out;
    for (auto const& item : answer.json.at("items").items()) out.push_back(item.at("number").as_int());
    return out;
  }
  std::vector<std::string> events() {
    struct Row {
      std::string kind, data;
    };
    std::vector<std::string> out;
    for (auto const& row : world.database->read([](db::ReadTx& tx) {
           return tx.all<Row>("select kind, data from event where kind like 'enquiry%' order by event_id");
         }))
      out.push_back(row.kind + " " + row.data);
    return out;
  }

  test::World world{GetParam()};
  SupportDesk desk{"help@operator.example", {}, {}};
  SmartAccountId account = world.account("example.com");
  PersonId person = world.person("pat@partner.example");
  PersonId staff = world.operator_with(access::OperatorRole::operator_support);
};
MENKYO_ON_BOTH_DATABASES(Enquiries);

TEST_P(Enquiries, are_numbered_mailed_and_kept_in_the_queue) {
  auto pat = world.as(person);
  auto const answer = send(pat, R"("domain":"EXAMPLE.com.",)", "Nothing\\nworks");
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("number").as_int(), 1);
  EXPECT_EQ(answer.json.at("domain").as_string(), "example.com");
  EXPECT_EQ(status(answer), "OPEN");
  EXPECT_THAT(history(answer), ElementsAre("question: Nothing\nworks by pat Test"));
  auto mails = world.new_mails();
  ASSERT_EQ(mails.size(), 2U);
  if (mails[0].template_name != "enquiry_received") std::swap(mails[0], mails[1]);
  EXPECT_EQ(mails[0].template_name, "enquiry_received");
  EXPECT_EQ(mails[0].message.to, "pat@partner.example");
  EXPECT_THAT(mails[0].message.subject, HasSubstr("number 1"));
  EXPECT_EQ(mails[1].template_name, "enquiry_to_answer");
  EXPECT_EQ(mails[1].message.to, "help@operator.example");
  EXPECT_THAT(mails[1].message.text, AllOf(HasSubstr("pat@partner.example"), HasSubstr("Nothing works"),
                                           HasSubstr("example.com"), HasSubstr("/operator/enquiries/enq_")));
  EXPECT_THAT(events(), ElementsAre(R"(enquiry_sent {"number":1})"));

  auto support = world.as(staff);
  auto const id = answer.json.at("enquiry_id").as_string();
  auto const received = support.get(queue(id));
  ASSERT_EQ(received.status, 200) << received.body;
  EXPECT_EQ(received.json.at("requester").at("mail").as_string(), "pat@partner.example");
  EXPECT_EQ(received.json.at("account_name").as_string(), "Account of example.com");
  EXPECT_FALSE(received.json.at("company_name").as_string().empty());
  EXPECT_FALSE(received.json.at("phone").as_string().empty());
}

// What somebody writes is text of a mail and never one of its headers.
TEST_P(Enquiries, put_nothing_that_a_person_wrote_into_headers) {
  auto pat = world.as(person);
  EXPECT_EQ(send(pat, "", "x\\r\\nBcc: victim@elsewhere.example").code(), "invalid");
  ASSERT_EQ(send(pat, "", "x\\nBcc: victim@elsewhere.example\\n\\nhello").status, 200);
  for (auto const& mail : world.new_mails()) {
    EXPECT_THAT(mail.message.to + mail.message.subject, AllOf(Not(HasSubstr("Bcc")), Not(HasSubstr("\n"))));
    EXPECT_THAT(mail.message.text, Not(HasSubstr("\nBcc")));
  }
}

TEST_P(Enquiries, are_answered_closed_and_opened_again_with_their_whole_history) {
  auto pat = world.as(person), support = world.as(staff);
  auto const id = sent(pat);
  world.letters();
  auto answered = reply(support, id, "First\\nthen");
  ASSERT_EQ(answered.status, 200) << answered.body;
  EXPECT_EQ(status(answered), "ANSWERED");
  auto const mails = world.new_mails();
  ASSERT_EQ(mails.size(), 1U);
  EXPECT_EQ(mails[0].template_name, "enquiry_answered");
  EXPECT_EQ(mails[0].message.to, "pat@partner.example");
  EXPECT_THAT(mails[0].message.text, HasSubstr("First\nthen"));

  EXPECT_EQ(status(post(support, queue(id) + "/closing", "{}")), "CLOSED");
  EXPECT_THAT(world.letters(), ElementsAre("enquiry_closed pat@partner.example"));
  EXPECT_EQ(reply(support, id).code(), "conflict");
  EXPECT_EQ(post(support, queue(id) + "/closing", "{}").code(), "conflict");

  auto const again = write(pat, id);
  ASSERT_EQ(again.status, 200) << again.body;
  EXPECT_EQ(status(again), "OPEN");
  EXPECT_THAT(world.letters(), ElementsAre("enquiry_to_answer help@operator.example"));
  // People are not told who of the staff it was.
  EXPECT_THAT(history(again), ElementsAre("question: Help me by pat Test", "answer: First\nthen", "closed",
                                          "question: And now? by pat Test"));
  auto const seen = support.get(queue(id));
  EXPECT_THAT(history(seen)[1], HasSubstr("First\nthen by "));
  EXPECT_THAT(events(), ElementsAre(HasSubstr("enquiry_sent"), HasSubstr("enquiry_answered"),
                                    HasSubstr("enquiry_closed"), HasSubstr("enquiry_reopened")));
  write(pat, id);
  EXPECT_THAT(events().back(), HasSubstr("enquiry_continued"));
}

TEST_P(Enquiries, say_which_field_of_the_profile_is_missing_and_change_nothing) {
  auto stranger = world.as(world.person("new@partner.example"));
  auto const answer = send(stranger);
  EXPECT_EQ(answer.code(), "profile_incomplete");
  EXPECT_THAT(answer.body,
              AllOf(HasSubstr("company_name"), HasSubstr("company_address"), HasSubstr("company_phone")));
  auto pat = world.as(person);
  EXPECT_THAT(send(pat, R"("domain":"no domain",)").body, HasSubstr("not_a_domain"));
  EXPECT_EQ(send(pat, "", "").code(), "invalid");
  EXPECT_EQ(send(pat, "", std::string(4001, 'x')).code(), "invalid");
  EXPECT_EQ(send(pat, "", std::string(4000, 'x')).status, 200);
  EXPECT_EQ(numbers(pat.get("/api/v1/enquiries")), std::vector<int64_t>{1});
  EXPECT_THAT(world.letters(), UnorderedElementsAre("enquiry_received pat@partner.example",
                                                    "enquiry_to_answer help@operator.example"));
}

TEST_P(Enquiries, are_listed_by_status_in_pages_and_to_nobody_else) {
  auto pat = world.as(person), support = world.as(staff), ada = world.as(world.administrator_of(account));
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(sent(pat));
  reply(support, ids[1]);
  reply(support, ids[3]);
  auto const all = "/api/v1/operator/enquiries";
  EXPECT_THAT(numbers(support.get(all)), ElementsAre(5, 4, 3, 2, 1));
  EXPECT_THAT(numbers(support.get(std::string(all) + "?status=ANSWERED")), ElementsAre(4, 2));
  auto const first = support.get(std::string(all) + "?status=OPEN&limit=2");
  EXPECT_THAT(numbers(first), ElementsAre(5, 3));
  EXPECT_THAT(numbers(support.get(std::string(all) +
                                  "?status=OPEN&limit=2&cursor=" + first.json.at("next_cursor").as_string())),
              ElementsAre(1));
  EXPECT_EQ(ada.get(own(ids[0])).code(), "not_found");
  EXPECT_EQ(write(ada, ids[0]).code(), "not_found");
  EXPECT_EQ(ada.get(queue(ids[0])).code(), "not_found");
  auto catalog = world.as(world.operator_with(access::OperatorRole::operator_catalog));
  EXPECT_EQ(catalog.get(queue(ids[0])).code(), "forbidden");
  EXPECT_THAT(numbers(ada.get("/api/v1/enquiries")), IsEmpty());
}

TEST_P(Enquiries, are_limited_in_their_number) {
  auto pat = world.as(person), support = world.as(staff);
  std::vector<std::string> ids;
  for (int i = 0; i < max_open_enquiries; ++i) ids.push_back(sent(pat));
  EXPECT_EQ(send(pat).code(), "too_many_requests");
  for (int i = 0; i < max_questions_a_day - max_open_enquiries; ++i) EXPECT_EQ(write(pat, ids[0]).status, 200);
  EXPECT_EQ(write(pat, ids[0]).code(), "too_many_requests");
  reply(support, ids[1]);
  EXPECT_EQ(send(pat).code(), "too_many_requests");
  world.database.clock.advance(hours(25));
  EXPECT_EQ(send(pat).status, 200);
}

TEST_P(Enquiries, are_only_kept_where_no_address_is_set) {
  desk.mail.clear();
  auto pat = world.as(person);
  sent(pat);
  EXPECT_THAT(world.letters(), ElementsAre("enquiry_received pat@partner.example"));
}

TEST_P(Enquiries, are_answered_once_when_two_press_at_once) {
  auto pat = world.as(person);
  auto const id = sent(pat);
  auto one = world.as(staff), two = world.as(world.operator_with(access::OperatorRole::operator_admin));
  auto const press = [&](test::ApiClient& client, std::string const& text) {
    return client.send(api::Method::post, queue(id) + "/answers", R"({"text":")" + text + R"("})",
                       {{"if-match", "\"1\""}});
  };
  std::array<test::Answer, 2> answers;
  std::thread other([&] { answers[0] = press(two, "Two"); });
  answers[1] = press(one, "One");
  other.join();
  std::vector<int> const statuses{answers[0].status, answers[1].status};
  EXPECT_THAT(statuses, UnorderedElementsAre(200, 412));
  EXPECT_EQ(history(pat.get(own(id))).size(), 2U);
}

}  // namespace
}  // namespace menkyo::support
