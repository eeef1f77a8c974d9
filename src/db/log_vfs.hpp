#pragma once
// SQLite writes its log in pieces, two for each page. This gathers those of a commit until the log is synced, so that
// the commit of a batch costs one write instead of some hundred.

struct sqlite3;

namespace menkyo::db {

struct LogFile;

// The default file system of SQLite as it is now, with logs that a GatheredCommit can gather; the name is to be given
// to sqlite3_open_v2(). Null if there was no memory for it. Lives as long as the process. Thread-safe.
char const* gathering_vfs();

// As long as it lives, what `connection` writes to its log is gathered; then nothing is left of it. It must span one
// "commit" and nothing else, on a connection with synchronous=full: a commit syncs the log before it gives up the
// right to write and before anybody may read what was committed (sqlite.org/wal.html, "Performance Considerations"),
// so that what is gathered is seen by nobody else and is written before anybody else writes. What a commit that
// failed left behind is dropped, because its place in the log may be another's by then. Does nothing on other file
// systems.
class GatheredCommit {
 public:
  explicit GatheredCommit(sqlite3* connection);
  ~GatheredCommit();
  GatheredCommit(GatheredCommit const&) = delete;
  GatheredCommit& operator=(GatheredCommit const&) = delete;

 private:
  LogFile* log_ = nullptr;
};

}  // namespace menkyo::db
