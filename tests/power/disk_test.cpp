// The disk that forgets, tried without the service: it keeps what was synced and nothing else for certain, or the
// tests that rest on it would prove nothing.

#include <gmock/gmock.h>
#include <sqlite3.h>

#include <set>

#include "tests/support/forgetful_disk.hpp"

namespace menkyo::test {
namespace {

constexpr uint64_t lives = 200;

// A file as SQLite uses it.
class OpenFile {
 public:
  explicit OpenFile(std::string const& path, int type = SQLITE_OPEN_MAIN_DB) : vfs_(sqlite3_vfs_find(nullptr)) {
    memory_.resize(size_t(vfs_->szOsFile));
    opened = vfs_->xOpen(vfs_, path.c_str(), file(), type | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  }
  ~OpenFile() {
    if (opened == SQLITE_OK) file()->pMethods->xClose(file());
  }
  OpenFile(OpenFile const&) = delete;

  int write(int64_t at, std::string const& text) {
    return file()->pMethods->xWrite(file(), text.data(), int(text.size()), at);
  }
  int sync() { return file()->pMethods->xSync(file(), SQLITE_SYNC_NORMAL); }
  int truncate(int64_t size) { return file()->pMethods->xTruncate(file(), size); }
  int read(int64_t at, std::string& text) {
    return file()->pMethods->xRead(file(), text.data(), int(text.size()), at);
  }

  int opened;

 private:
  sqlite3_file* file() { return reinterpret_cast<sqlite3_file*>(memory_.data()); }

  sqlite3_vfs* vfs_;
  std::vector<std::max_align_t> memory_;
};

std::string filled(char c, size_t size) {
  return std::string(size, c);
}

TEST(ForgetfulDisk, keeps_what_was_synced) {
  for (uint64_t seed = 0; seed < lives; ++seed) {
    ForgetfulDisk disk(seed);
    {
      OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
      EXPECT_EQ(file.write(0, filled('1', 5000)), SQLITE_OK);
      EXPECT_EQ(file.sync(), SQLITE_OK);
      EXPECT_EQ(file.write(1000, filled('2', 100)), SQLITE_OK);
      EXPECT_EQ(file.write(4900, filled('3', 3000)), SQLITE_OK);
      EXPECT_EQ(file.truncate(4950), SQLITE_OK);
      disk.cut();
    }
    disk.power_on();
    auto const content = disk.content("a");
    ASSERT_GE(content.size(), 4950U);
    EXPECT_EQ(content.substr(0, 1000), filled('1', 1000));
    // Bytes beside a write stay, though they share its sector.
    EXPECT_EQ(content.substr(1100, 3800), filled('1', 3800));
  }
}

TEST(ForgetfulDisk, keeps_drops_and_tears_what_was_not) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < lives; ++seed) {
    ForgetfulDisk disk(seed);
    {
      OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
      file.write(0, filled('1', 2048));
      file.sync();
      file.write(0, filled('2', 1024));  // the earlier of two that may change their order
      file.write(1024, filled('3', 1024));
      disk.cut();
    }
    disk.power_on();
    auto const content = disk.content("a");
    std::string sectors;
    for (size_t at = 0; at < 2048; at += 512) {
      EXPECT_EQ(content.substr(at, 512), filled(content[at], 512)) << "a sector is torn";
      sectors += content[at];
    }
    seen.insert(sectors);
  }
  EXPECT_THAT(seen, testing::IsSupersetOf({"1111", "2233", "2211", "1133", "2111", "1131"}));
}

TEST(ForgetfulDisk, holds_the_last_of_what_was_kept_at_one_place) {
  std::set<char> seen;
  for (uint64_t seed = 0; seed < lives; ++seed) {
    ForgetfulDisk disk(seed);
    {
      OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
      file.write(0, filled('1', 512));
      file.sync();
      file.write(0, filled('2', 512));
      file.write(0, filled('3', 512));
      disk.cut();
    }
    disk.power_on();
    seen.insert(disk.content("a").front());
  }
  EXPECT_THAT(seen, testing::ElementsAre('1', '2', '3'));
}

TEST(ForgetfulDisk, may_grow_a_file_without_its_content) {
  bool grown = false, garbled = false, cut_short = false;
  for (uint64_t seed = 0; seed < lives; ++seed) {
    ForgetfulDisk disk(seed);
    {
      OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
      file.write(0, filled('1', 512));
      file.sync();
      file.write(512, filled('2', 512));
      disk.cut();
    }
    disk.power_on();
    auto const content = disk.content("a");
    cut_short = cut_short || content.size() == 512;
    grown = grown || content == filled('1', 512) + filled('2', 512);
    garbled = garbled || (content.size() == 1024 && content[512] != '2');
  }
  EXPECT_TRUE(grown && garbled && cut_short);
}

TEST(ForgetfulDisk, may_forget_that_files_were_made_and_removed) {
  int made = 0, lost = 0, removed = 0, back = 0;
  for (uint64_t seed = 0; seed < lives; ++seed) {
    ForgetfulDisk disk(seed);
    auto* const vfs = sqlite3_vfs_find(nullptr);
    {
      OpenFile journal(disk.path("journal"), SQLITE_OPEN_MAIN_JOURNAL);
      journal.write(0, "j");
      journal.sync();  // and the folder with it
      OpenFile database(disk.path("new"));
      database.write(0, "n");
      database.sync();  // without the folder
      EXPECT_EQ(vfs->xDelete(vfs, disk.path("journal").c_str(), 0), SQLITE_OK);
      disk.cut();
    }
    disk.power_on();
    (disk.content("new") == "n" ? made : lost) += 1;
    (disk.content("journal") == "j" ? back : removed) += 1;
    EXPECT_FALSE(disk.content("new").empty() && disk.content("journal").empty()) << "the later change was kept alone";
  }
  EXPECT_GT(made, 0);
  EXPECT_GT(lost, 0);
  EXPECT_GT(removed, 0);
  EXPECT_GT(back, 0);
}

TEST(ForgetfulDisk, is_cut_in_the_midst_of_the_operation_that_was_named) {
  ForgetfulDisk disk(1);
  OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
  disk.cut_after(3);
  EXPECT_EQ(file.write(0, "1"), SQLITE_OK);
  EXPECT_EQ(file.write(1, "2"), SQLITE_OK);
  EXPECT_FALSE(disk.is_off());
  EXPECT_EQ(file.sync(), SQLITE_IOERR_FSYNC);
  EXPECT_TRUE(disk.is_off());
  std::string text(1, ' ');
  EXPECT_EQ(file.read(0, text), SQLITE_IOERR_READ);
  disk.power_on();
  // What was opened before stays dead, and its late writes reach nothing.
  EXPECT_EQ(file.write(0, "9"), SQLITE_IOERR_WRITE);
  EXPECT_EQ(file.read(0, text), SQLITE_IOERR_READ);
  OpenFile again(disk.path("a"), SQLITE_OPEN_WAL);
  EXPECT_EQ(again.write(0, "3"), SQLITE_OK);
  EXPECT_EQ(disk.content("a").front(), '3');
}

TEST(ForgetfulDisk, is_cut_in_the_midst_of_a_sync) {
  std::set<std::string> seen;
  for (uint64_t seed = 0; seed < 20; ++seed) {
    ForgetfulDisk disk(seed);
    OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
    disk.cut_in_sync(2);
    EXPECT_EQ(file.write(0, "1"), SQLITE_OK);
    EXPECT_EQ(file.sync(), SQLITE_OK);
    EXPECT_EQ(file.write(0, "2"), SQLITE_OK);
    EXPECT_EQ(file.sync(), SQLITE_IOERR_FSYNC);
    EXPECT_TRUE(disk.is_off());
    disk.power_on();
    seen.insert(disk.content("a"));
  }
  EXPECT_THAT(seen, testing::ElementsAre("1", "2"));
}

TEST(ForgetfulDisk, fails_once_or_for_good) {
  ForgetfulDisk disk(1);
  OpenFile file(disk.path("a"), SQLITE_OPEN_WAL);
  disk.fail_after(2, false);
  EXPECT_EQ(file.write(0, "1"), SQLITE_OK);
  EXPECT_EQ(file.sync(), SQLITE_IOERR_FSYNC);
  EXPECT_EQ(file.sync(), SQLITE_OK);
  disk.fail_after(1, true);
  for (int i = 0; i < 3; ++i) EXPECT_EQ(file.write(0, "2"), SQLITE_IOERR_WRITE);
  EXPECT_EQ(disk.failures(), 4);
  disk.heal();
  EXPECT_EQ(file.write(0, "3"), SQLITE_OK);
}

TEST(ForgetfulDisk, holds_no_more_than_it_can) {
  ForgetfulDisk disk(1);
  OpenFile file(disk.path("a"), SQLITE_OPEN_WAL), other(disk.path("b"), SQLITE_OPEN_WAL);
  disk.hold_at_most(1000);
  EXPECT_EQ(file.write(0, filled('1', 600)), SQLITE_OK);
  EXPECT_EQ(other.write(0, filled('1', 600)), SQLITE_FULL);
  EXPECT_EQ(file.write(0, filled('2', 600)), SQLITE_OK);  // what is there can be written again
  EXPECT_EQ(file.truncate(100), SQLITE_OK);
  EXPECT_EQ(other.write(0, filled('1', 600)), SQLITE_OK);
}

// How many of so many commits are there after a cut.
int rows_kept(uint64_t seed, std::string const& pragmas, int commits) {
  ForgetfulDisk disk(seed);
  auto const open = [&] {
    sqlite3* db = nullptr;
    EXPECT_EQ(sqlite3_open(disk.path("menkyo.db").c_str(), &db), SQLITE_OK);
    EXPECT_EQ(sqlite3_exec(db, pragmas.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    return db;
  };
  auto* db = open();
  sqlite3_exec(db, "create table t (i integer primary key, text text)", nullptr, nullptr, nullptr);
  for (int i = 0; i < commits; ++i)
    EXPECT_EQ(sqlite3_exec(db, "insert into t (text) values (hex(randomblob(3000)))", nullptr, nullptr, nullptr),
              SQLITE_OK);
  disk.cut();
  sqlite3_close(db);
  disk.power_on();
  db = open();
  int rows = -1;
  auto const take = [](void* to, int, char** values, char**) {
    *static_cast<int*>(to) = std::atoi(values[0]);
    return 0;
  };
  sqlite3_exec(db, "select count(*) from t", take, &rows, nullptr);
  sqlite3_close(db);
  return rows;
}

// A database that does not sync loses what was committed, or is no database any more; one that does loses nothing.
TEST(ForgetfulDisk, tells_a_database_that_syncs_from_one_that_does_not) {
  constexpr int commits = 20;
  int lost_without = 0, lost_with_less = 0, last_lost = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    EXPECT_EQ(rows_kept(seed, "pragma journal_mode=wal; pragma synchronous=full", commits), commits);
    EXPECT_EQ(rows_kept(seed, "pragma journal_mode=delete; pragma synchronous=extra", commits), commits);
    // Without a log SQLite leaves the removal of its journal to the system, and a cut may undo the last commit
    // (sqlite.org/pragma.html#pragma_synchronous, EXTRA).
    last_lost += rows_kept(seed, "pragma journal_mode=delete; pragma synchronous=full", commits) == commits - 1;
    lost_without += rows_kept(seed, "pragma journal_mode=wal; pragma synchronous=off", commits) < commits;
    lost_with_less += rows_kept(seed, "pragma journal_mode=wal; pragma synchronous=normal", commits) < commits;
  }
  EXPECT_GT(lost_without, 10);
  EXPECT_GT(lost_with_less, 10);
  EXPECT_GT(last_lost, 1);
}

}  // namespace
}  // namespace menkyo::test
