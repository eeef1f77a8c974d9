// The batch handler: what registered devices ask for.
//
// All rows that the batch needs are read first, each message is decided in the order of its arrival on the state that
// the ones before it left, and everything is written at the end.

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "devices/devices.hpp"
#include "devices/store.hpp"
#include "protocol/json.hpp"
#include "protocol/limits.hpp"
#include "protocol/schedule.hpp"

namespace menkyo::devices {

namespace {

using store::DeviceKey;
using store::Uses;

// One device as the batch sees and changes it.
struct State {
  store::ContactRow contact;
  Uses stored_uses, uses;
  bool contact_changed = false;
  bool look_anew = false;  // its timer is to be set again
};

struct Wish {
  catalog::Entitlement const* entitlement = nullptr;  // null: not in the catalogue
  std::string code;                                   // as the device wrote it
  int64_t quantity = 0;
  std::string_view refusal{};
};

std::string refusal_detail(std::string_view code, std::string const& entitlement) {
  if (code == "entitlement_unknown")
    return entitlement + " is not in the catalogue of this service. Check the spelling.";
  if (code == "incompatible_product") return "This product may not use " + entitlement + ".";
  if (code == "export_not_allowed_by_token")
    return entitlement +
           " is export-controlled, and the device was registered with a token that does not allow that.";
  return "The virtual account does not have enough of " + entitlement + ". Ask for a transfer or an order.";
}

std::string to_measurements(std::vector<protocol::Measurement> const& measurements) {
  std::string out;
  protocol::json::Writer w(out);
  w.begin_array();
  for (auto const& m : measurements)
    w.begin_object().member("at", to_rfc3339(m.at)).member("quantity", m.quantity).end_object();
  w.end_array();
  return out;
}

class Batch {
 public:
  Batch(db::Tx& tx, Context const& context, std::span<MessageItem* const> items)
      : tx_(tx),
        context_(context),
        items_(items),
        books_(tx, context.vault, context.catalog),
        look_(tx, context.catalog) {}

  void run() {
    load();
    for (auto* item : items_) {
      try {
        item->out = decide(*item);
      } catch (Problem const& problem) {
        item->problem = problem;
      }
    }
    store();
  }

 private:
  using State = devices::State;

  void load() {
    std::vector<DeviceKey> keys;
    for (auto const* item : items_) keys.push_back({item->in.smart_account_id, item->in.device_id});
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    for (auto& c : store::lock_contacts(tx_, keys)) {
      auto& s = states_[{c.smart_account_id, c.device_id}];
      s.stored_uses = s.uses = store::parse_uses(c.in_use);
      s.contact = std::move(c);
    }
    load_groups();
  }

  // A group is locked only if some message may change what is used of it; otherwise it is only looked at. A message
  // that is not the device's own touches nothing.
  void load_groups() {
    std::vector<licenses::GroupKey> changing, looked_at;
    for (auto const* item : items_) {
      auto const& m = item->in;
      auto const found = states_.find({m.smart_account_id, m.device_id});
      if (found == states_.end() || found->second.contact.key_thumbprint != m.key_thumbprint) continue;
      auto const& s = found->second;
      auto const group = [&](EntitlementId e) {
        return look_.key_of(m.smart_account_id, s.contact.virtual_account_id, e);
      };
      auto const wishes = wishes_of(m);
      bool same = m.kind == MessageKind::authorize && wishes.size() == s.uses.size();
      for (auto const& w : wishes)
        same = same && w.entitlement && s.uses.contains(w.entitlement->entitlement_id) &&
               s.uses.at(w.entitlement->entitlement_id) == w.quantity;
      if (m.kind != MessageKind::authorize && m.kind != MessageKind::deregister) continue;
      auto& into = same ? looked_at : changing;
      for (auto const& [e, quantity] : s.uses) into.push_back(group(e));
      for (auto const& w : wishes)
        if (w.entitlement) into.push_back(group(w.entitlement->entitlement_id));
    }
    books_.load(changing);
    std::set<licenses::GroupKey> const locked(changing.begin(), changing.end());
    locked_ = locked;
    std::erase_if(looked_at, [&](auto const& key) { return locked.contains(key); });
    look_.load(looked_at);
  }

  std::vector<Wish> wishes_of(Message const& m) const {
    std::vector<Wish> out;
    for (auto const& w : m.wanted) {
      auto const* e = context_.catalog.find_entitlement(w.entitlement);
      if (!e) e = context_.catalog.find_entitlement_by_tag(w.entitlement);
      out.push_back({e, w.entitlement, w.quantity});
    }
    return out;
  }

  licenses::Books& books_for(licenses::GroupKey const& key) { return locked_.contains(key) ? books_ : look_; }

  // ---- decisions --------------------------------------------------------------------------------------------------

  Answer decide(MessageItem& item) {
    auto const& m = item.in;
    auto const found = states_.find({m.smart_account_id, m.device_id});
    if (found == states_.end())
      throw Problem(problems::device_unknown, "The device is not registered here. Register it again.");
    auto& s = found->second;
    // A repeat carries the key of its time.
    if (m.common.seq == s.contact.sequence && m.message_hash == s.contact.message_hash) return repeated(s);
    if (s.contact.key_thumbprint != m.key_thumbprint)
      throw Problem(problems::message_invalid,
                    "The message is signed with a key that is not, or no longer, the device's.");
    if (m.common.seq == s.contact.sequence) refuse_clone(s, m);
    if (s.contact.status == DeviceStatus::removed)
      throw Problem(problems::device_unknown, "The device was removed from its virtual account. Register it again.");
    if (m.common.seq < s.contact.sequence) return resync(s, m, protocol::ResyncReason::sequence_behind);
    if (s.contact.identity_expires_at <= tx_.now())
      throw Problem(problems::identity_expired, "The identity of the device expired at " +
                                                    to_rfc3339(s.contact.identity_expires_at) +
                                                    ". Register it again.");
    if (m.common.epoch != 0 && m.common.epoch != context_.authority.epoch() && m.kind != MessageKind::authorize)
      return resync(s, m, protocol::ResyncReason::new_epoch);
    auto answer = accept(m, s);
    s.contact.sequence = m.common.seq;
    s.contact.message_hash = m.message_hash;
    s.contact.last_contact_at = tx_.now();
    s.contact.answer = store::kept_answer(answer.typ, answer.payload);
    s.contact_changed = true;
    if (s.contact.silent) {
      s.contact.silent = false;
      books_.change_devices(m.smart_account_id, s.contact.virtual_account_id, 0, -1);
      s.look_anew = true;
    }
    if (s.look_anew)
      store::set_timer(tx_, m.smart_account_id, m.device_id, next_look(s.contact, context_.policy, tx_.now()));
    return answer;
  }

  Answer accept(Message const& m, State& s) {
    switch (m.kind) {
      case MessageKind::authorize:
        return authorize(m, s);
      case MessageKind::report:
        return report(m, s);
      case MessageKind::renew_identity:
        return renew_identity(m, s);
      case MessageKind::deregister:
        return deregister(m, s);
    }
    throw std::logic_error("a message of no kind");
  }

  [[noreturn]] void refuse_clone(State& s, Message const& m) {
    warn(s, m, audit::EventKind::device_cloned, s.contact.cloned_at);
    throw Problem(problems::sequence_conflict,
                  "Another message with this number was accepted before. Two copies of the device may be running: "
                  "stop one of them and register it anew.");
  }

  Answer repeated(State const& s) const {
    std::string const stored(as_text(s.contact.answer));
    auto const line = stored.find('\n');
    for (auto const typ :
         {protocol::typ::register_answer, protocol::typ::authorize_answer, protocol::typ::report_answer,
          protocol::typ::renew_identity_answer, protocol::typ::deregister_answer})
      if (typ == std::string_view(stored).substr(0, line)) return {typ, stored.substr(line + 1), {}};
    throw std::logic_error("a stored answer has no type");
  }

  Answer resync(State& s, Message const& m, protocol::ResyncReason reason) {
    if (reason == protocol::ResyncReason::sequence_behind)
      warn(s, m, audit::EventKind::device_resynced, s.contact.warned_at);
    protocol::ResyncAnswer a;
    fill_common(a, m);
    a.last_seq = s.contact.sequence;
    a.reason = reason;
    return {protocol::typ::resync_answer, protocol::encode(a), {}};
  }

  // People are told of a clone or a rolled-back device once a day, however often it calls.
  void warn(State& s, Message const& m, audit::EventKind kind, std::optional<Instant>& warned_at) {
    if (warned_at && tx_.now() - *warned_at < std::chrono::hours(24)) return;
    warned_at = tx_.now();
    s.contact_changed = true;
    record(s, m, kind, {{"sequence", m.common.seq}, {"last_sequence", s.contact.sequence}});
  }

  void record(State const& s, Message const& m, audit::EventKind kind, std::vector<audit::Datum> data) {
    events_.push_back({m.smart_account_id, kind, audit::actor(audit::ActorKind::device, m.device_id),
                       s.contact.virtual_account_id, "device", m.device_id.bytes, std::move(data)});
  }

  void fill_common(protocol::AnswerCommon& a, Message const& m) {
    a.message = to_text(m.kind);
    a.seq = m.common.seq;
    a.nonce = m.common.nonce;
    a.epoch = context_.authority.epoch();
    a.answered_at = tx_.now();
    a.installation = context_.authority.installation();
    auto const skew = std::chrono::duration_cast<std::chrono::seconds>(m.common.sent_at - tx_.now()).count();
    if (std::abs(skew) > 60) a.clock_skew_s = skew;
  }

  // ---- authorize --------------------------------------------------------------------------------------------------

  Answer authorize(Message const& m, State& s) {
    auto wishes = wishes_of(m);
    std::set<EntitlementId> wanted;
    for (auto const& w : wishes)
      if (w.entitlement && !wanted.insert(w.entitlement->entitlement_id).second)
        throw Problem(problems::message_invalid, "The message names " + w.entitlement->code + " twice.");
    for (auto const& [entitlement, quantity] : Uses(s.uses))
      if (!wanted.contains(entitlement)) set_use(s, m, entitlement, 0);
    // What is given back first may serve what is drawn after it.
    for (auto& w : wishes)
      if (w.entitlement && w.quantity < used(s, w.entitlement->entitlement_id))
        set_use(s, m, w.entitlement->entitlement_id, w.quantity);
    for (auto& w : wishes) draw(s, m, w);
    // There may be something to release again.
    if (std::exchange(s.contact.released_at, {})) s.look_anew = true;
    return authorize_answer(m, s, wishes);
  }

  static int64_t used(State const& s, EntitlementId e) {
    auto const at = s.uses.find(e);
    return at == s.uses.end() ? 0 : at->second;
  }

  void draw(State& s, Message const& m, Wish& w) {
    if (!w.entitlement) {
      w.refusal = "entitlement_unknown";
    } else {
      auto const id = w.entitlement->entitlement_id;
      int64_t const extra = w.quantity - used(s, id);
      if (extra <= 0) return;
      auto const va = s.contact.virtual_account_id;
      if (!context_.catalog.compatible(s.contact.product_id, id)) {
        w.refusal = "incompatible_product";
      } else if (w.entitlement->export_controlled && !s.contact.export_controlled_allowed) {
        w.refusal = "export_not_allowed_by_token";
      } else if (w.entitlement->must_cover() && !books_.could_cover(m.smart_account_id, va, id, extra)) {
        w.refusal = w.entitlement->export_controlled ? "export_controlled_short" : "enforced_short";
      } else {
        return set_use(s, m, id, w.quantity);
      }
    }
    if (s.contact.warned_at && tx_.now() - *s.contact.warned_at < std::chrono::hours(24)) return;
    s.contact.warned_at = tx_.now();
    record(s, m, audit::EventKind::draw_refused,
           {{"entitlement_code", w.entitlement ? w.entitlement->code : w.code},
            {"quantity", w.quantity},
            {"code", std::string(w.refusal)}});
  }

  void set_use(State& s, Message const& m, EntitlementId e, int64_t quantity) {
    int64_t const before = used(s, e);
    if (quantity == before) return;
    auto const va = s.contact.virtual_account_id;
    books_.change_use(m.smart_account_id, va, e, quantity - before);
    if (quantity == 0)
      s.uses.erase(e);
    else
      s.uses[e] = quantity;
    auto& entry = use_entries_[{m.smart_account_id, m.device_id, e}];
    entry = {m.smart_account_id, va, e, tx_.now(), m.device_id, quantity, entry.change + quantity - before};
    auto const* entitlement = context_.catalog.find_entitlement(e);
    record(s, m, audit::EventKind::use_changed,
           {{"entitlement_code", entitlement ? entitlement->code : e.text()}, {"from", before}, {"to", quantity}});
  }

  Answer authorize_answer(Message const& m, State& s, std::vector<Wish> const& wishes) {
    protocol::AuthorizeAnswer a;
    fill_common(a, m);
    bool short_of_something = false;
    for (auto const& w : wishes) {
      a.entitlements.push_back(entitlement_answer(s, m, w));
      short_of_something = short_of_something || a.entitlements.back().missing > 0;
    }
    s.contact.authorization_state = s.uses.empty()       ? AuthorizationState::none
                                    : short_of_something ? AuthorizationState::out_of_compliance
                                                         : AuthorizationState::authorized;
    a.authorization_state = s.uses.empty()       ? protocol::AuthorizationState::none
                            : short_of_something ? protocol::AuthorizationState::out_of_compliance
                                                 : protocol::AuthorizationState::authorized;
    auto const& p = context_.policy;
    a.valid_until = tx_.now() + std::chrono::seconds(p.authorization_period_s);
    auto const id = m.device_id.text();
    auto const window =
        protocol::window_after(id, protocol::Errand::check_in,
                               short_of_something ? p.out_of_compliance_renew_s : p.authorization_renew_s, tx_.now());
    a.renew_after_from = window.from;
    a.renew_after_to = window.to;
    auto const identity_since = s.contact.identity_expires_at - std::chrono::seconds(p.identity_validity_s);
    a.identity_renew_at =
        protocol::window_after(id, protocol::Errand::renew_identity, p.identity_renew_s, identity_since).from;
    a.policy = p;
    return {protocol::typ::authorize_answer, protocol::encode(a), {}};
  }

  protocol::EntitlementAnswer entitlement_answer(State const& s, Message const& m, Wish const& w) {
    protocol::EntitlementAnswer e;
    e.entitlement = w.code;
    e.wanted = w.quantity;
    e.name = w.entitlement ? w.entitlement->name_en : w.code;
    if (w.entitlement) {
      auto const id = w.entitlement->entitlement_id;
      e.granted = used(s, id);
      auto const key = look_.key_of(m.smart_account_id, s.contact.virtual_account_id, id);
      auto& books = books_for(key);
      // A pool may lack more than one device could ever ask for; the protocol's numbers end there.
      auto const told = [](int64_t quantity) { return std::min(quantity, protocol::limits::quantity); };
      e.missing = told(books.position(m.smart_account_id, s.contact.virtual_account_id, id).short_quantity);
      for (auto const& loan : books.loans_of(key))
        if (loan.borrower == id)
          if (auto const* lender = context_.catalog.find_entitlement(loan.lender))
            e.covered_by.push_back({lender->code, told(loan.quantity)});
    }
    e.status = !w.refusal.empty() ? protocol::EntitlementStatus::refused
               : e.missing > 0    ? protocol::EntitlementStatus::out_of_compliance
                                  : protocol::EntitlementStatus::in_compliance;
    if (!w.refusal.empty()) {
      e.code = w.refusal;
      e.detail = refusal_detail(w.refusal, w.entitlement ? w.entitlement->code : w.code);
    }
    return e;
  }

  // ---- the others -------------------------------------------------------------------------------------------------

  Answer report(Message const& m, State& s) {
    auto last = s.contact.report_hash;
    // Reports that were acknowledged but whose acknowledgement got lost come again at the front.
    size_t first = m.reports.size();
    for (size_t i = 0; i < m.reports.size(); ++i)
      if (m.reports[i].previous_hash == last) first = i;
    bool const all_known = !m.reports.empty() && m.reports.back().hash == last;
    if (first == m.reports.size() && !all_known) {
      first = 0;  // the chain broke (a restored server, a rolled-back device): keep what comes, and say so
      record(s, m, audit::EventKind::report_chain_broken, {{"reports", int64_t(m.reports.size())}});
    }
    for (size_t i = first; i < m.reports.size() && !all_known; ++i) {
      auto const& r = m.reports[i];
      auto const* e = context_.catalog.find_entitlement(r.entitlement);
      if (!e) e = context_.catalog.find_entitlement_by_tag(r.entitlement);
      reports_.push_back({m.smart_account_id, m.device_id, r.hash, r.previous_hash, r.report_id,
                          e ? e->entitlement_id : EntitlementId{}, r.started_at, r.ended_at,
                          to_measurements(r.measurements), tx_.now()});
      last = r.hash;
    }
    s.contact.report_hash = last;
    protocol::ReportAnswer a;
    fill_common(a, m);
    a.acknowledged_through = last;
    return {protocol::typ::report_answer, protocol::encode(a), {}};
  }

  Answer renew_identity(Message const& m, State& s) {
    check_clock(m.common.sent_at, tx_.now());
    store::set_certificate(tx_, m.smart_account_id, m.device_id, m.certificate);
    if (m.new_key) s.contact.key_thumbprint = m.new_key->thumbprint();
    s.contact.identity_expires_at = m.identity_expires_at;
    s.look_anew = true;
    record(s, m, audit::EventKind::device_identity_renewed, {});
    protocol::RenewIdentityAnswer a;
    fill_common(a, m);
    a.anchors = {context_.authority.root_certificate()};
    a.certificate_chain = {m.certificate, context_.authority.issuing_certificate()};
    return {protocol::typ::renew_identity_answer, protocol::encode(a), {}};
  }

  Answer deregister(Message const& m, State& s) {
    for (auto const& [entitlement, quantity] : Uses(s.uses)) set_use(s, m, entitlement, 0);
    books_.change_devices(m.smart_account_id, s.contact.virtual_account_id, -1);
    store::set_removed(tx_, m.smart_account_id, m.device_id);
    s.look_anew = true;
    s.contact.status = DeviceStatus::removed;
    s.contact.authorization_state = AuthorizationState::none;
    record(s, m, audit::EventKind::device_deregistered, {});
    protocol::DeregisterAnswer a;
    fill_common(a, m);
    return {protocol::typ::deregister_answer, protocol::encode(a), {}};
  }

  // ---- writing ----------------------------------------------------------------------------------------------------

  void store() {
    std::vector<store::ContactRow> contacts;
    std::vector<store::UseRow> uses, gone;
    for (auto& [key, s] : states_) {
      auto const& before = s.stored_uses;
      if (s.uses != before) s.contact.in_use = store::format_uses(s.uses);
      if (s.contact_changed) contacts.push_back(s.contact);
      for (auto const& [e, quantity] : s.uses)
        if (auto const at = before.find(e); at == before.end() || at->second != quantity)
          uses.push_back({key.smart_account_id, key.device_id, e, quantity});
      for (auto const& [e, quantity] : before)
        if (!s.uses.contains(e)) gone.push_back({key.smart_account_id, key.device_id, e, 0});
    }
    std::vector<store::UseEntryRow> entries;
    for (auto const& [key, entry] : use_entries_) entries.push_back(entry);
    store::put_contacts(tx_, contacts);
    store::delete_uses(tx_, gone);
    store::put_uses(tx_, uses);
    store::insert_use_entries(tx_, entries);
    store::insert_reports(tx_, reports_);
    audit::record(tx_, context_.vault, events_);
    books_.store({audit::ActorKind::job, {}});
  }

  db::Tx& tx_;
  Context const& context_;
  std::span<MessageItem* const> items_;
  licenses::Books books_, look_;
  std::set<licenses::GroupKey> locked_;
  std::map<DeviceKey, State> states_;
  std::map<std::tuple<SmartAccountId, DeviceId, EntitlementId>, store::UseEntryRow> use_entries_;
  std::vector<store::ReportRow> reports_;
  std::vector<audit::Event> events_;
};

}  // namespace

void answer_messages(db::Tx& tx, Context const& context, std::span<MessageItem* const> items) {
  Batch(tx, context, items).run();
}

}  // namespace menkyo::devices
