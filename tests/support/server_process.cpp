#include "tests/support/server_process.hpp"

#include <curl/curl.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>

namespace menkyo::test {

namespace {

constexpr auto poll_interval = std::chrono::milliseconds(5);
constexpr int start_polls = 6000, end_polls = 6000, run_polls = 12000;  // 30 s, 30 s, 60 s

// The port that a server's log says it listens on; 0 if it says nothing yet.
int logged_port(std::string const& log) {
  auto const started = log.find("\"event\":\"started\"");
  auto const end_of_line = log.find('\n', started);
  if (started == std::string::npos || end_of_line == std::string::npos) return 0;
  auto const port = log.find("\"port\":", started);
  return port < end_of_line ? std::stoi(log.substr(port + 7)) : 0;
}

pid_t run(std::vector<std::string> const& words, std::string const& log, std::string const& variable = {}) {
  std::vector<char*> environment;
  for (char** entry = environ; *entry; ++entry) environment.push_back(*entry);
  if (!variable.empty()) environment.push_back(const_cast<char*>(variable.c_str()));
  environment.push_back(nullptr);
  std::vector<char*> arguments;
  for (auto const& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  pid_t const pid = fork();
  if (pid != 0) return pid;
  // Between fork and exec of a program with threads only system calls are allowed (POSIX fork()).
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int const out = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(open("/dev/null", O_RDONLY), 0);
  dup2(out, 1);
  dup2(out, 2);
  // Without this the server would hold copies of its own clients' connections.
  close_range(3, ~0U, 0);
  execve(arguments[0], arguments.data(), environment.data());
  _exit(127);
}

std::string text_of(std::filesystem::path const& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

Ended run_program(std::vector<std::string> const& words, std::string const& variable) {
  TemporaryFolder folder;
  std::vector<std::string> all{MENKYO_PROGRAM};
  all.insert(all.end(), words.begin(), words.end());
  auto const log = folder.path / "output";
  pid_t const pid = run(all, log, variable);
  for (int i = 0; i < run_polls; ++i) {
    int status = 0;
    if (waitpid(pid, &status, WNOHANG) == pid) return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, text_of(log)};
    std::this_thread::sleep_for(poll_interval);
  }
  kill(pid, SIGKILL);
  waitpid(pid, nullptr, 0);
  throw std::runtime_error("The command does not end:\n" + text_of(log));
}

ServerProcess::ServerProcess(std::filesystem::path data, std::string database_url, std::string program)
    : data_(std::move(data)),
      database_url_(std::move(database_url)),
      program_(program.empty() ? MENKYO_PROGRAM : std::move(program)) {}

ServerProcess::~ServerProcess() {
  if (pid_ == 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

std::string ServerProcess::log() const {
  return text_of(data_ / ("log." + std::to_string(life_)));
}

void ServerProcess::start(std::string const& variable) {
  ++life_;
  std::vector<std::string> words{program_,     "serve",       "--data",   data_.string(),
                                 "--database", database_url_, "--listen", "127.0.0.1:0"};
  if (auto const file = data_ / "menkyo.toml"; std::filesystem::exists(file)) {
    words.push_back("--config");
    words.push_back(file.string());
  }
  pid_ = run(words, data_ / ("log." + std::to_string(life_)), variable);
  for (int i = 0; i < start_polls; ++i) {
    if (waitpid(pid_, nullptr, WNOHANG) != 0) {
      pid_ = 0;
      break;
    }
    if (int const port = logged_port(log()); port != 0) {
      port_ = port;
      return;
    }
    std::this_thread::sleep_for(poll_interval);
  }
  throw std::runtime_error("The server does not start:\n" + log());
}

void ServerProcess::signal(int signal) {
  kill(pid_, signal);
}

int ServerProcess::end(int signal) {
  kill(pid_, signal);
  return wait();
}

std::optional<int> ServerProcess::ended() {
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return {};
  pid_ = 0;
  port_ = 0;
  return status;
}

// /proc/PID/stat (proc(5)): "pid (name) state ...".
bool ServerProcess::stopped() const {
  auto const text = text_of("/proc/" + std::to_string(pid_) + "/stat");
  auto const name_end = text.rfind(')');
  return name_end != std::string::npos && text.substr(name_end + 1).starts_with(" T");
}

int ServerProcess::wait() {
  for (int i = 0; i < end_polls; ++i) {
    if (auto const status = ended()) return *status;
    std::this_thread::sleep_for(poll_interval);
  }
  throw std::runtime_error("The server does not end:\n" + log());
}

namespace {

struct FreeList {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

size_t receive(char* data, size_t size, size_t count, void* target) {
  static_cast<std::string*>(target)->append(data, size * count);
  return size * count;
}

}  // namespace

struct HttpClient::Handle {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl{curl_easy_init(), curl_easy_cleanup};
};

HttpClient::HttpClient(ServerProcess const& server) : server_(server), handle_(std::make_unique<Handle>()) {
  auto* curl = handle_->curl.get();
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 5L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
}

HttpClient::~HttpClient() = default;

std::optional<api::Response> HttpClient::send(api::Request const& request) {
  int const port = server_.port();
  if (port == 0) return {};
  auto* curl = handle_->curl.get();
  auto const url = "http://127.0.0.1:" + std::to_string(port) + request.path;
  std::unique_ptr<curl_slist, FreeList> headers;
  for (auto const& [name, value] : request.headers)
    headers.reset(curl_slist_append(headers.release(), (name + ": " + value).c_str()));
  api::Response response;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
  curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.data());
  auto const method = std::string(to_text(request.method));
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &response.body);
  if (curl_easy_perform(curl) != CURLE_OK) return {};
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  response.status = int(status);
  return response;
}

std::optional<api::Response> HttpClient::post(std::string const& message) {
  api::Request request;
  request.method = api::Method::post;
  request.path = "/device/v1/messages";
  request.headers = {{"content-type", "application/jose"}};
  request.body = message;
  return send(request);
}

}  // namespace menkyo::test
