#include "bench/processor.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <system_error>
#include <vector>

namespace menkyo::bench {

namespace {

double us_of(clockid_t clock) {
  timespec t{};
  if (clock_gettime(clock, &t) != 0) throw std::system_error(errno, std::generic_category(), "clock_gettime");
  return double(t.tv_sec) * 1e6 + double(t.tv_nsec) / 1e3;
}

// Fields of /proc/PID/stat behind the name (proc(5)): state, parent, ...
std::optional<std::vector<std::string>> stat_of(pid_t pid) {
  std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(file, line)) return {};
  std::istringstream rest(line.substr(line.rfind(')') + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  return fields;
}

constexpr size_t parent_field = 1, waited_user_field = 13, waited_system_field = 14;

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> out;
  for (auto const& entry : std::filesystem::directory_iterator("/proc")) {
    auto const pid = pid_t(std::atoi(entry.path().filename().c_str()));
    if (pid == 0) continue;
    auto const stat = stat_of(pid);
    if (stat && stat->at(parent_field) == std::to_string(parent)) out.push_back(pid);
  }
  return out;
}

}  // namespace

double processor_us() {
  return us_of(CLOCK_PROCESS_CPUTIME_ID);
}

double processor_us_of(pid_t pid) {
  clockid_t clock{};
  if (int const code = clock_getcpuclockid(pid, &clock))
    throw std::system_error(code, std::generic_category(), "clock_getcpuclockid");
  return us_of(clock);
}

PostgresProcessor::PostgresProcessor(pid_t backend) {
  auto const stat = stat_of(backend);
  if (!stat) throw std::runtime_error("the PostgreSQL server does not run on this machine");
  postmaster_ = pid_t(std::stol(stat->at(parent_field)));
}

std::vector<pid_t> PostgresProcessor::processes() const {
  auto out = children_of(postmaster_);
  out.push_back(postmaster_);
  return out;
}

double PostgresProcessor::us() const {
  double sum = processor_us_of(postmaster_);
  // Of children that have ended, in clock ticks.
  auto const stat = stat_of(postmaster_);
  if (!stat) throw std::runtime_error("the PostgreSQL server is gone");
  double const ticks = std::stod(stat->at(waited_user_field)) + std::stod(stat->at(waited_system_field));
  sum += ticks * 1e6 / double(sysconf(_SC_CLK_TCK));
  for (auto const child : children_of(postmaster_)) {
    try {
      sum += processor_us_of(child);
    } catch (std::system_error const&) {
      // Ended since it was listed; the next call finds it among those waited for.
    }
  }
  return sum;
}

InstructionCounter::InstructionCounter(std::vector<pid_t> const& processes) {
  perf_event_attr what{};
  what.type = PERF_TYPE_HARDWARE;
  what.size = sizeof what;
  what.config = PERF_COUNT_HW_INSTRUCTIONS;
  what.inherit = 1;
  for (auto const process : processes) {
    std::error_code gone;
    for (auto const& entry :
         std::filesystem::directory_iterator("/proc/" + std::to_string(process) + "/task", gone)) {
      auto const thread = pid_t(std::atoi(entry.path().filename().c_str()));
      int const counter = int(syscall(SYS_perf_event_open, &what, thread, -1, -1, PERF_FLAG_FD_CLOEXEC));
      if (counter < 0 && errno != ESRCH)
        throw std::system_error(errno, std::generic_category(), "instructions cannot be counted here");
      if (counter >= 0) counters_.push_back(counter);
    }
  }
}

InstructionCounter::~InstructionCounter() {
  for (int const counter : counters_) close(counter);
}

double InstructionCounter::count() const {
  double sum = 0;
  for (int const counter : counters_) {
    uint64_t value = 0;
    if (read(counter, &value, sizeof value) == ssize_t(sizeof value)) sum += double(value);
  }
  return sum;
}

}  // namespace menkyo::bench
