#include "db/log_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <mutex>
#include <new>
#include <string>
#include <vector>

namespace menkyo::db {

namespace {

// As much as is gathered at the most, of a commit that is larger.
constexpr size_t most_bytes = 1 << 20;
// SQLite's own file system takes less than 128 KB at a time (seekAndWriteFd() in os_unix.c).
constexpr size_t piece_bytes = 1 << 16;

sqlite3_vfs* real_of(sqlite3_vfs* vfs) {
  return static_cast<sqlite3_vfs*>(vfs->pAppData);
}

}  // namespace

// SQLite keeps the object in memory of its own; the real file's stands behind it there.
struct LogFile {
  sqlite3_file base;
  bool gathers;
  sqlite3_int64 at;  // where `gathered` begins in the file
  std::vector<char> gathered;

  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
  sqlite3_int64 end() const { return at + sqlite3_int64(gathered.size()); }

  int write_gathered() {
    int code = SQLITE_OK;
    for (size_t done = 0; done < gathered.size() && code == SQLITE_OK; done += piece_bytes) {
      auto const size = std::min(piece_bytes, gathered.size() - done);
      code = real()->pMethods->xWrite(real(), gathered.data() + done, int(size), at + sqlite3_int64(done));
    }
    gathered.clear();
    return code;
  }
  int gather(void const* data, int size, sqlite3_int64 offset) {
    if (!gathered.empty() && (offset != end() || gathered.size() + size_t(size) > most_bytes)) {
      int const code = write_gathered();
      if (code != SQLITE_OK) return code;
    }
    if (gathered.empty()) at = offset;
    auto const* bytes = static_cast<char const*>(data);
    try {
      gathered.insert(gathered.end(), bytes, bytes + size);
    } catch (std::bad_alloc const&) {
      return SQLITE_IOERR_NOMEM;
    }
    return SQLITE_OK;
  }
};

namespace {

LogFile& log(sqlite3_file* file) {
  return *reinterpret_cast<LogFile*>(file);
}

// Calls a method of the real file, after all that was gathered is written.
template <class F>
int after_writing(sqlite3_file* file, F&& call) {
  int const code = log(file).write_gathered();
  return code == SQLITE_OK ? call(log(file).real(), *log(file).real()->pMethods) : code;
}

int log_close(sqlite3_file* file) {
  auto* const real = log(file).real();
  int const code = real->pMethods ? real->pMethods->xClose(real) : SQLITE_OK;
  log(file).~LogFile();
  return code;
}
int log_read(sqlite3_file* file, void* out, int size, sqlite3_int64 offset) {
  auto& l = log(file);
  if (l.gathered.empty() || offset >= l.end() || offset + size <= l.at)
    return l.real()->pMethods->xRead(l.real(), out, size, offset);
  return after_writing(file, [&](auto* real, auto& methods) { return methods.xRead(real, out, size, offset); });
}
int log_write(sqlite3_file* file, void const* data, int size, sqlite3_int64 offset) {
  auto& l = log(file);
  return l.gathers ? l.gather(data, size, offset) : l.real()->pMethods->xWrite(l.real(), data, size, offset);
}
int log_truncate(sqlite3_file* file, sqlite3_int64 size) {
  return after_writing(file, [&](auto* real, auto& methods) { return methods.xTruncate(real, size); });
}
int log_sync(sqlite3_file* file, int flags) {
  return after_writing(file, [&](auto* real, auto& methods) { return methods.xSync(real, flags); });
}
int log_size(sqlite3_file* file, sqlite3_int64* size) {
  return after_writing(file, [&](auto* real, auto& methods) { return methods.xFileSize(real, size); });
}
int log_lock(sqlite3_file* file, int level) {
  return log(file).real()->pMethods->xLock(log(file).real(), level);
}
int log_unlock(sqlite3_file* file, int level) {
  return log(file).real()->pMethods->xUnlock(log(file).real(), level);
}
int log_is_locked(sqlite3_file* file, int* locked) {
  return log(file).real()->pMethods->xCheckReservedLock(log(file).real(), locked);
}
int log_control(sqlite3_file* file, int what, void* with) {
  return after_writing(file, [&](auto* real, auto& methods) { return methods.xFileControl(real, what, with); });
}
int log_sector(sqlite3_file* file) {
  return log(file).real()->pMethods->xSectorSize(log(file).real());
}
int log_characteristics(sqlite3_file* file) {
  return log(file).real()->pMethods->xDeviceCharacteristics(log(file).real());
}

// Version 1: a log has no shared memory of its own and is not mapped.
sqlite3_io_methods const log_methods = {1,
                                        log_close,
                                        log_read,
                                        log_write,
                                        log_truncate,
                                        log_sync,
                                        log_size,
                                        log_lock,
                                        log_unlock,
                                        log_is_locked,
                                        log_control,
                                        log_sector,
                                        log_characteristics,
                                        {},
                                        {},
                                        {},
                                        {},
                                        {},
                                        {}};

int open_file(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  auto* const real = real_of(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) return real->xOpen(real, name, file, flags, out_flags);
  auto* const l = new (file) LogFile{};
  std::memset(static_cast<void*>(l->real()), 0, size_t(real->szOsFile));
  int const code = real->xOpen(real, name, l->real(), flags, out_flags);
  // SQLite closes what has methods, also after a failure.
  if (code == SQLITE_OK || l->real()->pMethods) {
    l->base.pMethods = &log_methods;
  } else {
    l->~LogFile();
    file->pMethods = nullptr;
  }
  return code;
}

sqlite3_vfs gathering(sqlite3_vfs* real, char const* name) {
  // Everything but files is asked of the real one, which takes itself for its first argument.
  sqlite3_vfs vfs{};
  vfs.iVersion = 2;
  vfs.szOsFile = int(sizeof(LogFile)) + real->szOsFile;
  vfs.mxPathname = real->mxPathname;
  vfs.zName = name;
  vfs.pAppData = real;
  vfs.xOpen = open_file;
  vfs.xDelete = [](sqlite3_vfs* v, char const* n, int s) { return real_of(v)->xDelete(real_of(v), n, s); };
  vfs.xAccess = [](sqlite3_vfs* v, char const* n, int f, int* o) { return real_of(v)->xAccess(real_of(v), n, f, o); };
  vfs.xFullPathname = [](sqlite3_vfs* v, char const* n, int s, char* o) {
    return real_of(v)->xFullPathname(real_of(v), n, s, o);
  };
  vfs.xDlOpen = [](sqlite3_vfs* v, char const* n) { return real_of(v)->xDlOpen(real_of(v), n); };
  vfs.xDlError = [](sqlite3_vfs* v, int s, char* o) { real_of(v)->xDlError(real_of(v), s, o); };
  vfs.xDlSym = [](sqlite3_vfs* v, void* h, char const* n) { return real_of(v)->xDlSym(real_of(v), h, n); };
  vfs.xDlClose = [](sqlite3_vfs* v, void* h) { real_of(v)->xDlClose(real_of(v), h); };
  vfs.xRandomness = [](sqlite3_vfs* v, int s, char* o) { return real_of(v)->xRandomness(real_of(v), s, o); };
  vfs.xSleep = [](sqlite3_vfs* v, int us) { return real_of(v)->xSleep(real_of(v), us); };
  vfs.xCurrentTime = [](sqlite3_vfs* v, double* o) { return real_of(v)->xCurrentTime(real_of(v), o); };
  vfs.xGetLastError = [](sqlite3_vfs* v, int s, char* o) { return real_of(v)->xGetLastError(real_of(v), s, o); };
  vfs.xCurrentTimeInt64 = [](sqlite3_vfs* v, sqlite3_int64* o) {
    return real_of(v)->xCurrentTimeInt64(real_of(v), o);
  };
  return vfs;
}

}  // namespace

char const* gathering_vfs() {
  struct Registered {
    std::string name;
    sqlite3_vfs vfs;
  };
  static std::mutex mutex;
  static std::map<sqlite3_vfs*, Registered> by_real;  // never moved, never freed: SQLite keeps pointers
  std::lock_guard lock(mutex);
  auto* const real = sqlite3_vfs_find(nullptr);
  auto const [at, is_new] = by_real.try_emplace(real);
  auto& registered = at->second;
  if (is_new) {
    registered.name = std::string("menkyo over ") + real->zName;
    registered.vfs = gathering(real, registered.name.c_str());
  }
  // Again each time is harmless, and mends a registration that failed.
  return sqlite3_vfs_register(&registered.vfs, 0) == SQLITE_OK ? registered.name.c_str() : nullptr;
}

GatheredCommit::GatheredCommit(sqlite3* connection) {
  sqlite3_file* file = nullptr;
  if (sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &file) != SQLITE_OK || !file ||
      file->pMethods != &log_methods)
    return;
  log_ = &log(file);
  log_->gathers = true;
}

GatheredCommit::~GatheredCommit() {
  if (!log_) return;
  log_->gathers = false;
  log_->gathered.clear();
}

}  // namespace menkyo::db
