#include "sdk/state.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

namespace menkyo::agent {

std::function<void(const char*)> after_step;

namespace {

constexpr size_t max_state_bytes = 16 * 1024 * 1024;

void step(const char* name) {
  if (after_step) after_step(name);
}

[[noreturn]] void fail(std::string const& what, std::string const& file) {
  throw StateError(what + " \"" + file + "\": " + std::strerror(errno) + ".");
}

class File {
 public:
  explicit File(int fd) : fd_(fd) {}
  ~File() {
    if (fd_ >= 0) close(fd_);
  }
  File(File const&) = delete;
  File& operator=(File const&) = delete;
  int fd() const { return fd_; }

 private:
  int fd_;
};

std::string folder_of(std::string const& file) {
  auto const folder = std::filesystem::path(file).parent_path().string();
  return folder.empty() ? "." : folder;
}

void make_folder(std::string const& folder) {
  if (access(folder.c_str(), F_OK) == 0) return;
  std::error_code error;
  auto const parent = std::filesystem::path(folder).parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) fail("Cannot make the folder of the state file", folder);
}

void write_all(int fd, std::string const& text, std::string const& file) {
  for (size_t at = 0; at < text.size();) {
    auto const n = write(fd, text.data() + at, text.size() - at);
    if (n < 0 && errno != EINTR) fail("Cannot write the state file", file);
    if (n > 0) at += static_cast<size_t>(n);
  }
}

}  // namespace

StateLock::StateLock(std::string const& state_file) {
  make_folder(folder_of(state_file));
  auto const name = state_file + ".lock";
  fd_ = open(name.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (fd_ < 0) fail("Cannot open the lock file", name);
  while (flock(fd_, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    close(fd_);
    fail("Cannot lock", name);
  }
}

StateLock::~StateLock() {
  close(fd_);
}

State load_state(std::string const& file) {
  File const f(open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (f.fd() < 0) {
    if (errno == ENOENT) return {};
    fail("Cannot open the state file", file);
  }
  struct stat info {};
  if (fstat(f.fd(), &info) != 0) fail("Cannot read the state file", file);
  if ((info.st_mode & 077) != 0)
    throw StateError("The state file \"" + file +
                     "\" holds a private key but others may open it; give it mode 0600 (chmod 600) and, if strangers "
                     "had access, register the device anew.");
  if (static_cast<size_t>(info.st_size) > max_state_bytes)
    throw StateError("The state file \"" + file + "\" is too large to be one.");
  std::string text(static_cast<size_t>(info.st_size), '\0');
  size_t at = 0;
  while (at < text.size()) {
    auto const n = read(f.fd(), text.data() + at, text.size() - at);
    if (n < 0 && errno != EINTR) fail("Cannot read the state file", file);
    if (n == 0) break;
    if (n > 0) at += static_cast<size_t>(n);
  }
  text.resize(at);
  try {
    return decode_state(text);
  } catch (std::exception const& e) {
    throw StateError("The state file \"" + file + "\" cannot be used (" + e.what() +
                     "); restore it from a backup of this device, or move it away and register anew.");
  }
}

void save_state(std::string const& file, State const& state) {
  auto const text = encode_state(state);
  auto const temporary = file + ".new";
  auto const folder = folder_of(file);
  make_folder(folder);
  {
    // A file left by a crash is not ours to trust: begin with a new one.
    unlink(temporary.c_str());
    File const f(open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (f.fd() < 0) fail("Cannot write the state file", temporary);
    step("opened");
    write_all(f.fd(), text, temporary);
    step("written");
    if (fsync(f.fd()) != 0) fail("Cannot write the state file", temporary);
    step("synced");
  }
  if (rename(temporary.c_str(), file.c_str()) != 0) fail("Cannot replace the state file", file);
  step("renamed");
  File const d(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (d.fd() < 0 || fsync(d.fd()) != 0) fail("Cannot make the state file durable", file);
  step("durable");
}

std::string default_state_file() {
  auto const* state_home = std::getenv("XDG_STATE_HOME");
  // The XDG Base Directory Specification: a relative path is to be ignored.
  if (state_home != nullptr && state_home[0] == '/') return std::string(state_home) + "/menkyo/agent.json";
  auto const* home = std::getenv("HOME");
  return std::string(home != nullptr && home[0] == '/' ? home : "/var/lib") + "/.local/state/menkyo/agent.json";
}

}  // namespace menkyo::agent
