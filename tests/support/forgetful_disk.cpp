#include "tests/support/forgetful_disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <atomic>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/random.hpp"

namespace menkyo::test {

namespace {

constexpr int64_t sector = 512;
constexpr int64_t last_sync_us = 5000;
constexpr std::string_view root = "/forgetful-disk-";

struct Opened;

// A change of a file that was not synced yet. A truncation carries no data.
struct Change {
  int64_t at;
  std::string data;
  bool truncates;
};

void perform(std::string& content, int64_t at, std::string_view data) {
  if (content.size() < size_t(at) + data.size()) content.resize(size_t(at) + data.size());
  std::memcpy(content.data() + at, data.data(), data.size());
}

void perform(std::string& content, Change const& change) {
  if (!change.truncates) return perform(content, change.at, change.data);
  if (content.size() > size_t(change.at)) content.resize(size_t(change.at));
}

// What connections share of one file: its content, their locks, the shared memory of the log.
struct File {
  std::string now, durable;
  std::vector<Change> unsynced;
  int readers = 0;
  Opened const* writer = nullptr;  // holds RESERVED or more
  bool readers_wait = false;       // the writer holds PENDING or more
  std::vector<std::unique_ptr<char[]>> shared_memory;
  int mapped = 0;
  int shared_slots[SQLITE_SHM_NLOCK] = {};
  Opened const* slot_owners[SQLITE_SHM_NLOCK] = {};
};

struct NameChange {
  std::string name;
  std::shared_ptr<File> file;  // null: removed
};
using Names = std::map<std::string, std::shared_ptr<File>>;

void perform(Names& names, NameChange const& change) {
  if (change.file)
    names[change.name] = change.file;
  else
    names.erase(change.name);
}

}  // namespace

struct ForgetfulDisk::State {
  State(int number, uint64_t seed)
      : folder(std::string(root) + std::to_string(number) + "/"), chance(FixedSeeds(seed).next()) {}

  // ---- With the mutex held ----

  bool one_in(uint64_t n) { return chance.below(n) == 0; }

  // The share of what was not synced that this cut keeps, in percent: often all or nothing.
  uint64_t share() {
    switch (chance.below(4)) {
      case 0:
        return 0;
      case 1:
        return 100;
      default:
        return chance.below(101);
    }
  }

  bool kept(uint64_t percent) { return chance.below(100) < percent; }

  // Parts of a write that end at the sectors' borders.
  template <class F>
  static void each_sector(Change const& change, F&& f) {
    auto const end = change.at + int64_t(change.data.size());
    for (auto at = change.at; at < end;) {
      auto const next = std::min(end, (at / sector + 1) * sector);
      f(at, std::string_view(change.data).substr(size_t(at - change.at), size_t(next - at)));
      at = next;
    }
  }

  void lose(std::string& content, Change const& change) {
    auto const end = size_t(change.at) + change.data.size();
    if (change.truncates || end <= content.size() || one_in(2)) return;
    // The size arrived, the content did not: anything may be there.
    auto const from = content.size();
    auto const noise = chance.bytes(end - from);
    content.append(reinterpret_cast<char const*>(noise.data()), noise.size());
  }

  std::string survivor(File const& file) {
    auto content = file.durable;
    auto const percent = share();
    bool const tears = one_in(2);
    for (auto const& change : file.unsynced) {
      if (tears && !change.truncates) {
        each_sector(change, [&](int64_t at, std::string_view data) {
          Change const part{at, std::string(data), false};
          kept(percent) ? perform(content, part) : lose(content, part);
        });
      } else {
        kept(percent) ? perform(content, change) : lose(content, change);
      }
    }
    return content;
  }

  // The name of the error if the next input or output is to fail.
  bool fails() {
    if (fail_at < 0) return false;
    ++ios;
    if (ios < fail_at || (!fails_for_good && ios > fail_at)) return false;
    ++failed;
    return true;
  }

  // Counts an operation that is under way now.
  void begin_operation() {
    if (++count == cut_at) off = true;
  }

  int64_t size() const {
    int64_t sum = 0;
    for (auto const& [name, file] : names) sum += int64_t(file->now.size());
    return sum;
  }

  void change(File& file, Change made) {
    perform(file.now, made);
    file.unsynced.push_back(std::move(made));
  }

  // What is left of a write that failed: its first sectors.
  void write_in_part(File& file, Change made) {
    made.data.resize(chance.below(made.data.size() + 1) / sector * sector);
    if (!made.data.empty()) change(file, std::move(made));
  }

  void sync_names() {
    durable_names = names;
    unsynced_names.clear();
  }

  std::string const folder;
  mutable std::mutex mutex;
  Random chance;
  Names names, durable_names;
  std::vector<NameChange> unsynced_names;
  uint64_t life = 0;
  int64_t count = 0, cut_at = -1, syncs = 0, cut_sync_at = -1, ios = 0, fail_at = -1, failed = 0,
          capacity = INT64_MAX;
  bool off = false, fails_for_good = false;
  std::atomic<int64_t> sync_us{0};
};

namespace {

using Disk = ForgetfulDisk::State;

struct Opened {
  std::shared_ptr<Disk> disk;
  std::shared_ptr<File> file;
  uint64_t life;
  bool syncs_names;  // a journal or log: its first sync is the folder's too
  int lock = SQLITE_LOCK_NONE;
  bool mapped = false;
  uint16_t shared_slots = 0;

  bool dead() const { return disk->off || life != disk->life; }
};

struct Handle {
  sqlite3_file base;
  Opened* opened;
};
Opened& opened_of(sqlite3_file* f) {
  return *reinterpret_cast<Handle*>(f)->opened;
}

// ---- Content ------------------------------------------------------------------------------------------------------

int read(sqlite3_file* f, void* to, int count, sqlite3_int64 at) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  if (o.dead() || o.disk->fails()) return SQLITE_IOERR_READ;
  auto const& content = o.file->now;
  auto const there = std::clamp<int64_t>(int64_t(content.size()) - at, 0, count);
  std::memcpy(to, content.data() + std::min<int64_t>(at, int64_t(content.size())), size_t(there));
  std::memset(static_cast<char*>(to) + there, 0, size_t(count - there));
  return there == count ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write(sqlite3_file* f, void const* from, int count, sqlite3_int64 at) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  if (o.dead()) return SQLITE_IOERR_WRITE;
  Change made{at, std::string(static_cast<char const*>(from), size_t(count)), false};
  auto const growth = at + count - int64_t(o.file->now.size());
  o.disk->begin_operation();
  if (o.disk->fails()) {
    o.disk->write_in_part(*o.file, std::move(made));
    return SQLITE_IOERR_WRITE;
  }
  if (growth > 0 && o.disk->size() + growth > o.disk->capacity) {
    ++o.disk->failed;
    return SQLITE_FULL;
  }
  o.disk->change(*o.file, std::move(made));
  return o.disk->off ? SQLITE_IOERR_WRITE : SQLITE_OK;
}

int truncate(sqlite3_file* f, sqlite3_int64 size) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  if (o.dead()) return SQLITE_IOERR_TRUNCATE;
  o.disk->begin_operation();
  if (o.disk->fails()) return SQLITE_IOERR_TRUNCATE;
  o.disk->change(*o.file, {size, {}, true});
  return o.disk->off ? SQLITE_IOERR_TRUNCATE : SQLITE_OK;
}

int sync(sqlite3_file* f, int) {
  auto& o = opened_of(f);
  bool last = false;
  {
    std::lock_guard lock(o.disk->mutex);
    if (o.dead()) return SQLITE_IOERR_FSYNC;
    last = ++o.disk->syncs == o.disk->cut_sync_at;
  }
  auto const us = last ? last_sync_us : o.disk->sync_us.load();
  if (us > 0) std::this_thread::sleep_for(std::chrono::microseconds(us));
  std::lock_guard lock(o.disk->mutex);
  if (o.dead()) return SQLITE_IOERR_FSYNC;
  if (last) o.disk->off = true;
  o.disk->begin_operation();
  if (o.disk->off || o.disk->fails()) return SQLITE_IOERR_FSYNC;
  for (auto const& change : o.file->unsynced) perform(o.file->durable, change);
  o.file->unsynced.clear();
  if (std::exchange(o.syncs_names, false)) o.disk->sync_names();
  return SQLITE_OK;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  if (o.dead()) return SQLITE_IOERR_FSTAT;
  *size = int64_t(o.file->now.size());
  return SQLITE_OK;
}

// ---- Locks of the file (sqlite.org/lockingv3.html section 3) ------------------------------------------------------

int lock_file(sqlite3_file* f, int wanted) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  if (o.dead()) return SQLITE_IOERR_LOCK;
  auto& file = *o.file;
  if (o.lock >= wanted) return SQLITE_OK;
  if (wanted == SQLITE_LOCK_SHARED) {
    if (file.readers_wait) return SQLITE_BUSY;
    ++file.readers;
    o.lock = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  if (file.writer && file.writer != &o) return SQLITE_BUSY;
  file.writer = &o;
  if (wanted == SQLITE_LOCK_EXCLUSIVE) {
    file.readers_wait = true;
    o.lock = SQLITE_LOCK_PENDING;
    if (file.readers > 1) return SQLITE_BUSY;
  }
  o.lock = wanted;
  return SQLITE_OK;
}

void unlock(Opened& o, int wanted) {
  if (o.lock <= wanted) return;
  if (o.file->writer == &o) {
    o.file->writer = nullptr;
    o.file->readers_wait = false;
  }
  if (wanted == SQLITE_LOCK_NONE) --o.file->readers;
  o.lock = wanted;
}

int unlock_file(sqlite3_file* f, int wanted) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  unlock(o, wanted);
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* f, int* out) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  *out = o.file->writer != nullptr;
  return SQLITE_OK;
}

// ---- Shared memory (sqlite.org/walformat.html section 2) ----------------------------------------------------------

int map_shared(sqlite3_file* f, int page, int size, int extend, void volatile** out) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  *out = nullptr;
  if (o.dead()) return SQLITE_IOERR_SHMMAP;
  auto& file = *o.file;
  if (!std::exchange(o.mapped, true)) ++file.mapped;
  if (page >= int(file.shared_memory.size())) {
    if (!extend) return SQLITE_OK;
    while (page >= int(file.shared_memory.size()))
      file.shared_memory.push_back(std::make_unique<char[]>(size_t(size)));
  }
  *out = file.shared_memory[size_t(page)].get();
  return SQLITE_OK;
}

int lock_shared(sqlite3_file* f, int offset, int n, int flags) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  auto& file = *o.file;
  auto const bit = [](int i) { return uint16_t(1U << i); };
  if (flags & SQLITE_SHM_UNLOCK) {
    for (int i = offset; i < offset + n; ++i) {
      if (file.slot_owners[i] == &o) file.slot_owners[i] = nullptr;
      if (o.shared_slots & bit(i)) --file.shared_slots[i];
      o.shared_slots &= uint16_t(~bit(i));
    }
    return SQLITE_OK;
  }
  if (o.dead()) return SQLITE_IOERR_SHMLOCK;
  if (flags & SQLITE_SHM_SHARED) {
    if (o.shared_slots & bit(offset)) return SQLITE_OK;
    if (file.slot_owners[offset]) return SQLITE_BUSY;
    ++file.shared_slots[offset];
    o.shared_slots |= bit(offset);
    return SQLITE_OK;
  }
  for (int i = offset; i < offset + n; ++i) {
    int const others = file.shared_slots[i] - (o.shared_slots & bit(i) ? 1 : 0);
    if ((file.slot_owners[i] && file.slot_owners[i] != &o) || others > 0) return SQLITE_BUSY;
  }
  for (int i = offset; i < offset + n; ++i) file.slot_owners[i] = &o;
  return SQLITE_OK;
}

// As strong as a fence, which the thread sanitizer does not know.
void barrier(sqlite3_file*) {
  static std::atomic<int> fence;
  fence.fetch_add(1);
}

void unmap(Opened& o) {
  if (!std::exchange(o.mapped, false)) return;
  if (--o.file->mapped == 0) o.file->shared_memory.clear();
}

int unmap_shared(sqlite3_file* f, int) {
  auto& o = opened_of(f);
  std::lock_guard lock(o.disk->mutex);
  unmap(o);
  return SQLITE_OK;
}

int close_file(sqlite3_file* f) {
  std::unique_ptr<Opened> const o(&opened_of(f));
  auto const disk = o->disk;
  std::lock_guard lock(disk->mutex);
  unlock(*o, SQLITE_LOCK_NONE);
  unmap(*o);
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) {
  return SQLITE_NOTFOUND;
}
// What SQLite's own file system for Unix says of every disk.
int sector_size(sqlite3_file*) {
  return 4096;
}
int characteristics(sqlite3_file*) {
  return SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

sqlite3_io_methods const methods = {2,
                                    close_file,
                                    read,
                                    write,
                                    truncate,
                                    sync,
                                    file_size,
                                    lock_file,
                                    unlock_file,
                                    is_reserved,
                                    control,
                                    sector_size,
                                    characteristics,
                                    map_shared,
                                    lock_shared,
                                    barrier,
                                    unmap_shared,
                                    nullptr,
                                    nullptr};

// ---- The file system ----------------------------------------------------------------------------------------------

sqlite3_vfs* real_vfs = nullptr;
sqlite3_vfs forgetful_vfs;
std::mutex disks_mutex;
std::map<std::string, std::shared_ptr<Disk>> disks;  // by folder

// Null if the path lies elsewhere.
std::shared_ptr<Disk> disk_of(char const* name) {
  if (!name || !std::string_view(name).starts_with(root)) return {};
  std::string const path(name);
  std::lock_guard lock(disks_mutex);
  auto const found = disks.find(path.substr(0, path.find('/', 1) + 1));
  return found == disks.end() ? nullptr : found->second;
}

int open_file(sqlite3_vfs*, char const* name, sqlite3_file* f, int flags, int* out_flags) {
  auto const disk = disk_of(name);
  if (!disk) return real_vfs->xOpen(real_vfs, name, f, flags, out_flags);
  f->pMethods = nullptr;
  std::lock_guard lock(disk->mutex);
  // Not SQLITE_CANTOPEN, after which the service would wait for the disk to come back.
  if (disk->off) return SQLITE_IOERR;
  auto found = disk->names.find(name);
  if (found == disk->names.end()) {
    if (!(flags & SQLITE_OPEN_CREATE)) return SQLITE_CANTOPEN;
    disk->begin_operation();
    found = disk->names.emplace(name, std::make_shared<File>()).first;
    disk->unsynced_names.push_back({name, found->second});
    if (disk->off) return SQLITE_IOERR;
  }
  // As SQLite's own file system for Unix does, whether or not the file was there before.
  bool const journal = (flags & SQLITE_OPEN_CREATE) &&
                       (flags & (SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_SUPER_JOURNAL | SQLITE_OPEN_WAL));
  reinterpret_cast<Handle*>(f)->opened = new Opened{disk, found->second, disk->life, journal};
  f->pMethods = &methods;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, char const* name, int sync_folder) {
  auto const disk = disk_of(name);
  if (!disk) return real_vfs->xDelete(real_vfs, name, sync_folder);
  std::lock_guard lock(disk->mutex);
  if (disk->off) return SQLITE_IOERR_DELETE;
  if (!disk->names.contains(name)) return SQLITE_IOERR_DELETE_NOENT;
  disk->begin_operation();
  disk->names.erase(name);
  disk->unsynced_names.push_back({name, nullptr});
  if (disk->off) return SQLITE_IOERR_DELETE;
  if (sync_folder) disk->sync_names();
  return SQLITE_OK;
}

int access_file(sqlite3_vfs*, char const* name, int flags, int* out) {
  auto const disk = disk_of(name);
  if (!disk) return real_vfs->xAccess(real_vfs, name, flags, out);
  std::lock_guard lock(disk->mutex);
  if (disk->off) return SQLITE_IOERR_ACCESS;
  auto const found = disk->names.find(name);
  // An empty file counts as none, as in SQLite's own file system for Unix.
  *out = found != disk->names.end() && (flags != SQLITE_ACCESS_EXISTS || !found->second->now.empty());
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, char const* name, int size, char* out) {
  if (!disk_of(name)) return real_vfs->xFullPathname(real_vfs, name, size, out);
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

bool install() {
  real_vfs = sqlite3_vfs_find(nullptr);
  forgetful_vfs = *real_vfs;
  forgetful_vfs.zName = "menkyo-forgetful";
  forgetful_vfs.pNext = nullptr;
  forgetful_vfs.szOsFile = std::max(int(sizeof(Handle)), real_vfs->szOsFile);
  forgetful_vfs.xOpen = open_file;
  forgetful_vfs.xDelete = delete_file;
  forgetful_vfs.xAccess = access_file;
  forgetful_vfs.xFullPathname = full_path;
  return sqlite3_vfs_register(&forgetful_vfs, 1) == SQLITE_OK;
}

}  // namespace

ForgetfulDisk::ForgetfulDisk(uint64_t seed) {
  static bool const installed = install();
  static std::atomic<int> numbers{0};
  (void)installed;
  state_ = std::make_shared<State>(++numbers, seed);
  std::lock_guard lock(disks_mutex);
  disks.emplace(state_->folder, state_);
}

ForgetfulDisk::~ForgetfulDisk() {
  std::lock_guard lock(disks_mutex);
  disks.erase(state_->folder);
}

std::string ForgetfulDisk::path(std::string const& name) const {
  return state_->folder + name;
}

int64_t ForgetfulDisk::operations() const {
  std::lock_guard lock(state_->mutex);
  return state_->count;
}

void ForgetfulDisk::cut_after(int64_t n) {
  std::lock_guard lock(state_->mutex);
  state_->cut_at = state_->count + n;
}

void ForgetfulDisk::cut_in_sync(int64_t n) {
  std::lock_guard lock(state_->mutex);
  state_->cut_sync_at = state_->syncs + n;
}

void ForgetfulDisk::cut() {
  std::lock_guard lock(state_->mutex);
  state_->off = true;
}

bool ForgetfulDisk::is_off() const {
  std::lock_guard lock(state_->mutex);
  return state_->off;
}

void ForgetfulDisk::power_on() {
  std::lock_guard lock(state_->mutex);
  auto& s = *state_;
  auto const changes = s.unsynced_names.size();
  auto const first = s.one_in(2) ? changes : s.chance.below(changes + 1);
  s.names = s.durable_names;
  for (size_t i = 0; i < first; ++i) perform(s.names, s.unsynced_names[i]);
  for (auto& [name, file] : s.names) {
    auto kept = std::make_shared<File>();
    kept->now = kept->durable = s.survivor(*file);
    file = std::move(kept);
  }
  s.sync_names();
  ++s.life;
  s.off = false;
  s.cut_at = s.cut_sync_at = s.fail_at = -1;
  s.capacity = INT64_MAX;
}

void ForgetfulDisk::fail_after(int64_t n, bool for_good) {
  std::lock_guard lock(state_->mutex);
  state_->ios = 0;
  state_->fail_at = n;
  state_->fails_for_good = for_good;
}

void ForgetfulDisk::hold_at_most(int64_t bytes) {
  std::lock_guard lock(state_->mutex);
  state_->capacity = bytes;
}

void ForgetfulDisk::heal() {
  std::lock_guard lock(state_->mutex);
  state_->fail_at = -1;
  state_->capacity = INT64_MAX;
}

int64_t ForgetfulDisk::failures() const {
  std::lock_guard lock(state_->mutex);
  return state_->failed;
}

int64_t ForgetfulDisk::bytes() const {
  std::lock_guard lock(state_->mutex);
  return state_->size();
}

void ForgetfulDisk::sync_takes(std::chrono::microseconds time) {
  state_->sync_us = time.count();
}

std::string ForgetfulDisk::content(std::string const& name) const {
  std::lock_guard lock(state_->mutex);
  auto const found = state_->names.find(path(name));
  return found == state_->names.end() ? std::string() : found->second->now;
}

}  // namespace menkyo::test
