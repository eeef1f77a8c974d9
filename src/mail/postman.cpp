#include "mail/postman.hpp"

#include <algorithm>

#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "mail/store.hpp"

namespace menkyo::mail {

namespace {

constexpr int64_t mails_at_once = 50;
constexpr Duration first_rest = std::chrono::seconds(5), longest_rest = std::chrono::minutes(5);

}  // namespace

Duration wait_after(int64_t attempts) {
  auto const wait = std::chrono::minutes(int64_t{1} << std::clamp<int64_t>(attempts - 1, 0, 10));
  return std::min<Duration>(wait, std::chrono::hours(1));
}

Postman::Postman(keys::Vault const& vault, Sender sender, MakeTransport const& make)
    : vault_(vault), sender_(std::move(sender)), transport_(make(stopping_)) {}

Delivery Postman::deliver(Message const& message, MailId id, Instant created_at) {
  auto const to = envelope_address(message.to);
  if (!to) return {Delivery::Fate::never, "not_an_address"};
  return transport_->deliver({id, sender_.address, *to, to_rfc5322(message, id, sender_, created_at)});
}

Delivery Postman::send_now(db::Database& database, Message const& message) {
  Random random(database.next_seed());
  auto const now = database.now();
  auto const delivery = deliver(message, MailId{random.uuid7(now)}, now);
  transport_->rest();
  return delivery;
}

bool Postman::send_due(db::Database& database) {
  if (database.now() < resting_until_) return false;
  auto const due = database.read([](db::ReadTx& tx) { return store::due_mails(tx, tx.now(), mails_at_once); });
  for (auto const& mail : due) {
    if (stopping_) break;
    auto const again_at = database.now() + wait_after(mail.attempts + 1);
    if (!database.write([&](db::Tx& tx) { return store::take(tx, mail, again_at); })) continue;
    failpoint<"mail.taken", Failing::memory>();
    auto const delivery = deliver(keys::open_struct<Message>(vault_, message_purpose, mail.wrapped_message),
                                  mail.mail_id, mail.created_at);
    failpoint<"mail.delivered", Failing::memory>();
    if (delivery.fate == Delivery::Fate::delivered) {
      database.write([&](db::Tx& tx) {
        transport_->keeps_delivered() ? store::keep_delivered(tx, mail.mail_id, tx.now())
                                      : store::remove(tx, mail.mail_id);
      });
      ++stats_.delivered;
      next_rest_ = {};
      continue;
    }
    log::warning("mail_not_sent", {{"mail", mail.mail_id.text()},
                                   {"template", mail.template_name},
                                   {"attempt", mail.attempts + 1},
                                   {"reason", delivery.reason}});
    bool const too_old = database.now() - mail.created_at >= give_up_after;
    if (delivery.fate == Delivery::Fate::never || too_old) {
      database.write([&](db::Tx& tx) { store::give_up(tx, mail.mail_id, delivery.reason); });
      ++stats_.given_up;
    } else {
      ++stats_.put_off;
    }
    if (delivery.fate != Delivery::Fate::no_server) continue;
    // It is not this mail's fault: the others would fail in the same way, and none of them loses an attempt.
    next_rest_ = std::clamp<Duration>(next_rest_ * 2, first_rest, longest_rest);
    resting_until_ = database.now() + next_rest_;
    if (!too_old)
      database.write([&](db::Tx& tx) { store::put_off(tx, mail.mail_id, mail.attempts, resting_until_); });
    break;
  }
  bool const more = int64_t(due.size()) == mails_at_once && !stopping_ && database.now() >= resting_until_;
  if (!more) transport_->rest();
  return more;
}

}  // namespace menkyo::mail
