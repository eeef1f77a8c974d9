#pragma once
// Gathers requests of one kind so that many share their statements and one commit. The handler sees all items that were
// waiting; the same code serves a single item. Works on both databases, on top of Database::write_async.

#include <memory>
#include <span>

#include "db/database.hpp"

namespace menkyo::db {

// One request of a batch. The handler sets exactly one of `out` and `problem` on each run.
template <class In, class Out>
struct BatchItem {
  In in;
  Instant now;
  Seed seed;
  std::optional<Out> out;
  std::optional<Problem> problem;
  std::function<void(BatchItem&, std::exception_ptr)> done;
};

template <class In, class Out>
class BatchQueue {
 public:
  using Item = BatchItem<In, Out>;
  // May run several times for the same items and must assign their results anew; throwing fails the batch, which is
  // then run again item by item.
  using Handle = std::function<void(Tx&, std::span<Item* const>)>;

  BatchQueue(Database& database, Handle handle, size_t batch_limit = 256, int in_flight_limit = 1)
      : state_(std::make_shared<State>(database, std::move(handle), batch_limit, in_flight_limit)) {}

  // `done` gets the item with its result, or what failed the storage, on a writer thread after the commit.
  // Throws Problem busy if too many are waiting.
  void submit(In in, std::function<void(Item&, std::exception_ptr)> done) {
    auto& s = *state_;
    auto item = std::make_unique<Item>();
    item->in = std::move(in);
    item->now = s.database.now();
    item->seed = s.database.next_seed();
    item->done = std::move(done);
    {
      std::lock_guard lock(s.mutex);
      if (s.waiting.size() >= s.waiting_limit) {
        Problem busy(problems::busy);
        busy.retry_after_s = 1;
        throw busy;
      }
      s.waiting.push_back(std::move(item));
    }
    schedule(state_);
  }

 private:
  using Items = std::vector<std::unique_ptr<Item>>;

  struct State {
    State(Database& database, Handle handle, size_t batch_limit, int in_flight_limit)
        : database(database), handle(std::move(handle)), batch_limit(batch_limit), in_flight_limit(in_flight_limit) {}
    Database& database;
    Handle handle;
    size_t batch_limit;
    size_t waiting_limit = 8192;
    int in_flight_limit;
    std::mutex mutex;
    Items waiting;
    int in_flight = 0;
  };

  static void run(State& s, Items& items, Tx& tx) {
    std::vector<Item*> pointers;
    for (auto& item : items) {
      item->out.reset();
      item->problem.reset();
      pointers.push_back(item.get());
    }
    s.handle(tx, pointers);
  }

  static void schedule(std::shared_ptr<State> const& state) {
    {
      std::lock_guard lock(state->mutex);
      if (state->in_flight >= state->in_flight_limit || state->waiting.empty()) return;
      ++state->in_flight;
    }
    auto items = std::make_shared<Items>();
    state->database.write_async(
        [state, items](Tx& tx) {
          if (items->empty()) take(*state, *items);
          run(*state, *items, tx);
        },
        [state, items](std::exception_ptr error) {
          {
            std::lock_guard lock(state->mutex);
            --state->in_flight;
          }
          if (items->empty()) take(*state, *items);  // refused before it ran: these are the ones concerned
          finish(state, *items, error);
          schedule(state);
        });
  }

  static void take(State& s, Items& items) {
    std::lock_guard lock(s.mutex);
    size_t const count = std::min(s.waiting.size(), s.batch_limit);
    std::move(s.waiting.begin(), s.waiting.begin() + ptrdiff_t(count), std::back_inserter(items));
    s.waiting.erase(s.waiting.begin(), s.waiting.begin() + ptrdiff_t(count));
  }

  static void finish(std::shared_ptr<State> const& state, Items& items, std::exception_ptr error) {
    if (!error || items.size() <= 1) {
      for (auto& item : items) item->done(*item, error);
      return;
    }
    for (auto& item : items) {
      auto alone = std::make_shared<Items>();
      alone->push_back(std::move(item));
      state->database.write_async([state, alone](Tx& tx) { run(*state, *alone, tx); },
                                  [alone](std::exception_ptr e) { alone->front()->done(*alone->front(), e); });
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace menkyo::db
