#include <curl/curl.h>
#include <sys/socket.h>

#include <cstring>

#include "mail/postman.hpp"

namespace menkyo::mail {

namespace {

// Which words were exchanged with the server, as far as an outcome rests on them.
struct Conversation {
  std::atomic<bool> const* stopping = nullptr;
  bool about_this_mail =
      false;  // RCPT was sent: the server knows us and our sender, what it says now is about the mail
};

int hear(CURL*, curl_infotype type, char* text, size_t size, void* user) {
  // The answers' own words may hold addresses and stay unread.
  if (type == CURLINFO_HEADER_OUT && std::string_view(text, size).starts_with("RCPT "))
    static_cast<Conversation*>(user)->about_this_mail = true;
  return 0;
}

int may_go_on(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return *static_cast<Conversation*>(user)->stopping ? 1 : 0;
}

struct Text {
  std::string_view left;
};

size_t give(char* into, size_t size, size_t count, void* user) {
  auto& left = static_cast<Text*>(user)->left;
  auto const given = std::min(size * count, left.size());
  std::memcpy(into, left.data(), given);
  left.remove_prefix(given);
  return given;
}

class Smtp final : public Transport {
 public:
  Smtp(SmtpConfig config, std::atomic<bool> const& stopping) : config_(std::move(config)) {
    static bool const ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    if (!ready) throw std::runtime_error("libcurl cannot be used");
    conversation_.stopping = &stopping;
  }

  Delivery deliver(Parcel const& parcel) override {
    if (!curl_) open();
    auto* curl = curl_.get();
    conversation_.about_this_mail = false;
    Text text{parcel.text};
    auto const from = "<" + parcel.from + ">", to = "<" + parcel.to + ">";
    std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> const recipients(
        curl_slist_append(nullptr, to.c_str()), curl_slist_free_all);
    if (!recipients) throw std::bad_alloc();
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_READDATA, &text);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, curl_off_t(parcel.text.size()));
    auto const code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    if (code == CURLE_OK) return {};
    hang_up();
    return judge(code, answer);
  }

  void rest() override { curl_.reset(); }  // says QUIT

 private:
  // The next mail gets a new connection. libcurl would say QUIT to this one and wait two minutes for the answer.
  void hang_up() {
    curl_socket_t socket = CURL_SOCKET_BAD;
    curl_easy_getinfo(curl_.get(), CURLINFO_ACTIVESOCKET, &socket);
    if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
    curl_.reset();
  }

  // RFC 5321 section 4.2.1: 4xx may pass, 5xx will not.
  Delivery judge(CURLcode code, long answer) const {
    auto const reason = std::string(curl_easy_strerror(code)) + ", last answer " + std::to_string(answer);
    if (code == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
    bool const said_no = code == CURLE_SEND_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
                         code == CURLE_UPLOAD_FAILED || code == CURLE_RECV_ERROR;
    if (!said_no || !conversation_.about_this_mail || answer < 400 || answer == 421)
      return {Delivery::Fate::no_server, reason};
    return {answer >= 500 ? Delivery::Fate::never : Delivery::Fate::later, reason};
  }

  void open() {
    curl_.reset(curl_easy_init());
    if (!curl_) throw std::bad_alloc();
    auto* curl = curl_.get();
    curl_easy_setopt(curl, CURLOPT_URL, config_.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 15L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                     long(std::chrono::duration_cast<std::chrono::milliseconds>(config_.answer_limit).count()));
    curl_easy_setopt(curl, CURLOPT_USE_SSL, long(config_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_NONE));
    if (!config_.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, config_.ca_file.c_str());
    if (!config_.user.empty()) {
      curl_easy_setopt(curl, CURLOPT_USERNAME, config_.user.c_str());
      curl_easy_setopt(curl, CURLOPT_PASSWORD, config_.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, hear);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &conversation_);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, may_go_on);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &conversation_);
  }

  SmtpConfig config_;
  Conversation conversation_;
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl_{nullptr, curl_easy_cleanup};
};

}  // namespace

std::unique_ptr<Transport> smtp_transport(SmtpConfig config, std::atomic<bool> const& stopping) {
  return std::make_unique<Smtp>(std::move(config), stopping);
}

}  // namespace menkyo::mail
