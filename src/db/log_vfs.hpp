#pragma once
// SQLite writes its log in pieces, two for each page. This gathers them until the log is synced, so that a commit of
// a batch costs one write instead of some hundred.

struct sqlite3_vfs;

namespace menkyo::db {

// The default file system of SQLite as it is now, with logs gathered; the name is to be given to sqlite3_open_v2().
// Lives as long as the process. Thread-safe.
//
// Only for connections with synchronous=full: there SQLite syncs the log before anybody may read what was committed
// (sqlite.org/wal.html, "Performance Considerations"), and what is gathered and not written yet is seen by nobody
// else.
char const* gathering_vfs();

}  // namespace menkyo::db
