// A disk whose flush takes longer, for any program: loaded before the C library (LD_PRELOAD, ld.so(8)), it adds
// MENKYO_SLOW_DISK_MS milliseconds to each fsync() and fdatasync(). SQLite and PostgreSQL flush by these.

#include <dlfcn.h>
#include <time.h>
#include <unistd.h>

#include <cstdlib>

namespace {

int flush_slowly(char const* name, int fd) {
  static long const ms = [] {
    auto const* text = std::getenv("MENKYO_SLOW_DISK_MS");
    return text ? std::atol(text) : 0L;
  }();
  timespec const more{ms / 1000, ms % 1000 * 1'000'000};
  nanosleep(&more, nullptr);
  return reinterpret_cast<int (*)(int)>(dlsym(RTLD_NEXT, name))(fd);
}

}  // namespace

extern "C" int fsync(int fd) {
  return flush_slowly("fsync", fd);
}
extern "C" int fdatasync(int fd) {
  return flush_slowly("fdatasync", fd);
}
