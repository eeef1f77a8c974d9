// menkyo_agent.h over the C++ operations: no exception passes, every text is copied.

#include <algorithm>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <new>

#include "protocol/error.hpp"
#include "sdk/agent.hpp"

struct menkyo_agent {
  std::string file;
  std::string error;
  std::string code;
};

namespace {

using namespace menkyo::agent;

menkyo_result fail(menkyo_agent* agent, menkyo_result result, const char* code, const char* sentence) {
  try {
    agent->code = code;
    agent->error = sentence;
  } catch (std::bad_alloc const&) {
    agent->code.clear();
    agent->error.clear();
  }
  return result;
}

template <class Run>
menkyo_result guarded(menkyo_agent* agent, Run run) noexcept {
  if (agent == nullptr) return MENKYO_USAGE;
  agent->error.clear();
  agent->code.clear();
  try {
    run();
    return MENKYO_OK;
  } catch (Failure const& e) {
    return fail(agent, e.result, e.code.c_str(), e.sentence.c_str());
  } catch (StateError const& e) {
    return fail(agent, MENKYO_STATE, "state_file", e.what());
  } catch (std::bad_alloc const&) {
    return fail(agent, MENKYO_INTERNAL, "internal", "Out of memory.");
  } catch (std::exception const& e) {
    return fail(agent, MENKYO_INTERNAL, "internal", e.what());
  }
}

[[noreturn]] void usage(const char* sentence) {
  throw Failure(MENKYO_USAGE, "invalid", sentence);
}

std::string text(const char* given) {
  return given != nullptr ? given : "";
}

std::optional<std::string> optional_text(const char* given) {
  if (given == nullptr || *given == '\0') return {};
  return std::string(given);
}

RegisterOptions options_of(const menkyo_register_options* given_by_caller) {
  if (given_by_caller == nullptr) usage("The options are missing.");
  // `force` is the last member of the first version. Programs built with other versions of the header pass more or
  // fewer members than this library knows; those that are not passed are "not given".
  constexpr size_t first_version = offsetof(menkyo_register_options, force) + sizeof(int);
  if (given_by_caller->struct_size < first_version)
    usage("The options were not set up; call menkyo_register_options_init() first.");
  menkyo_register_options copy{};
  std::memcpy(&copy, given_by_caller, std::min(given_by_caller->struct_size, sizeof copy));
  auto const* given = &copy;
  if (given->url == nullptr || given->token == nullptr || given->product == nullptr)
    usage("The server's address, the token and the product code are required.");
  RegisterOptions o;
  o.url = given->url;
  o.token = given->token;
  o.product = given->product;
  o.udi.product_id = text(given->product_id);
  o.udi.serial_number = text(given->serial_number);
  o.udi.version_id = optional_text(given->version_id);
  o.udi.uuid = optional_text(given->uuid);
  o.udi.host_identifier = optional_text(given->host_identifier);
  o.udi.mac_address = optional_text(given->mac_address);
  o.host_name = optional_text(given->host_name);
  o.software_version = optional_text(given->software_version);
  o.ca_file = text(given->ca_file);
  o.privacy = {given->withhold_host_name != 0, given->withhold_ip_address != 0, given->withhold_mac_address != 0};
  o.allow_plain_http = given->allow_plain_http != 0;
  o.force = given->force != 0;
  return o;
}

}  // namespace

extern "C" {

menkyo_agent* menkyo_open(const char* state_file) {
  try {
    return new menkyo_agent{state_file != nullptr ? std::string(state_file) : default_state_file(), {}, {}};
  } catch (std::bad_alloc const&) {
    return nullptr;
  }
}

void menkyo_close(menkyo_agent* agent) {
  delete agent;
}

const char* menkyo_error(const menkyo_agent* agent) {
  return agent != nullptr ? agent->error.c_str() : "";
}
const char* menkyo_error_code(const menkyo_agent* agent) {
  return agent != nullptr ? agent->code.c_str() : "";
}

void menkyo_register_options_init(menkyo_register_options* options, size_t struct_size) {
  if (options == nullptr) return;
  std::memset(options, 0, struct_size);
  options->struct_size = struct_size;
}

menkyo_result menkyo_register(menkyo_agent* agent, const menkyo_register_options* options) {
  return guarded(agent, [&] { register_device(agent->file, options_of(options)); });
}

menkyo_result menkyo_request(menkyo_agent* agent, const char* entitlement, int64_t quantity) {
  return guarded(agent, [&] { request(agent->file, text(entitlement), quantity); });
}

menkyo_result menkyo_release(menkyo_agent* agent, const char* entitlement) {
  return guarded(agent, [&] {
    release(agent->file, entitlement != nullptr ? std::optional<std::string>(entitlement) : std::nullopt);
  });
}

menkyo_result menkyo_authorize(menkyo_agent* agent) {
  return guarded(agent, [&] { authorize(agent->file); });
}

menkyo_result menkyo_report(menkyo_agent* agent) {
  return guarded(agent, [&] { report(agent->file); });
}

menkyo_result menkyo_renew(menkyo_agent* agent, int new_key) {
  return guarded(agent, [&] { renew(agent->file, new_key != 0); });
}

menkyo_result menkyo_deregister(menkyo_agent* agent, const char* reason) {
  return guarded(agent, [&] { deregister(agent->file, optional_text(reason)); });
}

menkyo_result menkyo_tick(menkyo_agent* agent, int64_t* next_in_s) {
  constexpr int64_t after_failure_s = 60;
  if (next_in_s != nullptr) *next_in_s = after_failure_s;
  return guarded(agent, [&] {
    auto const next = tick(agent->file);
    if (next_in_s != nullptr) *next_in_s = next;
  });
}

menkyo_result menkyo_authorization(menkyo_agent* agent, menkyo_authorization_state* state) {
  return guarded(agent, [&] {
    if (state == nullptr) usage("Nowhere to put the state.");
    *state = status(agent->file).authorization;
  });
}

menkyo_result menkyo_entitlement(menkyo_agent* agent, const char* entitlement, menkyo_entitlement_info* info) {
  return guarded(agent, [&] {
    if (info == nullptr || entitlement == nullptr) usage("The entitlement, or the place for the answer, is missing.");
    *info = {};
    auto const st = status(agent->file);
    for (auto const& w : st.state.wanted) {
      if (w.entitlement == entitlement) info->wanted = w.quantity;
    }
    if (info->wanted == 0 || !st.answer) return;
    for (auto const& e : st.answer->entitlements) {
      if (e.entitlement != entitlement) continue;
      info->granted = e.granted;
      info->missing = e.missing;
      info->refused = e.status == menkyo::protocol::EntitlementStatus::refused;
      info->in_compliance = e.status == menkyo::protocol::EntitlementStatus::in_compliance;
    }
  });
}

menkyo_result menkyo_status_json(menkyo_agent* agent, char** json) {
  return guarded(agent, [&] {
    if (json == nullptr) usage("Nowhere to put the text.");
    *json = nullptr;
    auto const out = status_json(status(agent->file));
    *json = static_cast<char*>(std::malloc(out.size() + 1));
    if (*json == nullptr) throw std::bad_alloc();
    std::memcpy(*json, out.c_str(), out.size() + 1);
  });
}

void menkyo_free(char* text) {
  std::free(text);
}

const char* menkyo_agent_version(void) {
  return MENKYO_VERSION;
}

}  // extern "C"
