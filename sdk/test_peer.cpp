#include "sdk/test_peer.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <utility>

#include "protocol/error.hpp"
#include "protocol/json.hpp"
#include "sdk/machine.hpp"

namespace menkyo::agent {

using namespace protocol;
using std::chrono::hours;

namespace {

constexpr hours day{24};

CertificateRequest certificate_request(std::string name, uint8_t serial, hours length) {
  return {{std::move(name), "Test", ""}, {serial}, now() - hours(2), now() + length};
}

PeerReply problem(int status, std::string const& code) {
  return {status,
          "application/problem+json",
          R"({"status":)" + std::to_string(status) + R"(,"code":")" + code + "\"}",
          {}};
}

// One connection's bytes, with or without TLS.
struct Channel {
  int fd;
  SSL* ssl;

  long read(char* to, size_t size) const {
    return ssl != nullptr ? SSL_read(ssl, to, static_cast<int>(size)) : recv(fd, to, size, 0);
  }
  void write(std::string const& text) const {
    if (ssl != nullptr) {
      SSL_write(ssl, text.data(), static_cast<int>(text.size()));
    } else {
      (void)send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    }
  }
};

bool read_request(Channel const& channel, std::string& path, std::string& body) {
  std::string in;
  char buffer[8192];
  for (;;) {
    auto const end = in.find("\r\n\r\n");
    if (end != std::string::npos) {
      auto const at = in.find("Content-Length: ");
      size_t const size = at < end ? std::stoul(in.substr(at + 16)) : 0;
      if (in.size() >= end + 4 + size) {
        auto const first = in.find(' ');
        path = in.substr(first + 1, in.find(' ', first + 1) - first - 1);
        body = in.substr(end + 4, size);
        return true;
      }
    }
    auto const n = channel.read(buffer, sizeof buffer);
    if (n <= 0) return false;
    in.append(buffer, static_cast<size_t>(n));
  }
}

}  // namespace

std::string make_test_folder() {
  std::string pattern = std::string(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/menkyo-agent-XXXXXX";
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no folder for the test");
  return pattern;
}

TlsIdentity make_tls_identity() {
  auto const key = Key::generate(Algorithm::es256);
  X509* x = X509_new();
  X509_set_version(x, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(x), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("peer"), -1, -1, 0);
  X509_set_issuer_name(x, X509_get_subject_name(x));
  X509_gmtime_adj(X509_getm_notBefore(x), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x), 3600);
  X509_set_pubkey(x, key.native());
  X509_EXTENSION* names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "IP:127.0.0.1");
  X509_add_ext(x, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(x, key.native(), EVP_sha256());
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bio, x);
  char* text = nullptr;
  auto const size = BIO_get_mem_data(bio, &text);
  TlsIdentity out{key, std::string(text, static_cast<size_t>(size))};
  BIO_free(bio);
  X509_free(x);
  return out;
}

Peer::Peer(TlsIdentity const* tls) {
  root = make_root(certificate_request("root", 1, 7300 * day), root_key);
  issuing = make_issuing(certificate_request("issuing", 2, 3650 * day), issuing_key, {root, root_key});
  signer = make_signer(certificate_request("signer", 3, 730 * day), signer_key, {root, root_key});
  if (tls != nullptr) {
    tls_ = SSL_CTX_new(TLS_server_method());
    BIO* bio = BIO_new_mem_buf(tls->certificate_pem.data(), static_cast<int>(tls->certificate_pem.size()));
    X509* x = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(tls_, x);
    SSL_CTX_use_PrivateKey(tls_, tls->key.native());
    X509_free(x);
    BIO_free(bio);
  }
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0)
    throw std::runtime_error("no socket");
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

Peer::~Peer() {
  stop_ = true;
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
  SSL_CTX_free(tls_);
}

std::string Peer::url() const {
  return (tls_ != nullptr ? "https" : "http") + ("://127.0.0.1:" + std::to_string(port_));
}

std::string Peer::token() const {
  RegistrationToken token;
  token.root_sha256 = sha256(root);
  return format_token(token);
}

void Peer::serve() {
  while (!stop_) {
    int const fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) continue;
    answer_connection(fd);
    close(fd);
  }
}

void Peer::answer_connection(int fd) {
  Channel channel{fd, nullptr};
  if (tls_ != nullptr) {
    channel.ssl = SSL_new(tls_);
    SSL_set_fd(channel.ssl, fd);
  }
  std::string path, body;
  if ((channel.ssl == nullptr || SSL_accept(channel.ssl) == 1) && read_request(channel, path, body)) {
    std::unique_lock lock(mutex_);
    PeerReply reply;
    if (!instead || !instead(reply)) reply = handle(path, body);
    if (change_reply) change_reply(reply);
    bool const lost = !body.empty() && lose_answers > 0;
    if (lost) --lose_answers;
    lock.unlock();
    if (!lost)
      channel.write("HTTP/1.1 " + std::to_string(reply.status) + " X\r\nContent-Type: " + reply.content_type +
                    "\r\nConnection: close\r\n" + reply.headers +
                    "Content-Length: " + std::to_string(reply.body.size()) + "\r\n\r\n" + reply.body);
  }
  if (channel.ssl != nullptr) {
    SSL_shutdown(channel.ssl);
    SSL_free(channel.ssl);
  }
}

PeerReply Peer::handle(std::string const& path, std::string const& body) {
  if (path == "/device/v1/trust")
    return {200, "application/json", encode(TrustDocument{installation, epoch, now(), {root}, {signer}}), {}};
  if (path != "/device/v1/messages") return {404, "text/html", "no", {}};
  bodies.push_back(body);
  try {
    return handle_message(body);
  } catch (Error const&) {
    return problem(400, "message_invalid");
  }
}

PeerReply Peer::handle_message(std::string const& body) {
  auto const jws = parse_compact(body);
  payloads.push_back(jws.payload);
  if (jws.header.typ == typ::register_device) return handle_register(jws);
  auto const id = parse_kid(jws.header.kid.value_or("")).device_id;
  auto const found = devices_.find(id);
  if (found == devices_.end()) return problem(404, "device_unknown");
  auto& device = found->second;
  check_signature(device, jws);
  AuthorizeMessage m;
  auto const root_value = json::parse(jws.payload);
  m.seq = root_value.at("seq").as_int();
  m.epoch = root_value.at("epoch").as_int();
  auto const nonce = *from_base64url(root_value.at("nonce").as_string());
  std::copy(nonce.begin(), nonce.end(), m.nonce.begin());
  if (m.seq == device.seq && jws.signing_input_hash == device.hash)
    return {200, "application/jose", device.answer, {}};
  if (m.seq == device.seq) {
    ++conflicts;
    return problem(409, "sequence_conflict");
  }
  if (m.seq < device.seq || device.epoch != epoch) {
    ++resyncs;
    ResyncAnswer a;
    auto const name = jws.header.typ.substr(7, jws.header.typ.size() - 11);
    static_cast<AnswerCommon&>(a) = common(name.c_str(), m);
    a.last_seq = device.seq;
    a.reason = m.seq < device.seq ? ResyncReason::sequence_behind : ResyncReason::new_epoch;
    device.epoch = epoch;
    return {200, "application/jose", sign(typ::resync_answer, encode(a)), {}};
  }
  auto const answer = answer_to(device, id, jws);
  device.seq = m.seq;
  device.hash = jws.signing_input_hash;
  device.answer = answer;
  return {200, "application/jose", answer, {}};
}

void Peer::check_signature(Device& device, ParsedJws const& jws) const {
  auto const& key = jws.header.jwk.value();
  verify(jws, key, {.typ = jws.header.typ, .aud = installation});
  if (device.next_key && key.thumbprint() == device.next_key->thumbprint())
    device.key = *std::exchange(device.next_key, std::nullopt);
  if (key.thumbprint() != device.key.thumbprint()) throw Error("signature_wrong", "another key");
}

PeerReply Peer::handle_register(ParsedJws const& jws) {
  auto const m = decode_register(jws.payload);
  verify(jws, jws.header.jwk.value(), {.typ = typ::register_device, .aud = installation});
  if (m.token != token()) return problem(403, "token_unknown");
  if (auto const known = registrations_.find(jws.signing_input_hash); known != registrations_.end())
    return {200, "application/jose", known->second, {}};
  if (std::chrono::abs(now() - m.sent_at) > hours(1)) return problem(403, "clock_skewed");
  ++token_uses;
  auto const id = "dev_" + std::to_string(token_uses);
  devices_.emplace(id, Device{*jws.header.jwk, {}, m.seq, jws.signing_input_hash, {}, first_report_hash(id), epoch});
  RegisterAnswer a;
  static_cast<AnswerCommon&>(a) = common("register", m);
  a.device_id = id;
  a.smart_account_id = "sa_1";
  a.smart_account_name = "\u4F8B";
  a.virtual_account_id = "va_1";
  a.virtual_account_name = "DEFAULT";
  a.certificate_chain = certify(*jws.header.jwk, id);
  a.anchors = {root};
  return {
      200, "application/jose", registrations_[jws.signing_input_hash] = sign(typ::register_answer, encode(a)), {}};
}

std::string Peer::answer_to(Device& device, std::string const& id, ParsedJws const& jws) {
  if (jws.header.typ == typ::authorize) {
    auto const m = decode_authorize(jws.payload);
    wanted = m.wanted;
    AuthorizeAnswer a;
    static_cast<AnswerCommon&>(a) = common("authorize", m);
    for (auto const& w : m.wanted) {
      auto const refusal = refuse.find(w.entitlement);
      if (refusal != refuse.end()) {
        a.entitlements.push_back(
            {w.entitlement, w.entitlement, w.quantity, 0, EntitlementStatus::refused, refusal->second, {}, {}, 0});
      } else {
        auto const status = missing > 0 ? EntitlementStatus::out_of_compliance : EntitlementStatus::in_compliance;
        a.entitlements.push_back({w.entitlement, w.entitlement, w.quantity, w.quantity, status, {}, {}, {}, missing});
      }
    }
    a.authorization_state = m.wanted.empty() ? AuthorizationState::none
                            : missing > 0    ? AuthorizationState::out_of_compliance
                                             : AuthorizationState::authorized;
    a.valid_until = now() + 90 * day;
    a.renew_after_from = now() + 29 * day;
    a.renew_after_to = now() + 30 * day;
    a.identity_renew_at = now() + 182 * day;
    return sign(typ::authorize_answer, encode(a));
  }
  if (jws.header.typ == typ::report) {
    auto const m = decode_report(jws.payload);
    auto const next = continue_reports(m, device.last_report);
    report_gaps += next.gap;
    for (size_t i = next.first_new; i < m.reports.size(); ++i) report_ids.push_back(m.reports[i].report_id);
    device.last_report = next.last;
    ReportAnswer a;
    static_cast<AnswerCommon&>(a) = common("report", m);
    a.acknowledged_through = device.last_report;
    return sign(typ::report_answer, encode(a));
  }
  if (jws.header.typ == typ::renew_identity) {
    auto const m = decode_renew_identity(jws.payload);
    if (m.jwk) {
      verify_key_proof(*m.proof, *m.jwk, m.nonce, installation);
      device.next_key = *m.jwk;
    }
    RenewIdentityAnswer a;
    static_cast<AnswerCommon&>(a) = common("renew_identity", m);
    a.certificate_chain = certify(m.jwk ? *m.jwk : device.key, id);
    return sign(typ::renew_identity_answer, encode(a));
  }
  auto const m = decode_deregister(jws.payload);
  released = true;
  DeregisterAnswer a;
  static_cast<AnswerCommon&>(a) = common("deregister", m);
  return sign(typ::deregister_answer, encode(a));
}

std::string Peer::sign(std::string_view type, std::string const& payload) const {
  CompactSigner const by(signer_key, {.typ = std::string(type), .kid = "key_1", .x5c = {signer}});
  if (!shares_signatures) return by.sign(payload);
  std::vector<std::string> answers{by.shared_signing_input("{}"), by.shared_signing_input(payload),
                                   by.shared_signing_input("[]")};
  sign_together(answers, signer_key);
  return answers[1];
}

AnswerCommon Peer::common(const char* message, MessageCommon const& m) const {
  return {message, m.seq, m.nonce, epoch, now(), installation, {}, {}};
}

std::vector<Bytes> Peer::certify(Key const& key, std::string const& id) const {
  return {make_device_certificate(certificate_request(id, 9, 365 * day), key, {issuing, issuing_key}), issuing};
}

}  // namespace menkyo::agent
