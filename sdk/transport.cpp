#include "sdk/transport.hpp"

#include <curl/curl.h>

#include <cstring>
#include <memory>
#include <mutex>
#include <stdexcept>

namespace menkyo::agent {

std::function<HttpAnswer(HttpRequest const&)> network_for_tests;

namespace {

constexpr size_t max_answer_bytes = 1024 * 1024;
constexpr int64_t max_retry_after_s = 24 * 3600;

struct FreeCurl {
  void operator()(CURL* c) const { curl_easy_cleanup(c); }
  void operator()(curl_slist* l) const { curl_slist_free_all(l); }
  void operator()(CURLU* u) const { curl_url_cleanup(u); }
};
using Url = std::unique_ptr<CURLU, FreeCurl>;

size_t receive(char* data, size_t size, size_t count, void* target) {
  auto& body = *static_cast<std::string*>(target);
  if (body.size() + size * count > max_answer_bytes) return 0;
  body.append(data, size * count);
  return size * count;
}

std::string part(CURLU* url, CURLUPart which) {
  char* text = nullptr;
  if (curl_url_get(url, which, &text, 0) != CURLUE_OK) return {};
  std::string out = text;
  curl_free(text);
  return out;
}

Url parse_url(std::string const& url) {
  Url out(curl_url());
  if (!out || curl_url_set(out.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return nullptr;
  return out;
}

void describe_failure(HttpAnswer& answer, CURLcode code, const char* buffer) {
  answer.detail = buffer[0] != '\0' ? buffer : curl_easy_strerror(code);
  switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_CRL_BADFILE:
      answer.reach = Reach::untrusted;
      break;
    case CURLE_UNSUPPORTED_PROTOCOL:
    case CURLE_URL_MALFORMAT:
      answer.reach = Reach::refused_address;
      break;
    default:
      answer.reach = Reach::unreachable;
  }
}

void set_options(CURL* curl, HttpRequest const& request, curl_slist* headers, HttpAnswer& answer, char* error) {
  curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!request.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, request.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, 10L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, 30L);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // A proxy would see what is meant for this machine alone.
  if (request.url.starts_with("http:")) curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "menkyo-agent/" MENKYO_VERSION);
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
  if (request.body) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body->data());
  }
}

void read_facts(CURL* curl, HttpAnswer& answer) {
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  answer.status = static_cast<int>(status);
  const char* type = nullptr;
  curl_easy_getinfo(curl, CURLINFO_CONTENT_TYPE, &type);
  if (type != nullptr) answer.content_type = std::string(type).substr(0, std::strcspn(type, "; "));
  curl_off_t retry = 0;
  curl_easy_getinfo(curl, CURLINFO_RETRY_AFTER, &retry);
  if (retry > 0) answer.retry_after_s = std::min<int64_t>(retry, max_retry_after_s);
}

}  // namespace

bool is_private_path(std::string const& url) {
  auto const parsed = parse_url(url);
  if (!parsed) return false;
  if (part(parsed.get(), CURLUPART_SCHEME) == "https") return true;
  auto const host = part(parsed.get(), CURLUPART_HOST);
  if (host == "localhost" || host == "[::1]") return true;
  return host.starts_with("127.") && host.find_first_not_of("0123456789.") == std::string::npos;
}

std::string normal_url(std::string const& url) {
  auto const parsed = parse_url(url);
  auto const scheme = parsed ? part(parsed.get(), CURLUPART_SCHEME) : "";
  if ((scheme != "https" && scheme != "http") || !part(parsed.get(), CURLUPART_USER).empty() ||
      !part(parsed.get(), CURLUPART_QUERY).empty() || !part(parsed.get(), CURLUPART_FRAGMENT).empty())
    throw std::invalid_argument("\"" + url + "\" is not a server address; write it as https://license.example.com.");
  auto out = part(parsed.get(), CURLUPART_URL);
  while (out.ends_with('/')) out.pop_back();
  return out;
}

HttpAnswer http(HttpRequest const& request) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  HttpAnswer answer;
  if (!request.allow_plain_http && !is_private_path(request.url)) {
    answer.reach = Reach::refused_address;
    answer.detail = "http:// to another machine would show the device's data to everybody on the way";
    return answer;
  }
  if (network_for_tests) return network_for_tests(request);
  std::unique_ptr<CURL, FreeCurl> curl(curl_easy_init());
  // "Expect: 100-continue" would cost a round trip.
  std::unique_ptr<curl_slist, FreeCurl> headers(curl_slist_append(nullptr, "Expect:"));
  auto const add = [&](const char* line) {
    if (auto* longer = curl_slist_append(headers.get(), line)) {
      (void)headers.release();
      headers.reset(longer);
    }
  };
  if (request.body) add("Content-Type: application/jose");
  add(request.body ? "Accept: application/jose, application/problem+json" : "Accept: application/json");
  if (!curl || !headers) throw std::bad_alloc();
  char error[CURL_ERROR_SIZE] = {};
  set_options(curl.get(), request, headers.get(), answer, error);
  if (auto const code = curl_easy_perform(curl.get()); code != CURLE_OK) {
    describe_failure(answer, code, error);
    return answer;
  }
  answer.reach = Reach::answered;
  read_facts(curl.get(), answer);
  return answer;
}

}  // namespace menkyo::agent
