#include "tests/support/private_postgres.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <vector>

#include "db/database.hpp"

namespace menkyo::test {

namespace {

// PostgreSQL refuses to run as root.
passwd const* other_user() {
  if (geteuid() != 0) return nullptr;
  auto const* user = getpwnam("postgres");
  return user ? user : getpwnam("nobody");
}

pid_t start_program(std::vector<std::string> const& words, std::string const& folder, uint64_t file_limit = 0) {
  auto const* user = other_user();
  std::vector<char*> arguments;
  for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  auto const log = folder + "/log";
  pid_t const pid = fork();
  if (pid != 0) return pid;
  int const out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  int const in = open("/dev/null", O_RDONLY);
  dup2(in, 0);
  dup2(out, 1);
  dup2(out, 2);
  if (chdir(folder.c_str()) != 0) _exit(126);
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)) _exit(126);
  rlimit const limit{file_limit, file_limit};
  if (file_limit > 0) setrlimit(RLIMIT_FSIZE, &limit);
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  execv(arguments[0], arguments.data());
  _exit(127);
}

// The parent of a process, from /proc/PID/stat: "pid (name) state ppid ...".
pid_t parent_of(std::string const& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  std::getline(file, text);
  auto const name_end = text.rfind(')');
  return name_end == std::string::npos ? 0 : pid_t(std::atol(text.c_str() + name_end + 3));
}

}  // namespace

PrivatePostgres::PrivatePostgres() {
  const char* bin = std::getenv("MENKYO_PG_BIN");
  bin_ = bin ? bin : "/usr/lib/postgresql/15/bin";
  std::string name = "/tmp/menkyo-private-pg.XXXXXX";
  if (!mkdtemp(name.data())) throw std::runtime_error("no temporary folder");
  folder_ = name;
  if (auto const* user = other_user(); user && chown(folder_.c_str(), user->pw_uid, user->pw_gid) != 0)
    throw std::runtime_error("the temporary folder cannot be given away");
  // Small segments of the log, so that that a limit on files can be small too.
  pid_t const maker = start_program({bin_ + "/initdb", "--pgdata=" + folder_ + "/data", "--username=menkyo",
                                     "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync", "--wal-segsize=1"},
                                    folder_);
  int status = 0;
  if (waitpid(maker, &status, 0) != maker || status != 0)
    throw std::runtime_error("initdb failed, see " + folder_ + "/log");
  start();
}

PrivatePostgres::~PrivatePostgres() {
  end(SIGQUIT);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

std::string PrivatePostgres::url() const {
  return "postgresql:///postgres?host=" + folder_ + "&user=menkyo";
}

std::string PrivatePostgres::new_database(std::string const& name) const {
  db::make_driver(url())->open()->script("create database " + name);
  return "postgresql:///" + name + "?host=" + folder_ + "&user=menkyo";
}

void PrivatePostgres::start(uint64_t file_limit) {
  std::vector<std::string> const words{bin_ + "/postgres",
                                       "-D",
                                       folder_ + "/data",
                                       "-k",
                                       folder_,
                                       "-c",
                                       "listen_addresses=",
                                       "-c",
                                       "port=5432",
                                       "-c",
                                       "fsync=off",
                                       "-c",
                                       "shared_buffers=16MB",
                                       "-c",
                                       "min_wal_size=2MB",
                                       "-c",
                                       "max_wal_size=16MB",
                                       "-c",
                                       "max_connections=40"};
  server_ = start_program(words, folder_, file_limit);
  for (int i = 0; i < 600; ++i) {
    if (waitpid(server_, nullptr, WNOHANG) == server_) server_ = start_program(words, folder_, file_limit);
    if (PQping(url().c_str()) == PQPING_OK) return;
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  throw std::runtime_error("PostgreSQL does not start, see " + folder_ + "/log");
}

void PrivatePostgres::stop() {
  end(SIGINT);
}
void PrivatePostgres::crash() {
  end(SIGQUIT);
}
void PrivatePostgres::kill() {
  end(SIGKILL);
}
void PrivatePostgres::freeze() {
  signal_all(SIGSTOP);
}
void PrivatePostgres::thaw() {
  signal_all(SIGCONT);
}

void PrivatePostgres::end(int signal) {
  if (server_ == 0) return;
  thaw();
  ::kill(server_, signal);
  waitpid(server_, nullptr, 0);
  server_ = 0;
}

void PrivatePostgres::signal_all(int signal) const {
  ::kill(server_, signal);
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    auto const name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") == std::string::npos && parent_of(name) == server_)
      ::kill(pid_t(std::stol(name)), signal);
  }
}

}  // namespace menkyo::test
