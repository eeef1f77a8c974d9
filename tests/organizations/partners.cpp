// What partners ask for their customers in the town, and what becomes of it.

#include "tests/organizations/town.hpp"

namespace menkyo::organizations {

using accounts::PartnerRequestStatus;
using enum PartnerRequestStatus;

void Town::ask_for_customer() {
  auto const partner = anybody();
  // Of somebody, or of nobody yet.
  auto const customer = anybody();
  auto mail = persons_[customer].mail, domain = persons_[customer].domain;
  if (chance(10)) mail = "nobody@" + domain;
  if (chance(30)) domain = "tokyo." + domain;
  if (chance(10)) domain = "brand" + std::to_string(random_.below(4)) + ".example";
  auto const name = "Works " + std::to_string(random_.below(25));
  auto client = world_.as(persons_[partner].id);
  auto const answer =
      client.post("/api/v1/partner_requests", R"({"name":")" + name + R"(","customer_mail":")" + mail +
                                                  R"(","domain":")" + domain + R"(","note":"For you"})");
  if (mail == persons_[partner].mail) return expect("ask for oneself as a customer", answer, "invalid");
  int64_t of_day = 0;
  bool waits = false;
  for (auto const& r : partner_requests_) {
    if (r.partner != partner) continue;
    of_day += r.made_at >= now() - std::chrono::days(1);
    waits = waits || (r.status == PENDING_CUSTOMER_ACCEPTANCE && r.customer_mail == mail && r.domain == domain);
  }
  if (of_day >= accounts::max_partner_requests_a_day)
    return expect("ask for a customer", answer, "too_many_requests");
  if (waits) return expect("ask for a customer", answer, "conflict");
  // Neither a name nor a domain that is taken makes a difference, nor an address that nobody has.
  expect("ask for a customer", answer, "ok");
  partner_requests_.push_back({answer.json.at("partner_request_id").as_string(), mail, name, domain, partner, now()});
}

void Town::answer_partner() {
  if (partner_requests_.empty()) return;
  auto& request = one_of(partner_requests_);
  auto who = anybody();
  if (chance(80))
    for (size_t i = 0; i < persons_.size(); ++i)
      if (persons_[i].mail == request.customer_mail) who = i;
  bool const accept = chance(65);
  auto client = world_.as(persons_[who].id);
  auto const answer =
      client.post("/api/v1/received_partner_requests/" + request.id + (accept ? "/acceptance" : "/refusal"),
                  accept ? R"({"note":"Ours","headquarters":{"country":"FJ","city":"Suva","line1":"1"}})" : "{}");
  std::string const what = accept ? "accept a partner's wish" : "decline a partner's wish";
  if (persons_[who].mail != request.customer_mail) return expect(what + " for another", answer, "not_found");
  if (request.status != PENDING_CUSTOMER_ACCEPTANCE) return expect(what, answer, "conflict");
  if (!accept) {
    expect(what, answer, "ok");
    request.status = DECLINED_BY_CUSTOMER;
  } else if (expect_founding(what, answer, who, request.name, request.domain)) {
    request.status = ACCEPTED;
  }
}

void Town::withdraw_from_customer() {
  if (partner_requests_.empty()) return;
  auto& request = one_of(partner_requests_);
  auto const who = chance(70) ? request.partner : anybody();
  auto client = world_.as(persons_[who].id);
  auto const answer = client.post("/api/v1/partner_requests/" + request.id + "/withdrawal");
  if (who != request.partner) return expect("withdraw another partner's request", answer, "not_found");
  bool const may = request.status == PENDING_CUSTOMER_ACCEPTANCE || request.status == WITHDRAWN;
  expect("withdraw a request for a customer", answer, may ? "ok" : "conflict");
  if (may) request.status = WITHDRAWN;
}

// The timers have run.
void Town::look_at_partner_requests() {
  for (auto& request : partner_requests_) {
    if (request.status == PENDING_CUSTOMER_ACCEPTANCE &&
        now() >= request.made_at + accounts::partner_request_period) {
      request.status = LAPSED;
      ++counts_["a request for a customer lapses"];
    }
    auto client = world_.as(persons_[request.partner].id);
    auto const own = client.get("/api/v1/partner_requests/" + request.id);
    expect("look at one's request for a customer", own, "ok");
    if (own.json.at("status").as_string() != to_text(request.status))
      throw std::runtime_error(own.body + " should be " + std::string(to_text(request.status)));
  }
}

}  // namespace menkyo::organizations
