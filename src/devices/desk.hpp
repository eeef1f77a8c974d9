#pragma once
// Where device messages come in: parse, verify, queue for the batch, sign the answer. Signature work happens beside
// the transactions and reads nothing: a message carries its key, and whether that is the device's is asked inside.

#include <condition_variable>
#include <mutex>

#include "api/route.hpp"
#include "base/executor.hpp"
#include "db/batch.hpp"
#include "devices/appointments.hpp"
#include "devices/devices.hpp"

namespace menkyo::devices {

struct DeskConfig {
  db::Database* database;
  keys::Vault const* vault;
  keys::Authority const* authority;
  catalog::CatalogCache* catalogs;
  Policy policy{};
  int worker_threads = 2;
  // Messages that are taken and not answered yet; more are put off at once. A machine that answers 2,000 a second
  // lets none wait for more than half a second.
  size_t open_limit = 1024;
};

// Thread-safe. Answers everything before it is destroyed.
class Desk {
 public:
  explicit Desk(DeskConfig config);
  ~Desk();

  // One device message (application/jose) and its answer; a refusal of the whole message is a problem document.
  void handle(api::Request request, api::Reply reply);
  // What a new device needs to trust this installation (GET /device/v1/trust).
  api::Response trust() const;
  Policy const& policy() const { return config_.policy; }
  // For operations outside the desk, inside the transaction of a person's request.
  template <class F>
  auto with_context(db::ReadTx& tx, F&& f) const {
    auto const catalog = config_.catalogs->at(tx);
    return f(Context{*config_.vault, *config_.authority, *catalog, config_.policy});
  }

 private:
  struct Taken;
  // Whether one more may be taken; it is counted then.
  bool open();
  void close();
  // When a device that is put off is to come again, in seconds.
  int64_t next_appointment();
  void take(std::string const& body, api::Reply const& reply);
  void take_registration(protocol::ParsedJws const& jws, api::Reply const& reply);
  void take_message(protocol::ParsedJws const& jws, MessageKind kind, api::Reply const& reply);
  Message read_message(protocol::ParsedJws const& jws, MessageKind kind) const;
  template <class Queue>
  void finish(typename Queue::Items items, std::exception_ptr error);
  void sign(std::vector<std::pair<Answer*, bool>> const& answers) const;
  // For the queues: what becomes of an item is the answer to its message.
  template <class Item>
  std::function<void(Item&, std::exception_ptr)> answer_to(api::Reply const& reply);
  // Does the work; whatever goes wrong becomes the answer.
  template <class Work>
  void guard(api::Reply const& reply, Work&& work);

  DeskConfig config_;
  std::mutex open_mutex_;
  std::condition_variable all_answered_;
  size_t open_ = 0;  // messages taken and not answered yet
  // How many were answered in the second that began then, and how many in a second lately.
  Instant second_{};
  double answered_ = 0, answered_per_s_ = 0;
  Appointments appointments_;
  db::BatchQueue<Message, Answer> messages_;
  db::BatchQueue<std::shared_ptr<Registration const>, Answer> registrations_;
  Executor workers_;
};

std::vector<api::Route> message_routes();

}  // namespace menkyo::devices

template <>
inline constexpr bool menkyo::api::is_service<menkyo::devices::Desk> = true;
