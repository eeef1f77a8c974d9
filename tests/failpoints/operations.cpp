#include "tests/failpoints/operations.hpp"

#include <tuple>

#include "accounts/access_requests.hpp"
#include "accounts/founding.hpp"
#include "accounts/partner_requests.hpp"
#include "accounts/successions.hpp"
#include "companies/import.hpp"
#include "companies/inside.hpp"
#include "companies/store.hpp"
#include "orders/orders.hpp"
#include "people/people.hpp"
#include "tests/api/examples.hpp"

namespace menkyo::test {

namespace {

constexpr std::string_view password = "Kame-wa-9-ban";

api::Request post(std::string path, std::string body) {
  api::Request request;
  request.method = api::Method::post;
  request.path = std::move(path);
  request.headers = {{"content-type", "application/json"}};
  request.body = std::move(body);
  return request;
}

// Each caller who is nobody yet comes from an address of its own (RFC 2544 section C.2.2), since those are slowed
// down.
std::string new_peer(Stage& stage) {
  auto const n = stage.number();
  return "198.18." + std::to_string(n / 256 % 256) + "." + std::to_string(n % 256);
}

// What the link of the newest mail of a template leads to, on that page.
std::string newest_token(Stage& stage, std::string const& template_name, std::string const& page = "/link/") {
  auto const wrapped = stage.service().database().read([&](db::ReadTx& tx) {
    return tx
        .one<Bytes>("select wrapped_message from mail where template = $1 order by created_at desc limit 1",
                    template_name)
        .value();
  });
  auto const text = keys::open_struct<mail::Message>(stage.service().vault(), mail::message_purpose, wrapped).text;
  auto const at = text.find(page) + page.size();
  return text.substr(at, text.find('\n', at) - at);
}

// Somebody who asked for an account: the handle, and the token in the mail.
std::pair<std::string, std::string> new_sign_up(Stage& stage) {
  auto const asked =
      stage.ask(post("/api/v1/sign_up", R"({"mail":"newcomer)" + std::to_string(stage.number()) +
                                            R"(@matrix.example","password":")" + std::string(password) +
                                            R"(","given_name":"New","family_name":"Comer",)"
                                            R"("country":"JP","language":"en"})"));
  if (asked.status != 200) throw std::runtime_error("no sign-up: " + asked.body);
  auto token = newest_token(stage, "activate");
  stage.clock.shift(std::chrono::minutes(2));  // the mail can be had again
  return {protocol::json::parse(asked.body).at("handle").as_string(), std::move(token)};
}

// A person who asked for another mail address; returns the link of the new one.
std::string new_mail_change(Stage& stage, PersonId person) {
  auto request = post("/api/v1/me/mail_change", R"({"mail":"elsewhere)" + std::to_string(stage.number()) +
                                                    R"(@matrix.example","current_password":")" +
                                                    std::string(password) + R"("})");
  request.headers.emplace_back("host", "menkyo.example");
  request.headers.emplace_back("menkyo-request", "1");
  request.headers.emplace_back("cookie", "menkyo_session=" + stage.new_session(person));
  request.peer = new_peer(stage);
  if (auto const asked = stage.ask(request); asked.status != 200)
    throw std::runtime_error("no change of a mail address: " + asked.body);
  auto token = newest_token(stage, "confirm_mail");
  stage.clock.shift(std::chrono::minutes(2));
  return token;
}

bool among(std::string const& name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// Somebody with an address of that domain asks for an account of a domain below it.
AccountRequestId new_request(Stage& stage, PersonId requester, std::string const& domain) {
  auto& service = stage.service();
  stage.employ(requester);
  accounts::Founding form;
  form.name = "Wanted " + std::to_string(stage.number());
  form.domain = "d" + std::to_string(stage.number()) + "." + domain;
  form.headquarters = {.country = "FJ", .postal_code = {}, .region = {}, .city = "Suva", .line1 = "1", .line2 = {}};
  return service.database().write([&](db::Tx& tx) {
    return accounts::found_smart_account(tx, service.vault(), service.outbox(), requester, form)
        .account_request->account_request_id;
  });
}

// Somebody asks for access to the account of that domain, whose administrators were told already.
AccessRequestId new_access_request(Stage& stage, PersonId requester, std::string const& domain) {
  auto& service = stage.service();
  return service.database().write([&](db::Tx& tx) {
    auto const id = accounts::ask_for_access(
                        tx, service.vault(), service.outbox(), requester,
                        {accounts::WantedDomain(domain), accounts::AccessPurpose::access, accounts::RequestText("")})
                        .access_request_id;
    accounts::access_timer_kind(service.vault(), service.outbox()).look(tx, {{}, id.bytes, tx.now()});
    return id;
  });
}

// What people turn to the operator with: an enquiry, and a request for the administrator's role. Only one of those
// waits at a time.
void add_support(Stage& stage, std::string const& operation, PersonId colleague, Samples& samples) {
  auto& service = stage.service();
  mail::Outbox const& outbox = service.outbox();
  stage.employ(colleague);
  auto const heir = stage.new_person("heir" + std::to_string(stage.number()) + "@aozora.example");
  service.database().write([&](db::Tx& tx) {
    tx.exec("update succession set status = 'WITHDRAWN' where status = 'WAITING'");
    samples.by_prefix["enq"] =
        support::send_enquiry(tx, service.vault(), outbox, {}, colleague,
                              {support::EnquirySubject::other, {}, support::EnquiryText("Help")})
            .enquiry_id.text();
    bool const by_colleague = operation == "withdraw_succession";
    accounts::WantedDomain const domain(by_colleague ? "matrix.example" : "aozora.example");
    auto const succession = accounts::ask_for_succession(tx, service.vault(), outbox, by_colleague ? colleague : heir,
                                                         {domain, accounts::Proof("Nobody is left")})
                                .succession_id;
    samples.by_prefix["suc"] = succession.text();
    if (operation != "object_to_succession") return;
    auto const access = access::detail::Prover::as_operator<access::OperatorPermission::successions_decide>(
        tx, api::Caller{stage.staff, {}});
    accounts::decide_succession(tx, service.vault(), outbox, access,
                                {succession, {}, accounts::Decision::approve, {}});
  });
  if (operation == "ask_for_succession") samples.by_name["domain"] = "matrix.example";
}

// A partner's request for a customer: of the colleague, or for it to accept or decline.
void add_partner_request(Stage& stage, std::string const& operation, PersonId colleague, Samples& samples) {
  auto& service = stage.service();
  auto const n = std::to_string(stage.number());
  samples.by_name["customer_mail"] = "customer" + n + "@" + samples.by_name.at("domain");
  samples.by_name["country"] = "FJ";
  stage.employ(colleague);
  bool const by_colleague = operation == "withdraw_partner_request";
  auto const partner = by_colleague ? colleague : stage.new_person("partner" + n + "@matrix.example");
  accounts::NewPartnerRequest request;
  request.name = "Customer " + n;
  request.customer_mail = samples.by_name.at(by_colleague ? "customer_mail" : "mail");
  if (!by_colleague) request.domain = "c" + n + ".matrix.example";
  samples.by_prefix["prq"] = service.database().write([&](db::Tx& tx) {
    return accounts::ask_for_customer(tx, service.vault(), partner, request).partner_request_id.text();
  });
}

void prepare_requests(Stage& stage, std::string const& operation, PersonId colleague, Samples& samples) {
  if (operation == "withdraw_account_request" || operation == "decide_operator_account_request")
    samples.by_prefix["acr"] = new_request(stage, colleague, "matrix.example").text();
  if (operation == "decide_account_request")
    samples.by_prefix["acr"] =
        new_request(stage, stage.new_person("requester" + std::to_string(stage.number()) + "@aozora.example"),
                    "aozora.example")
            .text();
  if (operation == "withdraw_access_request" || operation == "decide_access_request")
    samples.by_prefix["asr"] = new_access_request(stage, colleague, "aozora.example").text();
  if (operation == "ask_for_customer" || operation.find("partner_request") != std::string::npos)
    add_partner_request(stage, operation, colleague, samples);
}

void add_program(Stage& stage, PersonId maker, Samples& samples) {
  auto const made = stage.new_program(maker);
  samples.by_prefix["prg"] = made.program.program_id.text();
  samples.by_prefix["psc"] = made.program.secrets.front().program_secret_id.text();
  samples.by_name["client_id"] = made.program.program_id.text();
  samples.by_name["client_secret"] = made.client_secret;
  samples.by_name["grant_type"] = "client_credentials";
}

// For what the operator's staff does among itself and for customers.
void prepare_staff(Stage& stage, std::string const& operation, PersonId colleague, Samples& samples) {
  // Not administrators: they would be mailed about every request that comes later.
  if (operation.find("_staff_role") != std::string::npos) samples.by_name["role"] = "operator_catalog";
  if (among(operation, {"validate_staff_role", "end_staff_role"})) stage.new_staff(colleague);
  if (operation == "open_assistance") stage.forget_assistance();
  if (among(operation, {"end_assistance", "end_assisted_grant", "name_assisted_administrator"})) stage.assist();
}

void prepare_publication(Stage& stage, std::string const& operation, Samples& samples) {
  if (among(operation, {"save_publication_draft", "discard_publication_draft", "publish_draft", "accept_agreement"}))
    samples.by_prefix["pub"] = stage.new_agreement(operation == "accept_agreement").text();
  if (operation == "create_product_agreement") samples.by_name["product_code"] = stage.product_without_agreement();
}

// A record of the operator's directory.
std::string new_company(Stage& stage) {
  companies::CompanyRecord record;
  record.code = "D-" + std::to_string(stage.number());
  record.name = "Denki " + std::to_string(stage.number());
  record.country = "VA";
  record.city = "CITTA";
  record.line1 = "VIA 1";
  stage.service().database().write([&](db::Tx& tx) {
    companies::store::put_company(tx, {record, {}});
    companies::settle_keys(tx, record);
  });
  return record.code;
}

void prepare_companies(Stage& stage, std::string const& operation, Samples& samples) {
  if (operation == "import_companies_file")
    samples.by_name["text"] =
        "code,name,country,city,line1\nF-" + std::to_string(stage.number()) + ",Kaede K.K.,VA,CITTA,VIA 1\n";
  if (!among(operation, {"merge_companies", "split_company"})) return;
  auto const kept = new_company(stage), merged = new_company(stage);
  samples.by_name["kept_code"] = kept;
  samples.by_name["merged_codes"] = samples.by_name["code"] = merged;
  if (operation == "merge_companies") return;
  stage.service().database().write([&](db::Tx& tx) {
    companies::store::set_kept(tx, merged, kept);
    companies::store::put_keys(tx, merged, "", {});
  });
}

// The only address for notifications of its account, of which there may be few.
void prepare_notifications(Stage& stage, std::string const& operation, Samples& samples) {
  if (operation.find("notification") == std::string::npos) return;
  auto const mail = "team" + std::to_string(stage.number()) + "@matrix.example";
  stage.forget_notification_addresses();
  samples.by_name["mail"] = mail;
  if (operation == "add_notification_address") return;
  samples.by_prefix["nad"] = stage.new_notification_address(mail).text();
  samples.by_name["token"] = newest_token(stage, "notification_question", "/notifications/");
}

// Things for the example of one route to name; all are new.
Samples new_samples(Stage& stage, std::string const& operation) {
  auto const n = std::to_string(stage.number());
  auto const mail = "colleague" + n + "@matrix.example";
  auto const colleague = stage.new_person(mail);
  auto const va = stage.new_virtual_account();
  auto const link = stage.service().database().write(
      [&](db::Tx& tx) { return people::make_link(tx, stage.service().vault(), colleague); });
  Samples samples;
  samples.by_prefix = {{"sa", stage.installation.account.text()},
                       {"va", va.text()},
                       {"per", colleague.text()},
                       {"ent", stage.installation.code_of.begin()->first.text()}};
  samples.by_name = {{"mail", mail},
                     {"password", std::string(password)},
                     {"token", link},
                     {"name", "Name " + n},
                     {"domain", "domain" + n + ".example"},
                     {"country", "JP"},
                     {"region", "TOKYO"},
                     {"postal_code", "107-6227"},
                     {"time_zone", "Asia/Tokyo"},
                     {"given_name", "Given"},
                     {"family_name", "Family"},
                     {"current_password", std::string(password)}};
  samples.by_prefix["ses"] = SessionId{}.text();
  if (operation == "sign_up" || operation == "grant_roles")
    samples.by_name["mail"] = "newcomer" + n + "@matrix.example";
  if (operation == "change_password") samples.by_name["password"] = "Tsuru-wa-1000-nen";
  if (operation == "change_my_address" || operation == "delete_my_address")
    samples.by_prefix["adr"] = stage.new_address(colleague).text();
  if (operation == "accept_invitation")
    samples.by_name["token"] = stage.service().database().write(
        [&](db::Tx& tx) { return people::make_invitation_link(tx, stage.service().vault(), colleague); });
  if (operation == "ask_mail_change") samples.by_name["mail"] = "elsewhere" + n + "@matrix.example";
  if (operation == "send_sign_up_mail" || operation == "activate_account")
    std::tie(samples.by_name["handle"], samples.by_name["token"]) = new_sign_up(stage);
  if (operation == "found_smart_account") {
    samples.by_name["domain"] = "d" + n + ".matrix.example";
    samples.by_name["country"] = "FJ";
    stage.employ(colleague);
  }
  prepare_requests(stage, operation, colleague, samples);
  if (operation.find("program") != std::string::npos || operation.find("access_token") != std::string::npos)
    add_program(stage, colleague, samples);
  if (operation.find("enquiry") != std::string::npos || operation.find("succession") != std::string::npos)
    add_support(stage, operation, colleague, samples);
  if (operation == "change_administrator_contacts_setting") stage.hide_contacts();
  prepare_staff(stage, operation, colleague, samples);
  if (operation == "move_virtual_account") samples.by_name["parent_id"] = stage.new_virtual_account().text();
  // The account of the sample has none, and the first ones are a new site.
  if (operation == "change_headquarters") stage.set_headquarters();
  if (operation == "change_headquarters" || operation == "add_location") {
    samples.by_name["country"] = "FJ";
    samples.by_name["line1"] = "Street " + n;
  }
  if (operation == "remove_location") samples.by_name["site_number"] = std::to_string(stage.new_location());
  if (operation == "change_account_creator") stage.new_administrator(colleague);
  if (operation.find("_user_group") != std::string::npos) {
    auto const member = operation == "add_user_group_member" ? "member" + n + "@matrix.example" : mail;
    auto const [group, grant] = stage.new_group(member);
    samples.by_prefix["ugr"] = group.text();
    samples.by_prefix["ggr"] = grant.text();
  }
  if (among(operation, {"change_custom_tag", "delete_custom_tag", "set_virtual_account_tags"}))
    samples.by_prefix["ctg"] = stage.new_tag().text();
  prepare_publication(stage, operation, samples);
  prepare_notifications(stage, operation, samples);
  prepare_companies(stage, operation, samples);
  if (operation == "delete_virtual_account") return samples;
  auto const token = stage.new_token(va);
  samples.by_prefix["tok"] = token.registration_token_id.text();
  samples.by_prefix["rgr"] = stage.new_grant(colleague, va).text();
  if (operation == "remove_device") samples.by_prefix["dev"] = stage.new_device(token)->id;
  return samples;
}

// What the example of a route needs beside the fields that every request has.
std::vector<std::string> more_fields(std::string const& operation) {
  if (operation == "decide_access_request") return {"role"};
  if (operation == "change_my_company_data") return {"company_name"};
  if (operation == "make_access_token") return {"grant_type", "client_id", "client_secret"};
  if (operation == "revoke_access_token") return {"token", "client_id", "client_secret"};
  if (operation == "add_my_address" || operation == "change_my_address") return {"region", "postal_code"};
  if (operation == "move_virtual_account") return {"parent_id"};
  if (operation == "change_account_properties" || operation == "change_custom_tag") return {"name"};
  return {};
}

// Those that change what belongs to one person alone are tried by a new one.
bool is_of_one_person(std::string const& operation) {
  static std::set<std::string> const own{"change_password",
                                         "change_my_personal_data",
                                         "change_my_company_data",
                                         "add_my_address",
                                         "change_my_address",
                                         "delete_my_address",
                                         "found_smart_account",
                                         "withdraw_account_request",
                                         "ask_mail_change",
                                         "withdraw_mail_change",
                                         "send_mail_change_mail",
                                         "ask_for_access",
                                         "withdraw_access_request",
                                         "make_program",
                                         "change_program",
                                         "end_program",
                                         "make_program_secret",
                                         "end_program_secret",
                                         "send_enquiry",
                                         "write_on_my_enquiry",
                                         "ask_for_succession",
                                         "withdraw_succession",
                                         "ask_for_customer",
                                         "withdraw_partner_request",
                                         "accept_partner_request",
                                         "decline_partner_request"};
  return own.contains(operation);
}

Operation of_route(api::Route const& route) {
  Operation out;
  out.name = route.operation_id;
  out.repeats = route.method == api::Method::post && route.needs_session;
  if (out.name == "sign_in") out.aside = {"event"};  // each is one of its own
  // What a person does with its own account, which has a password.
  bool const is_own =
      among(out.name, {"change_password", "ask_mail_change", "withdraw_mail_change", "send_mail_change_mail"});
  bool const has_change = among(out.name, {"withdraw_mail_change", "send_mail_change_mail", "confirm_mail_change"});
  bool const has_password = is_own || has_change || among(out.name, {"sign_in", "give_staff_role"});
  // Whoever asks once more gets one more.
  if (out.name == "ask_mail_change") out.aside = {"mail"};
  if (out.name == "make_access_token") out.aside = {"program", "program_token"};
  if (out.name == "sign_up" || out.name == "forgot_password") out.aside = {"mail", "sign_up", "one_time_link"};
  // Nothing can be kept for whoever is found out only on the way.
  if (out.name == "change_password" || out.name == "ask_mail_change") out.repeats = false;
  out.prepare = [route, has_change, has_password](Stage& stage) -> std::function<Told()> {
    auto samples = new_samples(stage, route.operation_id);
    auto const colleague = *PersonId::parse(samples.by_prefix.at("per"));
    if (has_password)
      stage.ask(post("/api/v1/one_time_links/" + samples.by_name.at("token"),
                     R"({"password":")" + std::string(password) + R"("})"));
    if (has_change) samples.by_name["token"] = new_mail_change(stage, colleague);
    auto request = example_request(route, samples, more_fields(route.operation_id));
    bool const by_staff = std::any_of(route.needs.begin(), route.needs.end(),
                                      [](auto const& need) { return need.scope == "operator"; });
    auto const session = stage.new_session(by_staff                               ? stage.staff
                                           : is_of_one_person(route.operation_id) ? colleague
                                                                                  : stage.installation.administrator);
    request.headers.emplace_back("host", "menkyo.example");
    request.headers.emplace_back("menkyo-request", "1");
    request.peer = new_peer(stage);
    // Whoever signs in is nobody yet.
    if (route.needs_session || route.operation_id == "sign_out")
      request.headers.emplace_back("cookie", "menkyo_session=" + session);
    if (route.method == api::Method::post)
      request.headers.emplace_back("idempotency-key", "key " + std::to_string(stage.number()));
    return [&stage, request] { return told_by(stage.ask(request)); };
  };
  return out;
}

// A device with something drawn makes one message.
Operation of_device(std::string name, std::function<Sent(TestDevice&)> make) {
  Operation out;
  out.name = "device: " + name;
  out.prepare = [make](Stage& stage) -> std::function<Told()> {
    auto const device = stage.new_device(stage.new_token(stage.new_virtual_account()));
    stage.exchange(*device, device->make_authorize({{"PRM", 1}, {"ESS", 2}}));
    auto const sent = make(*device);
    return [&stage, device, sent] {
      stage.installation.tell_time();
      auto const response = stage.ask(device_request(sent.text));
      if (response.status != 200) return told_by(response);
      // Signatures differ each time, what is signed does not.
      return Told{200, {}, device->check(sent, response).payload};
    };
  };
  return out;
}

Operation registration() {
  Operation out;
  out.name = "device: register";
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    auto const token = stage.new_token(stage.new_virtual_account());
    auto const device =
        std::make_shared<TestDevice>(stage.installation.devices_world, "S-" + std::to_string(stage.number()));
    auto const sent = device->make_register(token.text);
    return [&stage, device, sent] {
      stage.installation.tell_time();
      auto const response = stage.ask(device_request(sent.text));
      if (response.status != 200) return told_by(response);
      return Told{200, {}, device->check(sent, response).payload};
    };
  };
  return out;
}

// ---- What the operator's commands and the runner do ---------------------------------------------------------------

Operation order_import() {
  Operation out;
  out.name = "import of orders";
  out.aside = {"event"};  // each import says that it was made
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    auto const order = "O-" + std::to_string(stage.number());
    auto const va = stage.new_virtual_account();
    std::string csv =
        "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
        "subscription\n";
    for (int i = 1; i <= 12; ++i)
      csv += order + "," + std::to_string(i) + ",2026-01-01,aozora.example," + va.text() + ",PRM,perpetual,1,,,\n";
    return [&stage, csv] {
      return told_by([&] {
        auto& service = stage.service();
        auto const started = orders::start_orders_import(service.database(), service.catalogs(), csv, "orders.csv");
        if (!started.report.problems.empty()) throw std::runtime_error(started.report.problems.first.front().reason);
        if (started.job_id && service.runner().run_to_end(*started.job_id).status != jobs::JobStatus::done)
          throw std::runtime_error("the job failed");
      });
    };
  };
  return out;
}

Operation catalog_import() {
  Operation out;
  out.name = "import of the catalogue";
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    auto const code = "X" + std::to_string(stage.number());
    auto const csv = "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled\nentitlement," +
                     code + ",KAZE," + code + ",追加,\"regid.2026-01.example.kaze." + code + ",1.0_" + code +
                     "\",perpetual,false,false\n";
    return [&stage, csv] {
      return told_by([&] {
        auto& service = stage.service();
        auto const report = catalog::import_catalog(service.database(), service.vault(), csv, "kaze.csv",
                                                    {audit::ActorKind::command, {}}, service.groups_changed());
        if (!report.problems.empty()) throw std::runtime_error(report.problems.first.front().reason);
      });
    };
  };
  return out;
}

Operation company_import() {
  Operation out;
  out.name = "import of companies";
  out.aside = {"event"};  // each import says that it was made
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    auto const start = std::to_string(stage.number());
    std::string csv = "code,name,country,city,line1\n";
    for (int i = 1; i <= 12; ++i)
      csv += "C-" + start + "-" + std::to_string(i) + ",Kaede " + std::to_string(i) + " K.K.,VA,CITTA,VIA 1\n";
    return [&stage, csv] {
      return told_by([&] {
        auto& service = stage.service();
        auto const started = companies::start_companies_import(service.database(), csv, "companies.csv");
        if (!started.report.problems.empty()) throw std::runtime_error(started.report.problems.first.front().reason);
        if (started.job_id && service.runner().run_to_end(*started.job_id).status != jobs::JobStatus::done)
          throw std::runtime_error("the job failed");
      });
    };
  };
  return out;
}

// Rounds of the runner, which nobody waits for: what fails is done in a later round.
Told rounds(Stage& stage) {
  for (int i = 0; i < 20; ++i) {
    try {
      while (stage.service().runner().run_once()) {
      }
    } catch (std::exception const&) {
    }
    stage.clock.shift(std::chrono::minutes(1));  // timers that failed are looked at again after five
  }
  return {};
}

// What the runner clears away meanwhile, of whatever was done before.
std::set<std::string> const cleared{"attempt_bucket", "mail",           "mail_change", "one_time_link",
                                    "person_session", "person_sign_in", "sign_up"};

Operation term_that_ends() {
  Operation out;
  out.name = "job: the end of a term";
  out.aside = cleared;
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    rounds(stage);
    stage.new_term(stage.new_virtual_account(), std::chrono::seconds(1));
    stage.clock.shift(std::chrono::seconds(2));
    return [&stage] { return rounds(stage); };
  };
  return out;
}

Operation sealing() {
  Operation out;
  out.name = "job: the sealing of events";
  out.aside = cleared;
  out.prepare = [](Stage& stage) -> std::function<Told()> {
    rounds(stage);
    stage.new_virtual_account();
    return [&stage] { return rounds(stage); };
  };
  return out;
}

}  // namespace

std::vector<Operation> all_operations(Stage& stage) {
  std::vector<Operation> out;
  for (auto const& route : stage.service().dispatcher().routes())
    if (route.method != api::Method::get && route.shape != api::Shape::raw) out.push_back(of_route(route));
  out.push_back(registration());
  out.push_back(of_device("authorize", [](TestDevice& d) { return d.make_authorize({{"PRM", 3}, {"ENF", 1}}); }));
  out.push_back(of_device("report", [](TestDevice& d) { return d.make_report({{"ESS", 1}, {"PRM", 2}}); }));
  out.push_back(of_device("renew", [](TestDevice& d) { return d.make_renew(true); }));
  out.push_back(of_device("deregister", [](TestDevice& d) { return d.make_deregister(); }));
  out.push_back(order_import());
  out.push_back(catalog_import());
  out.push_back(company_import());
  out.push_back(term_that_ends());
  out.push_back(sealing());
  return out;
}

}  // namespace menkyo::test
