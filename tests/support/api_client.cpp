#include "tests/support/api_client.hpp"

#include <gtest/gtest.h>

#include <future>

#include "tests/support/json_schema.hpp"

namespace menkyo::test {

namespace {

void keep_cookie(std::map<std::string, std::string>& cookies, std::string const& text) {
  auto const equals = text.find('=');
  auto const name = text.substr(0, equals);
  auto const value = text.substr(equals + 1, text.find(';') - equals - 1);
  if (value.empty() || text.find("Max-Age=0") != std::string::npos) {
    cookies.erase(name);
  } else {
    cookies[name] = value;
  }
}

}  // namespace

std::string Answer::code() const {
  if (!json.is_object()) return {};
  auto const* found = json.find("code");
  return status >= 400 && found && found->is_string() ? found->as_string() : "";
}

std::string Answer::header(std::string_view name) const {
  for (auto const& [key, value] : headers)
    if (key == name) return value;
  return {};
}

std::vector<std::string> faults(Answer const& answer) {
  std::vector<std::string> out;
  if (auto const* fields = answer.json.find("fields"))
    for (auto const& field : fields->items())
      out.push_back(field.at("path").as_string() + " " + field.at("code").as_string());
  return out;
}

Answer ApiClient::send(api::Method method, std::string const& target, std::string const& body, api::Headers headers) {
  api::Request request;
  request.method = method;
  request.path = target.substr(0, target.find('?'));
  request.query = target.find('?') == std::string::npos ? "" : target.substr(target.find('?') + 1);
  request.headers = std::move(headers);
  request.headers.emplace_back("host", "menkyo.example");
  request.headers.emplace_back("menkyo-request", "1");
  if (!body.empty()) request.headers.emplace_back("content-type", "application/json");
  std::string jar;
  for (auto const& [name, value] : cookies) jar += (jar.empty() ? "" : "; ") + name + "=" + value;
  if (!jar.empty()) request.headers.emplace_back("cookie", jar);
  request.body = body;
  request.peer = peer;
  request.secure = secure;

  auto const path = request.path;
  std::promise<api::Response> arrived;
  dispatcher_.handle(std::move(request), [&](api::Response response) { arrived.set_value(std::move(response)); });
  auto response = arrived.get_future().get();
  for (auto const& [name, value] : response.headers)
    if (name == "set-cookie") keep_cookie(cookies, value);

  Answer answer{response.status, response.headers, response.body, {}};
  auto const type = answer.header("content-type");
  if (type.starts_with("application/json") || type.starts_with("application/problem+json"))
    answer.json = json::parse(answer.body);
  for (auto const& fault : check_answer(dispatcher_.routes(), method, path, answer.status, type, answer.json))
    ADD_FAILURE() << api::to_text(method) << " " << path << " answered " << answer.body
                  << "\nagainst its schema: " << fault;
  return answer;
}

}  // namespace menkyo::test
