#pragma once
// Tells open pages that something changed, so that they read it anew: one event stream for each page (WHATWG HTML
// section 9.2). A stream carries what changed where, never the data themselves.

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "access/access.hpp"
#include "db/database.hpp"
#include "live/store.hpp"

namespace menkyo::live {

struct LiveConfig {
  db::Database* database;
  // Throws Problem if the caller is no longer signed in; must not count as use of the session.
  std::function<void(db::ReadTx&, api::Caller const&)> still_signed_in;
  Duration poll_every = std::chrono::seconds(1);
  // Transactions may commit in another order than they began; so far back events are looked for again.
  Duration overlap = std::chrono::seconds(10);
  // The right to a stream is proved again this often.
  Duration prove_every = std::chrono::seconds(60);
  size_t stream_limit = 2'000;
  size_t streams_per_person = 20;
};

// One thread reads the event log while there are streams, and sleeps otherwise. Thread-safe; the database must
// outlive it.
class Live {
 public:
  explicit Live(LiveConfig config);
  ~Live();

  // Problem busy or too_many_requests if there are too many streams.
  api::Response open(api::Caller const& caller, SmartAccountId account, access::Reach const& reach, Instant now);

 private:
  struct Subscriber {
    api::Caller caller;
    SmartAccountId smart_account_id;
    access::Reach reach;  // this and the next: the polling thread's alone
    Instant proved_at;
    std::mutex mutex;
    api::EventStream::Sink sink;
    std::string waiting;  // what came before the transport was ready
  };
  using Subscribers = std::vector<std::shared_ptr<Subscriber>>;

  void loop();
  void poll(Subscribers const& subscribers);
  std::vector<store::Happened> news(db::ReadTx& tx);
  bool may_stay(db::ReadTx& tx, Subscriber& subscriber, bool prove_now) const;
  Subscribers present();  // with mutex_ held

  LiveConfig config_;
  Instant floor_{};         // of the polling thread: when it last looked
  std::set<EventId> seen_;  // of the polling thread: within the overlap
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::weak_ptr<Subscriber>> subscribers_;
  bool closing_ = false;
  std::thread thread_;
};

std::vector<api::Route> routes();

}  // namespace menkyo::live

template <>
inline constexpr bool menkyo::api::is_service<menkyo::live::Live> = true;
