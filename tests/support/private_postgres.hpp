#pragma once
// A PostgreSQL server of its own for tests that stop, kill, freeze or starve it.

#include <sys/types.h>

#include <cstdint>
#include <string>

namespace menkyo::test {

// Lives in a temporary folder, listens on a socket there, runs as the user `postgres` (or `nobody`) if the tests run
// as root, and ends with the thread that started it. Programs are taken from MENKYO_PG_BIN or Debian's folder.
class PrivatePostgres {
 public:
  PrivatePostgres();  // makes and starts it; throws std::runtime_error
  ~PrivatePostgres();

  // Of the database "postgres", as superuser.
  std::string url() const;
  // The same in an empty database of that name, made now.
  std::string new_database(std::string const& name) const;

  // Returns when it answers, trying again while processes of the life before are on their way out. With a limit, no
  // file can grow beyond so many bytes.
  void start(uint64_t file_limit = 0);
  void stop();    // at once, rolling back what runs (SIGINT)
  void crash();   // as if the machine failed (SIGQUIT); start() recovers
  void kill();    // the postmaster alone (SIGKILL); its children end when they notice
  void freeze();  // the server and all its connections stand still
  void thaw();

 private:
  void end(int signal);
  void signal_all(int signal) const;

  std::string folder_, bin_;
  pid_t server_ = 0;
};

}  // namespace menkyo::test
