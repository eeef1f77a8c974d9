#include "tests/support/faulty_vfs.hpp"

#include <sqlite3.h>

namespace menkyo::test {

namespace {

SqliteFaults faults;
sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs faulty_vfs;

// The real file follows in the same block of memory.
struct File {
  sqlite3_file base;
  bool is_log;
};
sqlite3_file* real(sqlite3_file* f) {
  return reinterpret_cast<sqlite3_file*>(reinterpret_cast<File*>(f) + 1);
}
const sqlite3_io_methods* io(sqlite3_file* f) {
  return real(f)->pMethods;
}

int on_flush(sqlite3_file* f, int flags) {
  if (faults.flushes_to_fail > 0) {
    --faults.flushes_to_fail;
    return SQLITE_IOERR_FSYNC;
  }
  if (int const code = faults.on_flush) return code;
  return io(f)->xSync(real(f), flags);
}

int on_read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  if (int const code = faults.on_read) return code;
  return io(f)->xRead(real(f), to, count, at);
}

int on_write(sqlite3_file* f, const void* from, int count, sqlite3_int64 at) {
  if (reinterpret_cast<File*>(f)->is_log) ++faults.log_writes;
  if (int const code = faults.on_write) return code;
  return io(f)->xWrite(real(f), from, count, at);
}

const sqlite3_io_methods methods = {
    2,
    [](sqlite3_file* f) { return io(f)->xClose(real(f)); },
    on_read,
    on_write,
    [](sqlite3_file* f, sqlite3_int64 size) { return io(f)->xTruncate(real(f), size); },
    on_flush,
    [](sqlite3_file* f, sqlite3_int64* size) { return io(f)->xFileSize(real(f), size); },
    [](sqlite3_file* f, int lock) { return io(f)->xLock(real(f), lock); },
    [](sqlite3_file* f, int lock) { return io(f)->xUnlock(real(f), lock); },
    [](sqlite3_file* f, int* reserved) { return io(f)->xCheckReservedLock(real(f), reserved); },
    [](sqlite3_file* f, int op, void* argument) { return io(f)->xFileControl(real(f), op, argument); },
    [](sqlite3_file* f) { return io(f)->xSectorSize(real(f)); },
    [](sqlite3_file* f) { return io(f)->xDeviceCharacteristics(real(f)); },
    [](sqlite3_file* f, int page, int size, int extend, void volatile** out) {
      return io(f)->xShmMap(real(f), page, size, extend, out);
    },
    [](sqlite3_file* f, int offset, int n, int flags) { return io(f)->xShmLock(real(f), offset, n, flags); },
    [](sqlite3_file* f) { io(f)->xShmBarrier(real(f)); },
    [](sqlite3_file* f, int remove) { return io(f)->xShmUnmap(real(f), remove); },
    nullptr,
    nullptr,
};

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* f, int flags, int* out_flags) {
  f->pMethods = nullptr;
  reinterpret_cast<File*>(f)->is_log = (flags & SQLITE_OPEN_WAL) != 0;
  if (int const code = faults.on_open) return code;
  int const code = real_vfs->xOpen(real_vfs, name, real(f), flags, out_flags);
  if (real(f)->pMethods) f->pMethods = &methods;
  return code;
}

bool install() {
  real_vfs = sqlite3_vfs_find(nullptr);
  faulty_vfs = *real_vfs;
  faulty_vfs.zName = "menkyo-faulty";
  faulty_vfs.pNext = nullptr;
  faulty_vfs.szOsFile = int(sizeof(File)) + real_vfs->szOsFile;
  faulty_vfs.xOpen = open_file;
  return sqlite3_vfs_register(&faulty_vfs, 1) == SQLITE_OK;
}

}  // namespace

SqliteFaults& sqlite_faults() {
  static bool const installed = install();
  (void)installed;
  return faults;
}

}  // namespace menkyo::test
