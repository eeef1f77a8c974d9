#pragma once
// Named places where a test makes the program fail, stand still, or end. Without MENKYO_FAILPOINTS, as in every build
// that users get, they are nothing: neither code nor names are left.
//
//   failpoint<"db.before_commit">();
//
// A build with them ends by SIGKILL at a place that the environment names: MENKYO_FAILPOINT=db.before_commit:3 (at
// the third time). With MENKYO_FAILPOINT=db.before_commit:3:stop it stands still there, by SIGSTOP.

#include <cstddef>

#ifdef MENKYO_FAILPOINTS
#include <atomic>
#include <functional>
#include <string>
#include <vector>
#endif

namespace menkyo {

// What may happen at a place.
enum class Failing {
  any,     // what a database may do, inside a transaction
  memory,  // beside a transaction: memory may be short
  never,   // nothing may be thrown from here, but the process may end
};

namespace failpoints {

template <size_t N>
struct Name {
  char text[N];
  consteval Name(char const (&name)[N]) {
    for (size_t i = 0; i < N; ++i) text[i] = name[i];
  }
};

#ifdef MENKYO_FAILPOINTS

class Site {
 public:
  Site(char const* name, Failing failing);
  char const* const name;
  Failing const failing;
  std::atomic<int64_t> passed{0};
};

// All places of the program, whether or not they were come by yet, by name.
std::vector<Site const*> sites();
// The `nth` time from now that the place is come by, `act` runs there, once; it may throw what the place allows,
// wait, or end the process. Replaces what was armed before. Throws std::logic_error if there is no such place.
void arm(std::string const& name, std::function<void()> act, int64_t nth = 1);
// Waits for an act that runs.
void disarm();
// Whether the act ran since it was armed.
bool acted();

void pass(Site& site);

template <Name name, Failing failing>
inline Site site{name.text, failing};

#endif

}  // namespace failpoints

#ifdef MENKYO_FAILPOINTS
template <failpoints::Name name, Failing failing = Failing::any>
void failpoint() {
  failpoints::pass(failpoints::site<name, failing>);
}
#else
template <failpoints::Name name, Failing failing = Failing::any>
[[gnu::always_inline]] inline void failpoint() {}
#endif

}  // namespace menkyo
