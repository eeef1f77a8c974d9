// TLS with a certificate made on the spot.
#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <cstdio>
#include <filesystem>
#include <memory>

#include "http/test_client.hpp"

namespace menkyo::http::test {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;

template <auto free>
struct Freeing {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
template <class T, auto free>
using Owned = std::unique_ptr<T, Freeing<free>>;

// A P-256 key and its self-signed certificate as PEM files, gone with this object.
class Identity {
 public:
  Identity() {
    char name[] = "/tmp/menkyo-http-test-XXXXXX";
    if (!::mkdtemp(name)) throw std::runtime_error("no folder for the certificate");
    folder_ = name;
    Owned<EVP_PKEY, EVP_PKEY_free> const key(EVP_EC_gen("P-256"));
    Owned<X509, X509_free> const certificate(X509_new());
    X509_set_version(certificate.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(certificate.get()), "20200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(certificate.get()), "20991231000000Z");
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
    X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    Owned<FILE, std::fclose> const out(std::fopen(certificate_path().c_str(), "w"));
    PEM_write_X509(out.get(), certificate.get());
    Owned<FILE, std::fclose> const secret(std::fopen(key_path().c_str(), "w"));
    PEM_write_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  }
  ~Identity() { std::filesystem::remove_all(folder_); }
  std::string certificate_path() const { return folder_ / "certificate.pem"; }
  std::string key_path() const { return folder_ / "key.pem"; }

 private:
  std::filesystem::path folder_;
};

ServerConfig tls_config(Identity const& identity) {
  auto config = quick_config();
  config.tls_certificate_path = identity.certificate_path();
  config.tls_key_path = identity.key_path();
  return config;
}

class TlsClient {
 public:
  explicit TlsClient(uint16_t port, int max_version = TLS1_3_VERSION, const char* ciphers = nullptr)
      : client_(port), context_(SSL_CTX_new(TLS_client_method())) {
    timeval const limit{5, 0};
    ::setsockopt(client_.socket(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    SSL_CTX_set_security_level(context_.get(), 0);
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context_.get(), max_version);
    if (ciphers) SSL_CTX_set_cipher_list(context_.get(), ciphers);
    SSL_CTX_set_alpn_protos(context_.get(), reinterpret_cast<const unsigned char*>("\x02h2\x08http/1.1"), 12);
    ssl_.reset(SSL_new(context_.get()));
    SSL_set_fd(ssl_.get(), client_.socket());
  }

  // A session whose end was not said properly is not resumed by OpenSSL.
  ~TlsClient() { SSL_shutdown(ssl_.get()); }

  bool handshake() { return SSL_connect(ssl_.get()) == 1; }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())) == static_cast<int>(bytes.size());
  }
  // All that comes until the server says that nothing more will.
  std::string rest() {
    std::string out;
    char buffer[16384];
    int count;
    while ((count = SSL_read(ssl_.get(), buffer, sizeof buffer)) > 0) out.append(buffer, static_cast<size_t>(count));
    ended_properly_ = SSL_get_error(ssl_.get(), count) == SSL_ERROR_ZERO_RETURN;
    return out;
  }
  bool ended_properly() const { return ended_properly_; }
  SSL* ssl() { return ssl_.get(); }

 private:
  Client client_;
  Owned<SSL_CTX, SSL_CTX_free> context_;
  Owned<SSL, SSL_free> ssl_;
  bool ended_properly_ = false;
};

TEST(Tls, ServesOverTls13And12) {
  Identity const identity;
  bool secure = false;
  TestServer server(tls_config(identity), [&](api::Request const& request, api::Reply const& reply) {
    secure = request.secure;
    api::Response response;
    response.body = request.body;
    reply(std::move(response));
  });
  for (int const version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    TlsClient client(server.server.port(), version);
    ASSERT_TRUE(client.handshake());
    EXPECT_EQ(SSL_version(client.ssl()), version);
    const unsigned char* protocol;
    unsigned size;
    SSL_get0_alpn_selected(client.ssl(), &protocol, &size);
    EXPECT_EQ(std::string(reinterpret_cast<const char*>(protocol), size), "http/1.1");
    std::string const body(300'000, 'b');
    client.send("POST / HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 300000\r\n\r\n");
    client.send(body);
    auto const answer = client.rest();
    EXPECT_THAT(answer, HasSubstr("\r\nstrict-transport-security: max-age=31536000\r\n"));
    EXPECT_THAT(answer, EndsWith("\r\n\r\n" + body));
    EXPECT_TRUE(client.ended_properly());
    EXPECT_TRUE(secure);
  }
}

TEST(Tls, ResumesByTicket) {
  Identity const identity;
  TestServer server(tls_config(identity));
  for (int const version : {TLS1_3_VERSION, TLS1_2_VERSION}) {
    Owned<SSL_SESSION, SSL_SESSION_free> session;
    for (bool const again : {false, true}) {
      TlsClient client(server.server.port(), version);
      if (session) SSL_set_session(client.ssl(), session.get());
      ASSERT_TRUE(client.handshake());
      EXPECT_EQ(SSL_session_reused(client.ssl()) == 1, again);
      client.send("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      EXPECT_EQ(status_of(client.rest()), 200);
      session.reset(SSL_get1_session(client.ssl()));
    }
  }
}

TEST(Tls, RefusesOldVersionsAndWeakCiphers) {
  Identity const identity;
  TestServer server(tls_config(identity));
  EXPECT_FALSE(TlsClient(server.server.port(), TLS1_1_VERSION).handshake());
  EXPECT_FALSE(TlsClient(server.server.port(), TLS1_2_VERSION, "AES128-SHA:ECDHE-ECDSA-AES128-SHA").handshake());
  EXPECT_TRUE(TlsClient(server.server.port(), TLS1_2_VERSION, "ECDHE-ECDSA-AES128-GCM-SHA256").handshake());
}

TEST(Tls, DropsPeersThatDoNotShakeHands) {
  Identity const identity;
  auto config = tls_config(identity);
  config.limits.handshake_timeout = Milliseconds(100);
  TestServer server(config);
  auto plain = server.connect();
  plain.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_THAT(plain.rest().value_or("HTTP"), ::testing::Not(HasSubstr("HTTP")));
  auto silent = server.connect();
  EXPECT_EQ(silent.rest(Milliseconds(2000)), "");
  EXPECT_EQ(server.server.stats().timeouts, 1u);
}

TEST(Tls, RefusesAndTimesOutInWords) {
  Identity const identity;
  auto config = tls_config(identity);
  config.limits.header_timeout = Milliseconds(100);
  config.limits.linger_timeout = Milliseconds(200);
  config.limits.max_body_bytes = 10;
  TestServer server(config);
  TlsClient slow(server.server.port());
  ASSERT_TRUE(slow.handshake());
  slow.send("GET / HT");
  EXPECT_EQ(status_of(slow.rest()), 408);
  TlsClient large(server.server.port());
  ASSERT_TRUE(large.handshake());
  large.send("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  large.send(std::string(100'000, 'b'));
  EXPECT_EQ(status_of(large.rest()), 413);
}

TEST(Tls, RefusesToStartWithAForeignKey) {
  Identity const identity, other;
  auto config = tls_config(identity);
  config.tls_key_path = other.key_path();
  Server server(config, echo);
  EXPECT_THROW(server.start(), StartError);
}

}  // namespace
}  // namespace menkyo::http::test
