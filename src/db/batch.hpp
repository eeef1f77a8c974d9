#pragma once
// Gathers requests of one kind so that many share their statements and one commit. The handler sees all items that
// were waiting; the same code serves a single item. Works on both databases, on top of Database::write_async.

#include <algorithm>
#include <iterator>
#include <memory>
#include <span>

#include "base/failpoint.hpp"
#include "db/database.hpp"

namespace menkyo::db {

// One request of a batch. The handler sets exactly one of `out` and `problem` on each run.
template <class In, class Out>
struct BatchItem {
  In in;
  Instant now;
  Seed seed;
  std::chrono::steady_clock::time_point queued_at;
  std::optional<Out> out;
  std::optional<Problem> problem;
  std::function<void(BatchItem&, std::exception_ptr)> done;
};

template <class In, class Out>
class BatchQueue {
 public:
  using Item = BatchItem<In, Out>;
  // May run several times for the same items and must assign their results anew, from the items' own `now` and
  // `seed`. If it throws (or violates a constraint), the batch is run again item by item, so that one bad item harms
  // no other. If the storage failed, or it is unknown whether the batch was committed, nothing is run again: all are
  // told so.
  using Handle = std::function<void(Tx&, std::span<Item* const>)>;
  using Items = std::vector<std::unique_ptr<Item>>;
  // Gets items that share their outcome, on a thread of the database, and must see to it that tell() reaches each;
  // must not throw. Work that is cheaper for many at once is done here.
  using Finish = std::function<void(Items, std::exception_ptr)>;

  static void tell(Items const& items, std::exception_ptr const& error) {
    for (auto& item : items) {
      failpoint<"batch.before_telling", Failing::never>();
      item->done(*item, error);
    }
  }

  BatchQueue(Database& database, Handle handle, Finish finish = tell, size_t batch_limit = 256,
             int in_flight_limit = 1)
      : state_(
            std::make_shared<State>(database, std::move(handle), std::move(finish), batch_limit, in_flight_limit)) {}

  // `done` gets the item with its result, or what failed it, after the commit; it must not throw. Where memory runs
  // out after the commit, it is dropped instead. Throws Problem busy if too many are waiting; an item that waited too
  // long is told the same. Whatever it throws, the item was not taken.
  void submit(In in, std::function<void(Item&, std::exception_ptr)> done) {
    auto& s = *state_;
    auto item = std::make_unique<Item>();
    item->in = std::move(in);
    item->now = s.database.now();
    item->seed = s.database.next_seed();
    item->queued_at = std::chrono::steady_clock::now();
    item->done = std::move(done);
    auto const* const taken = item.get();
    {
      std::lock_guard lock(s.mutex);
      if (s.waiting.size() >= s.database.config().queue_limit) throw busy();
      s.waiting.push_back(std::move(item));
    }
    try {
      schedule(state_);
    } catch (...) {
      if (withdraw(s, taken)) throw;
    }
  }

 private:
  struct State {
    State(Database& database, Handle handle, Finish finish, size_t batch_limit, int in_flight_limit)
        : database(database),
          handle(std::move(handle)),
          finish(std::move(finish)),
          batch_limit(batch_limit),
          in_flight_limit(in_flight_limit) {}
    Database& database;
    Handle handle;
    Finish finish;
    size_t batch_limit;
    int in_flight_limit;
    std::mutex mutex;
    std::deque<std::unique_ptr<Item>> waiting;
    int in_flight = 0;
  };

  // The items of one transaction, taken when it begins to run.
  struct Batch {
    Items items, late;
    bool taken = false;
  };

  static Problem busy() {
    Problem problem(problems::busy);
    problem.retry_after_s = 1;
    return problem;
  }

  static void run(State& s, Items& items, Tx& tx) {
    if (items.empty()) return;
    std::vector<Item*> pointers;
    for (auto& item : items) {
      item->out.reset();
      item->problem.reset();
      pointers.push_back(item.get());
    }
    s.handle(tx, pointers);
  }

  // Throws if there is no memory for a transaction.
  static void schedule(std::shared_ptr<State> const& state) {
    {
      std::lock_guard lock(state->mutex);
      if (state->in_flight >= state->in_flight_limit || state->waiting.empty()) return;
      ++state->in_flight;
    }
    try {
      auto batch = std::make_shared<Batch>();
      state->database.write_async(
          [state, batch](Tx& tx) {
            take(*state, *batch);
            failpoint<"batch.taken">();
            run(*state, batch->items, tx);
            failpoint<"batch.handled">();
          },
          [state, batch](std::exception_ptr error) {
            leave(*state);
            try {
              pass_on(state, *batch, error);
            } catch (...) {
              go_on(state);
              throw;
            }
            go_on(state);
          });
    } catch (...) {
      leave(*state);
      throw;
    }
  }

  static void leave(State& s) {
    std::lock_guard lock(s.mutex);
    --s.in_flight;
  }

  static void pass_on(std::shared_ptr<State> const& state, Batch& batch, std::exception_ptr error) {
    take(*state, batch);  // refused before it ran: these are the ones concerned
    if (!batch.late.empty()) state->finish(std::move(batch.late), std::make_exception_ptr(busy()));
    finish(state, batch.items, error);
  }

  // Whoever waits is told if there is no memory for a transaction, for perhaps nobody comes to try again.
  static void go_on(std::shared_ptr<State> const& state) {
    try {
      schedule(state);
    } catch (...) {
      while (auto item = take_first(*state)) item->done(*item, std::current_exception());
    }
  }

  static std::unique_ptr<Item> take_first(State& s) {
    std::lock_guard lock(s.mutex);
    if (s.waiting.empty()) return {};
    auto item = std::move(s.waiting.front());
    s.waiting.pop_front();
    return item;
  }

  static bool withdraw(State& s, Item const* item) {
    std::lock_guard lock(s.mutex);
    return std::erase_if(s.waiting, [&](auto const& waiting) { return waiting.get() == item; }) > 0;
  }

  // Takes all or, if it throws, nothing.
  static void take(State& s, Batch& batch) {
    if (batch.taken) return;
    auto const oldest = std::chrono::steady_clock::now() - s.database.config().queue_age_limit;
    std::lock_guard lock(s.mutex);
    auto const in_time =
        std::find_if(s.waiting.begin(), s.waiting.end(), [&](auto const& item) { return item->queued_at >= oldest; });
    auto const last = in_time + std::min<ptrdiff_t>(s.waiting.end() - in_time, ptrdiff_t(s.batch_limit));
    batch.late.reserve(size_t(in_time - s.waiting.begin()));
    batch.items.reserve(size_t(last - in_time));
    std::move(s.waiting.begin(), in_time, std::back_inserter(batch.late));
    std::move(in_time, last, std::back_inserter(batch.items));
    s.waiting.erase(s.waiting.begin(), last);
    batch.taken = true;
  }

  // Whether running the items one by one can help: something is wrong with one of them, not with the storage. A batch
  // whose commit is unknown must not run again, or it could be done twice.
  static bool may_run_again(std::exception_ptr error) {
    try {
      std::rethrow_exception(error);
    } catch (Problem const& problem) {
      auto const code = problem.kind().code;
      return code != problems::busy.code && code != problems::storage_unavailable.code &&
             code != problems::outcome_unknown.code;
    } catch (...) {
      return true;
    }
  }

  static void finish(std::shared_ptr<State> const& state, Items& items, std::exception_ptr error) {
    if (items.empty()) return;
    if (!error || items.size() == 1 || !may_run_again(error)) return state->finish(std::move(items), error);
    for (auto& item : items) {
      auto alone = std::make_shared<Items>();
      alone->push_back(std::move(item));
      state->database.write_async([state, alone](Tx& tx) { run(*state, *alone, tx); },
                                  [state, alone](std::exception_ptr e) { state->finish(std::move(*alone), e); });
    }
  }

  std::shared_ptr<State> state_;
};

}  // namespace menkyo::db
