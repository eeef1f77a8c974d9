#include "tests/support/mail_server.hpp"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

namespace menkyo::test {

MailServer::MailServer(std::vector<std::string> const& options) {
  std::vector<std::string> words{MENKYO_MAIL_SERVER, folder_.path};
  words.insert(words.end(), options.begin(), options.end());
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  int in[2], out[2];
  if (pipe(in) != 0 || pipe(out) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    // Between fork and exec of a program with threads only system calls are allowed (POSIX fork()).
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(in[0], 0);
    dup2(out[1], 1);
    close_range(3, ~0U, 0);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(in[0]);
  close(out[1]);
  input_ = in[1];
  std::string line;
  for (char c; read(out[0], &c, 1) == 1 && c != '\n';) line += c;
  close(out[0]);
  if (line.empty()) throw std::runtime_error("the mail server does not start");
  port_ = std::stoi(line);
}

MailServer::~MailServer() {
  close(input_);
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

void MailServer::answer(std::vector<std::string> const& lines) {
  std::ofstream file(folder_.path / "answers", std::ios::trunc);
  for (auto const& line : lines) file << line << "\n";
}

std::vector<protocol::json::Value> MailServer::mails() const {
  std::set<std::filesystem::path> paths;
  for (auto const& entry : std::filesystem::directory_iterator(folder_.path))
    if (entry.path().extension() == ".json") paths.insert(entry.path());
  std::vector<protocol::json::Value> out;
  for (auto const& path : paths) {
    std::ifstream file(path);
    std::stringstream text;
    text << file.rdbuf();
    out.push_back(protocol::json::parse(text.str()));
  }
  return out;
}

}  // namespace menkyo::test
