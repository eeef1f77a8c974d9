// Memory that runs out for a moment: whichever allocation of the whole process fails while an operation is at work,
// OpenSSL's, SQLite's and libpq's included, what was answered well is done, what was refused is not, and the same
// request once more leaves it done once. libphonenumber alone is spared: want of memory in it ends the program
// (docs/decisions/0025-want-of-memory.md).
//
// A program of its own, because its malloc is not that of the C library. MENKYO_SEED=<number> replays a run;
// MENKYO_TRIALS says how many trials each test makes (all of them in ./dev soak).

#include <dlfcn.h>
#include <execinfo.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "tests/failpoints/trial.hpp"

// The sanitizers bring a malloc of their own.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)

namespace {

constexpr int64_t unlimited = -1;
std::atomic<int64_t> allocations_left{unlimited};
std::array<void*, 64> refused_at;
std::atomic<int> refused_depth{0};
std::atomic<int64_t> spared{0};

bool is_of_phone_library(void const* place) {
  Dl_info info;
  return ::dladdr(place, &info) && info.dli_fname && std::strstr(info.dli_fname, "libphonenumber");
}

bool take_one() {
  if (allocations_left.load(std::memory_order_relaxed) < 0) return true;
  // The one that is refused makes the rest unlimited again.
  if (allocations_left.fetch_sub(1) != 0) return true;
  int const depth = ::backtrace(refused_at.data(), int(refused_at.size()));
  if (std::any_of(refused_at.begin(), refused_at.begin() + depth, is_of_phone_library)) {
    ++spared;
    return true;
  }
  refused_depth = depth;
  errno = ENOMEM;
  return false;
}

}  // namespace

// What the C library (glibc) calls its own; see "Replacing malloc" in its manual.
extern "C" {
void* __libc_malloc(size_t);
void* __libc_calloc(size_t, size_t);
void* __libc_realloc(void*, size_t);
void* __libc_memalign(size_t, size_t);

void* malloc(size_t size) {
  return take_one() ? __libc_malloc(size) : nullptr;
}
void* calloc(size_t count, size_t size) {
  return take_one() ? __libc_calloc(count, size) : nullptr;
}
void* realloc(void* old, size_t size) {
  return take_one() ? __libc_realloc(old, size) : nullptr;
}
void* aligned_alloc(size_t alignment, size_t size) {
  return take_one() ? __libc_memalign(alignment, size) : nullptr;
}
int posix_memalign(void** out, size_t alignment, size_t size) {
  if (!take_one()) return ENOMEM;
  *out = __libc_memalign(alignment, size);
  return *out ? 0 : ENOMEM;
}
}

namespace menkyo::test {
namespace {

constexpr size_t trials_on_one_stage = 200;
constexpr int64_t more_than_any_operation = int64_t(1) << 40;

void tell_where() {
  ::backtrace_symbols_fd(refused_at.data(), refused_depth, STDERR_FILENO);
}

struct Trial {
  size_t operation;
  int64_t nth;  // counted from 0
};

class Allocations : public testing::TestWithParam<std::string> {
 protected:
  static void SetUpTestSuite() {
    ::backtrace(refused_at.data(), int(refused_at.size()));  // which allocates when it is first called
    std::set_terminate([] {
      allocations_left = unlimited;
      std::fputs("the program ended for want of memory at\n", stderr);
      tell_where();
      std::abort();
    });
  }

  // How many allocations each operation makes, all of them as trials, in an order of chance.
  std::vector<Trial> choose(Stage& stage, std::vector<Known> const& known) {
    std::vector<Trial> all;
    for (size_t i = 0; i < known.size(); ++i) {
      auto const send = make_ready(stage, known[i].operation);
      allocations_left = more_than_any_operation;
      send();
      auto const made = more_than_any_operation - allocations_left.exchange(unlimited);
      for (int64_t n = 0; n < made; ++n) all.push_back({i, n});
    }
    for (size_t i = all.size(); i > 1; --i) std::swap(all[i - 1], all[chance.below(i)]);
    auto const made = all.size();
    if (made > trials_wanted(40)) all.resize(trials_wanted(40));
    std::cout << "allocations on " << GetParam() << ": " << all.size() << " of " << made << " fail\n";
    return all;
  }

  static void try_refusing(Stage& stage, Known const& known, int64_t nth) {
    try_with(stage, known, [&](std::function<Told()> const& send) {
      Told told{500, "internal", {}};
      allocations_left = nth;
      try {
        told = send();
      } catch (std::logic_error const& error) {
        ADD_FAILURE() << error.what();
      } catch (std::exception const&) {
        // The test itself got no memory, or the connection ended without an answer.
      }
      allocations_left = unlimited;
      return told;
    });
  }

  uint64_t const seed = seed_of_run();
  Random chance{FixedSeeds(seed).next()};
};
MENKYO_ON_BOTH_DATABASES(Allocations);

TEST_P(Allocations, may_fail_anywhere_in_any_operation) {
  SCOPED_TRACE("replay with MENKYO_SEED=" + std::to_string(seed));
  auto stage = std::make_unique<Stage>(GetParam(), seed);
  stage->serve();
  auto const known = learn(*stage);
  ASSERT_FALSE(HasFailure());
  auto const trials = choose(*stage, known);
  size_t made = 0;
  for (auto const& trial : trials) {
    auto const& k = known[trial.operation];
    SCOPED_TRACE(k.operation.name + ", allocation " + std::to_string(trial.nth));
    try_refusing(*stage, k, trial.nth);
    if (HasFailure()) return tell_where();
    if (++made % trials_on_one_stage != 0) continue;
    EXPECT_THAT(stage->broken(), testing::IsEmpty());
    stage.reset();  // so that measuring stays quick
    stage = std::make_unique<Stage>(GetParam(), seed + made);
    stage->serve();
  }
  EXPECT_THAT(stage->broken(), testing::IsEmpty());
  EXPECT_LT(spared, int64_t(made) / 2);
  std::cout << "spared in libphonenumber: " << spared.exchange(0) << "\n";
}

}  // namespace
}  // namespace menkyo::test

#endif
