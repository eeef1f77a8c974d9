#include "live/live.hpp"

#include <algorithm>
#include <utility>

#include "base/log.hpp"
#include "people/people.hpp"
#include "protocol/json.hpp"

namespace menkyo::live {

using access::Access;
using access::Permission;
using Viewer = Access<access::VirtualAccounts, Permission::inventory_view>;

namespace {

struct StreamQuery {
  SmartAccountId smart_account_id;
};
BOOST_DESCRIBE_STRUCT(StreamQuery, (), (smart_account_id))

constexpr int64_t read_step = 2'000;
// Beyond so many things a page is only told the topics and the virtual accounts.
constexpr size_t ids_limit = 100;

constexpr size_t waiting_limit = 64 << 10;

// What one page is to be told.
struct Change {
  std::set<std::string_view> topics;
  std::set<std::string> virtual_account_ids, ids;
};

// The first identifier (RFC 9562 section 5.7) of that millisecond.
EventId first_id_at(Instant t) {
  auto const ms = uint64_t(std::max<int64_t>(0, to_us(t) / 1000));
  EventId id;
  for (size_t i = 0; i < 6; ++i) id.bytes[i] = uint8_t(ms >> (8 * (5 - i)));
  return id;
}

void add_topics(std::string_view kind, Change& change) {
  change.topics.insert("events");
  if (kind.starts_with("device_") || kind == "use_changed") change.topics.insert({"devices", "licenses"});
  if (kind.starts_with("token_") || kind == "device_registered") change.topics.insert("tokens");
  if (kind.starts_with("licenses_") || kind.starts_with("term_") || kind.starts_with("compliance_"))
    change.topics.insert("licenses");
  // Virtual accounts show the names of their tags, which count those that carry them.
  if (kind.starts_with("virtual_account_") || kind.starts_with("custom_tag_"))
    change.topics.insert({"virtual_accounts", "custom_tags"});
  if (kind.starts_with("account_") || kind.starts_with("smart_account_") || kind.starts_with("role_") ||
      kind.starts_with("user_group_"))
    change.topics.insert("account");
  if (kind.starts_with("notification_address_")) change.topics.insert("notification_addresses");
  if (kind == "agreement_accepted") change.topics.insert("agreements");
}

std::optional<std::string> subject_of(store::Happened const& h) {
  if (!h.subject_id) return {};
  if (h.subject_kind == "device") return DeviceId{*h.subject_id}.text();
  if (h.subject_kind == "registration_token") return RegistrationTokenId{*h.subject_id}.text();
  if (h.subject_kind == "entitlement") return EntitlementId{*h.subject_id}.text();
  if (h.subject_kind == "virtual_account") return VirtualAccountId{*h.subject_id}.text();
  return {};
}

std::string event_text(Change const& change) {
  std::string out = "event: change\ndata: ";
  protocol::json::Writer w(out);
  auto const list = [&](std::string_view name, auto const& words) {
    w.key(name).begin_array();
    for (auto const& word : words) w.string(word);
    w.end_array();
  };
  w.begin_object();
  list("topics", change.topics);
  list("virtual_account_ids", change.virtual_account_ids);
  list("ids", change.ids.size() > ids_limit ? std::set<std::string>() : change.ids);
  w.end_object();
  return out + "\n\n";
}

api::Response open_stream(db::ReadTx& tx, Viewer const& access, StreamQuery const&, api::Caller const& caller,
                          Live& live) {
  return live.open(caller, access.smart_account_id(), access.reach(), tx.now());
}

}  // namespace

Live::Live(LiveConfig config) : config_(std::move(config)), thread_([this] { loop(); }) {}

Live::~Live() {
  {
    std::lock_guard lock(mutex_);
    closing_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

Live::Subscribers Live::present() {
  Subscribers out;
  std::erase_if(subscribers_, [&](auto const& weak) {
    auto subscriber = weak.lock();
    if (subscriber) out.push_back(std::move(subscriber));
    return weak.expired();
  });
  return out;
}

// The transport owns the stream and the stream its subscriber: when the connection ends, the subscriber is gone.
api::Response Live::open(api::Caller const& caller, SmartAccountId account, access::Reach const& reach, Instant now) {
  auto subscriber = std::make_shared<Subscriber>();
  subscriber->caller = caller;
  subscriber->smart_account_id = account;
  subscriber->reach = reach;
  subscriber->proved_at = now;
  {
    std::lock_guard lock(mutex_);
    auto const others = present();
    auto const own = std::count_if(others.begin(), others.end(),
                                   [&](auto const& s) { return s->caller.person_id == caller.person_id; });
    bool const too_many = size_t(own) >= config_.streams_per_person;
    if (too_many || others.size() >= config_.stream_limit) {
      Problem refusal(too_many ? problems::too_many_requests : problems::busy, "Too many pages are open.");
      refusal.retry_after_s = 60;
      throw refusal;
    }
    subscribers_.push_back(subscriber);
  }
  changed_.notify_all();
  api::Response response{200, {{"content-type", "text/event-stream"}}, {}, {}};
  response.stream = std::make_shared<api::EventStream>();
  response.stream->start = [subscriber](api::EventStream::Sink sink) {
    std::lock_guard lock(subscriber->mutex);
    subscriber->sink = std::move(sink);
    subscriber->sink(": open\n\n");  // a comment: proxies that wait for a first byte let the headers pass
    if (!subscriber->waiting.empty()) subscriber->sink(std::exchange(subscriber->waiting, {}));
  };
  return response;
}

void Live::loop() {
  std::unique_lock lock(mutex_);
  bool idle = true;
  while (!closing_) {
    auto subscribers = present();
    if (subscribers.empty()) {
      idle = true;
      changed_.wait(lock);
      continue;
    }
    lock.unlock();
    try {
      if (idle) {
        seen_.clear();
        floor_ = (*std::min_element(subscribers.begin(), subscribers.end(), [](auto const& a, auto const& b) {
                   return a->proved_at < b->proved_at;
                 }))->proved_at;
      }
      idle = false;
      poll(subscribers);
    } catch (std::exception const& failure) {
      // The floor stays, so the next look finds what this one missed.
      log::warning("live_poll_failed", {{"what", failure.what()}});
    }
    subscribers.clear();
    lock.lock();
    changed_.wait_for(lock, config_.poll_every, [this] { return closing_; });
  }
}

// Events that were not seen yet, of all accounts.
std::vector<store::Happened> Live::news(db::ReadTx& tx) {
  std::vector<store::Happened> out;
  auto after = first_id_at(floor_ - config_.overlap);
  seen_.erase(seen_.begin(), seen_.lower_bound(after));
  for (bool more = true; more;) {
    auto step = store::events_after(tx, after, read_step);
    more = int64_t(step.size()) == read_step;
    if (more) after = step.back().event_id;
    for (auto& event : step)
      if (seen_.insert(event.event_id).second) out.push_back(std::move(event));
  }
  return out;
}

bool Live::may_stay(db::ReadTx& tx, Subscriber& s, bool prove_now) const {
  if (!prove_now && tx.now() - s.proved_at < config_.prove_every) return true;
  try {
    config_.still_signed_in(tx, s.caller);
    s.reach = api::ProofTraits<Viewer>::prove(tx, s.caller, StreamQuery{s.smart_account_id}).reach();
    s.proved_at = tx.now();
    return true;
  } catch (Problem const&) {
    return false;
  }
}

void Live::poll(Subscribers const& subscribers) {
  std::map<SmartAccountId, std::vector<store::Happened>> happened;
  std::map<VirtualAccountId, std::string> paths;
  std::vector<bool> stays;
  config_.database->read([&](db::ReadTx& tx) {
    std::set<SmartAccountId> watched;
    for (auto const& s : subscribers) watched.insert(s->smart_account_id);
    std::map<VirtualAccountId, SmartAccountId> places;
    std::set<SmartAccountId> moved;  // in which something did
    for (auto& event : news(tx)) {
      if (!watched.contains(event.smart_account_id)) continue;
      if (event.virtual_account_id) places[*event.virtual_account_id] = event.smart_account_id;
      if (event.kind == to_text(audit::EventKind::virtual_account_moved)) moved.insert(event.smart_account_id);
      happened[event.smart_account_id].push_back(std::move(event));
    }
    std::vector<store::Place> wanted;
    for (auto const& [va, account] : places) wanted.push_back({account, va});
    for (auto& p : store::paths(tx, wanted)) paths[p.virtual_account_id] = std::move(p.path);
    // A move changes the paths that a role reaches.
    for (auto const& s : subscribers) stays.push_back(may_stay(tx, *s, moved.contains(s->smart_account_id)));
    floor_ = tx.now();
  });
  for (size_t i = 0; i < subscribers.size(); ++i) {
    auto& s = *subscribers[i];
    Change change;
    for (auto const& event : happened[s.smart_account_id]) {
      // What is about the whole account, or about a virtual account that is gone, is for those who see the whole.
      auto const path = event.virtual_account_id ? paths.find(*event.virtual_account_id) : paths.end();
      if (!s.reach.all && (path == paths.end() || !s.reach.covers(path->second))) continue;
      add_topics(event.kind, change);
      if (event.virtual_account_id) change.virtual_account_ids.insert(event.virtual_account_id->text());
      if (auto id = subject_of(event)) change.ids.insert(std::move(*id));
    }
    std::lock_guard lock(s.mutex);
    if (!stays[i]) {
      if (s.sink) s.sink("");
    } else if (!change.topics.empty()) {
      if (s.sink)
        s.sink(event_text(change));
      else if (s.waiting.size() < waiting_limit)
        s.waiting += event_text(change);
    }
  }
}

std::vector<api::Route> routes() {
  std::vector<api::Route> out{api::route<&open_stream>(api::Method::get,
                                                       "/api/v1/smart_accounts/{smart_account_id}/stream",
                                                       "stream_changes", "Hear of changes as they happen")};
  out.front().answer_type = "text/event-stream";
  return out;
}

}  // namespace menkyo::live
