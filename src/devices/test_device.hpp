#pragma once
// A device for tests: makes and signs messages of the protocol and reads the answers.

#include <gtest/gtest.h>

#include <future>

#include "devices/desk.hpp"
#include "protocol/messages.hpp"

namespace menkyo::devices {

class TestDevice {
 public:
  TestDevice(Desk& desk, db::Database& database, std::string installation, std::string serial)
      : desk_(desk), database_(database), installation_(std::move(installation)), serial_(std::move(serial)) {}

  // The status of the HTTP answer.
  int register_with(std::string const& token, std::string const& host_name) {
    protocol::RegisterMessage m;
    fill(m);
    m.token = token;
    m.product = "KZ-1";
    m.udi.product_id = "KZ-1";
    m.udi.serial_number = serial_;
    m.udi.uuid = "0b1c";
    m.host_name = host_name;
    m.software_version = "17.1";
    m.agent_version = "menkyo-agent/1";
    protocol::JwsHeader header;
    header.typ = protocol::typ::register_device;
    header.aud = installation_;
    auto const response = send(std::move(header), protocol::encode(m));
    if (response.status != 200) return response.status;
    auto const answer = protocol::decode_register_answer(protocol::parse_compact(response.body).payload);
    device_id = *DeviceId::parse(answer.device_id);
    account_ = answer.smart_account_id;
    return 200;
  }

  protocol::AuthorizeAnswer authorize(std::vector<protocol::Wanted> wanted) {
    protocol::AuthorizeMessage m;
    fill(m);
    m.wanted = std::move(wanted);
    protocol::JwsHeader header;
    header.typ = protocol::typ::authorize;
    header.aud = installation_;
    header.kid = protocol::format_kid({account_, device_id.text()});
    auto const response = send(std::move(header), protocol::encode(m));
    EXPECT_EQ(response.status, 200) << response.body;
    return protocol::decode_authorize_answer(protocol::parse_compact(response.body).payload);
  }

  DeviceId device_id;

 private:
  void fill(protocol::MessageCommon& m) {
    m.seq = ++sequence_;
    m.nonce.fill(uint8_t(sequence_));
    m.sent_at = std::chrono::floor<std::chrono::seconds>(database_.now());
  }
  api::Response send(protocol::JwsHeader header, std::string const& payload) {
    api::Request request;
    request.method = api::Method::post;
    request.headers = {{"content-type", "application/jose"}};
    header.jwk = key_;
    request.body = protocol::sign_compact(header, payload, key_);
    std::promise<api::Response> arrived;
    desk_.handle(std::move(request), [&](api::Response r) { arrived.set_value(std::move(r)); });
    return arrived.get_future().get();
  }

  Desk& desk_;
  db::Database& database_;
  std::string installation_, serial_, account_;
  protocol::Key key_ = protocol::Key::generate(protocol::Algorithm::ed25519);
  int64_t sequence_ = 0;
};

}  // namespace menkyo::devices
