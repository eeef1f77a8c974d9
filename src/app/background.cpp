#include "app/background.hpp"

#include "access/access.hpp"
#include "accounts/access_requests.hpp"
#include "accounts/founding.hpp"
#include "accounts/partner_requests.hpp"
#include "accounts/staff.hpp"
#include "accounts/successions.hpp"
#include "audit/seal.hpp"
#include "catalog/resettle.hpp"
#include "companies/import.hpp"
#include "orders/orders.hpp"
#include "people/people.hpp"

namespace menkyo::app {

namespace {

using std::chrono::minutes;

// A job begun by a person goes on only while that person may still begin it.
void prove_catalog_edit(db::ReadTx& tx, PersonId person) {
  access::detail::Prover::stand_as_operator(tx, api::Caller{person, {}}, access::OperatorPermission::catalog_edit);
}

void prove_companies_edit(db::ReadTx& tx, PersonId person) {
  access::detail::Prover::stand_as_operator(tx, api::Caller{person, {}}, access::OperatorPermission::companies_edit);
}

}  // namespace

void add_background_work(Service& service) {
  auto& runner = service.runner();
  auto const& vault = service.vault();
  auto& catalogs = service.catalogs();
  auto& desk = service.desk();

  runner.add(orders::import_kind(vault, catalogs, prove_catalog_edit));
  runner.add(companies::import_kind(vault, prove_companies_edit));
  runner.add(
      catalog::resettle_kind(catalogs, [&vault, &catalogs](db::Tx& tx, SmartAccountId account, VirtualAccountId va,
                                                           auto const& present, auto const& gone) {
        licenses::settle_groups_again(tx, vault, *catalogs.at(tx), account, va, present, gone);
      }));

  runner.add(jobs::TimerKind{"license_boundary", [&vault, &catalogs](db::Tx& tx, jobs::Timer const& timer) {
                               licenses::settle_due(tx, vault, *catalogs.at(tx), timer.smart_account_id,
                                                    VirtualAccountId{timer.subject_id});
                               return std::optional<Instant>{};  // it set the timer anew itself
                             }});
  runner.add(jobs::TimerKind{"device", [&desk](db::Tx& tx, jobs::Timer const& timer) {
                               desk.with_context(tx, [&](devices::Context const& context) {
                                 return devices::look_at_device(tx, context, timer.smart_account_id,
                                                                DeviceId{timer.subject_id});
                               });
                               return std::optional<Instant>{};  // likewise
                             }});

  runner.add(accounts::request_timer_kind(vault, service.outbox()));
  runner.add(accounts::access_timer_kind(vault, service.outbox()));
  runner.add(accounts::partner_timer_kind(vault, service.outbox()));
  runner.add(accounts::staff_timer_kind(vault, service.outbox()));
  runner.add(accounts::succession_timer_kind(vault, service.outbox()));

  auto const& authority = service.authority();
  jobs::Periodic sealing{
      "seal_events", std::chrono::seconds(1), jobs::in_transaction([&authority](db::Tx& tx) {
        return audit::seal_pending(
                   tx, [&authority](std::string_view head) { return authority.sign(keys::event_head_type, head); },
                   200) == 200;
      })};
  sealing.trusts_clock = false;
  runner.add(std::move(sealing));

  auto const bounded = [](auto clean) {
    return jobs::in_transaction([clean](db::Tx& tx) { return clean(tx, 200) == 200; });
  };
  runner.add(jobs::Periodic{"forget_outcomes", minutes(10), bounded(db::forget_old_outcomes)});
  runner.add(jobs::Periodic{"forget_sign_ins", minutes(10), bounded(people::clean_up)});
  runner.add(jobs::Periodic{"forget_mails", minutes(10), bounded(mail::clean_up)});
  runner.add(jobs::Periodic{"forget_input", minutes(10), jobs::in_transaction(jobs::clean_up_input)});

  jobs::Periodic sending{
      "send_mails", std::chrono::seconds(1),
      [&postman = service.postman()](db::Database& database) { return postman.send_due(database); }};
  sending.trusts_clock = false;
  service.mailer().add(std::move(sending));
}

}  // namespace menkyo::app
