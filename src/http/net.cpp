// The only user of Boost.Asio.
#include "http/net.hpp"

#include <array>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <charconv>
#include <optional>

#include "http/connection.hpp"

namespace menkyo::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using ErrorCode = boost::system::error_code;

std::string address_of(tcp::socket const& socket) {
  ErrorCode ec;
  auto const endpoint = socket.remote_endpoint(ec);
  if (ec) return {};
  auto const address = endpoint.address();
  // A socket for both families shows IPv4 peers as ::ffff:a.b.c.d (RFC 4291 section 2.5.5.2).
  bool const mapped = address.is_v6() && address.to_v6().is_v4_mapped();
  return mapped ? asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string() : address.to_string();
}

// For what a loop cannot do without: tried until there is memory.
template <class Work>
void insist(Work&& work) {
  for (;;) {
    try {
      return work();
    } catch (std::bad_alloc const&) {
      std::this_thread::sleep_for(Milliseconds(1));
    }
  }
}

template <class Stream>
void start_read(Stream& stream, char* into, size_t size, Owner owner) {
  stream.async_read_some(asio::buffer(into, size), [owner = std::move(owner)](ErrorCode ec, size_t count) {
    contain(*owner, [&] { owner->on_read(ec ? 0 : count); });
  });
}

template <class Stream>
void start_write(Stream& stream, std::string_view first, std::string_view second, Owner owner) {
  std::array<asio::const_buffer, 2> const buffers = {asio::buffer(first), asio::buffer(second)};
  asio::async_write(stream, buffers, [owner = std::move(owner)](ErrorCode ec, size_t) {
    contain(*owner, [&] { owner->on_written(!ec); });
  });
}

class PlainTransport final : public Transport {
 public:
  explicit PlainTransport(tcp::socket socket) : socket_(std::move(socket)) {}

  void handshake(Owner owner) override {
    asio::post(socket_.get_executor(),
               [owner = std::move(owner)] { contain(*owner, [&] { owner->on_ready(true); }); });
  }
  void read(char* into, size_t size, Owner owner) override { start_read(socket_, into, size, std::move(owner)); }
  void write(std::string_view first, std::string_view second, Owner owner) override {
    start_write(socket_, first, second, std::move(owner));
  }
  void finish(Owner owner) override {
    ErrorCode ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    asio::post(socket_.get_executor(),
               [owner = std::move(owner)] { contain(*owner, [&] { owner->on_finished(); }); });
  }
  void drain(char* into, size_t size, Owner owner) override { read(into, size, std::move(owner)); }
  void close() override {
    ErrorCode ignored;
    socket_.close(ignored);
  }
  bool secure() const override { return false; }
  std::string peer() const override { return address_of(socket_); }

 private:
  tcp::socket socket_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(tcp::socket socket, asio::ssl::context& context) : stream_(std::move(socket), context) {}

  void handshake(Owner owner) override {
    stream_.async_handshake(asio::ssl::stream_base::server, [owner = std::move(owner)](ErrorCode ec) {
      contain(*owner, [&] { owner->on_ready(!ec); });
    });
  }
  void read(char* into, size_t size, Owner owner) override { start_read(stream_, into, size, std::move(owner)); }
  void write(std::string_view first, std::string_view second, Owner owner) override {
    start_write(stream_, first, second, std::move(owner));
  }
  void finish(Owner owner) override {
    stream_.async_shutdown([this, owner = std::move(owner)](ErrorCode) {
      ErrorCode ignored;
      stream_.next_layer().shutdown(tcp::socket::shutdown_send, ignored);
      contain(*owner, [&] { owner->on_finished(); });
    });
  }
  void drain(char* into, size_t size, Owner owner) override {
    start_read(stream_.next_layer(), into, size, std::move(owner));
  }
  void close() override {
    ErrorCode ignored;
    stream_.next_layer().close(ignored);
  }
  bool secure() const override { return true; }
  std::string peer() const override { return address_of(stream_.next_layer()); }

 private:
  asio::ssl::stream<tcp::socket> stream_;
};

// Only the protocols and suites that RFC 9325 (sections 3.1.1 and 4.2) recommends.
std::unique_ptr<asio::ssl::context> tls_context(ServerConfig const& config) {
  if (config.tls_certificate_path.empty() != config.tls_key_path.empty()) {
    throw StartError("TLS needs both a certificate and a key; only one was given");
  }
  if (config.tls_certificate_path.empty()) return nullptr;
  auto context = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
  SSL_CTX* const raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(raw, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA |
                               SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);
  // Tickets make the second handshake of a device cheap; the name keeps sessions of other programs out.
  constexpr std::string_view name = "menkyo";
  SSL_CTX_set_session_id_context(raw, reinterpret_cast<const unsigned char*>(name.data()), name.size());
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_timeout(raw, 12 * 3600);
  // RFC 7301: this server speaks one protocol, and says so.
  SSL_CTX_set_alpn_select_cb(
      raw,
      [](SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* in, unsigned in_size, void*) {
        static constexpr unsigned char http_1_1[] = "\x08http/1.1";
        auto* chosen = const_cast<unsigned char*>(*out);
        auto const found = SSL_select_next_proto(&chosen, out_size, http_1_1, sizeof http_1_1 - 1, in, in_size);
        *out = chosen;
        return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_NOACK;
      },
      nullptr);
  ErrorCode ec;
  context->use_certificate_chain_file(config.tls_certificate_path, ec);
  if (ec) throw StartError("the TLS certificate " + config.tls_certificate_path + " cannot be used: " + ec.message());
  context->use_private_key_file(config.tls_key_path, asio::ssl::context::pem, ec);
  if (ec) throw StartError("the TLS key " + config.tls_key_path + " cannot be used: " + ec.message());
  if (SSL_CTX_check_private_key(raw) != 1) throw StartError("the TLS key does not belong to the certificate");
  return context;
}

tcp::endpoint parse_listen(std::string const& text) {
  auto const wrong = [&] {
    return StartError("\"" + text + "\" is not an address to listen on; write 127.0.0.1:8080 or [::1]:8080");
  };
  auto const colon = text.rfind(':');
  if (colon == std::string::npos) throw wrong();
  auto host = text.substr(0, colon);
  uint16_t port = 0;
  auto const* const end = text.data() + text.size();
  auto const [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc() || rest != end) throw wrong();
  if (host == "localhost") host = "127.0.0.1";
  bool const brackets = host.size() > 2 && host.front() == '[' && host.back() == ']';
  ErrorCode ec;
  auto const address = brackets ? asio::ip::address(asio::ip::make_address_v6(host.substr(1, host.size() - 2), ec))
                                : asio::ip::address(asio::ip::make_address_v4(host, ec));
  if (ec) throw wrong();
  return {address, port};
}

// IMF-fixdate (RFC 9110 section 5.6.7).
std::string http_date(Instant now) {
  static constexpr const char* days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  auto const day = std::chrono::floor<std::chrono::days>(now);
  std::chrono::year_month_day const date(day);
  std::chrono::hh_mm_ss const time(std::chrono::floor<std::chrono::seconds>(now - day));
  char text[64];
  std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d GMT",
                days[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                months[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return text;
}

}  // namespace

struct Loop::Io {
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
  asio::steady_timer timer{context};
};

void Mailbox::push(Mail mail) {
  std::unique_lock lock(mutex_);
  if (!loop_) return;
  bool const first = mails_.empty();
  mails_.push_back(std::move(mail));
  if (!first) return;
  try {
    asio::post(loop_->io_->context, [loop = loop_] { loop->deliver(); });
  } catch (...) {
    mails_.pop_back();  // or all who come later would count on a delivery that is not under way
    throw;
  }
}

void Mailbox::close() {
  std::unique_lock lock(mutex_);
  loop_ = nullptr;
  auto const undelivered = std::move(mails_);
  lock.unlock();
}

Loop::Loop(std::shared_ptr<Shared> shared)
    : shared_(std::move(shared)), mailbox_(std::make_shared<Mailbox>(this)), io_(std::make_unique<Io>()) {}

Loop::~Loop() {
  mailbox_->close();
}

namespace {
thread_local Loop const* current_loop = nullptr;
}

Loop const* Loop::current() {
  return current_loop;
}

void Loop::run() {
  current_loop = this;
  io_->timer.expires_after(TimerWheel::tick);
  insist([this] { tick(); });
  io_->context.run();
}

void Loop::post(std::function<void()> work) {
  asio::post(io_->context, std::move(work));
}

void Loop::tick() {
  auto const now = shared_->clock.now();
  if (auto const now_s = to_us(now) / 1'000'000; now_s != date_s_) {
    date_s_ = now_s;
    date_ = http_date(now);
  }
  io_->timer.async_wait([this](ErrorCode ec) {
    // A tick that was already on its way cannot be cancelled any more.
    if (ec || finished_) return;
    // Ticks that were missed are made up for, so that timeouts hold on a busy machine.
    auto const now = std::chrono::steady_clock::now();
    while (io_->timer.expiry() <= now) {
      wheel_.advance();
      io_->timer.expires_at(io_->timer.expiry() + TimerWheel::tick);
    }
    insist([this] { tick(); });
  });
}

void Loop::deliver() {
  std::vector<Mail> mails;
  {
    std::lock_guard lock(mailbox_->mutex_);
    mails.swap(mailbox_->mails_);
  }
  for (auto& mail : mails) contain(*mail.to, [&] { mail.to->on_mail(mail.request, std::move(mail.response)); });
}

void Loop::adopt(std::unique_ptr<Transport> transport, bool refuse) {
  std::shared_ptr<Connection> connection;
  try {
    connection = std::make_shared<Connection>(*this, std::move(transport), refuse);
    connections_.emplace(connection.get(), connection);
  } catch (std::exception const&) {
    return subtract(shared_->stats.connections_open);
  }
  contain(*connection, [&] { connection->start(); });
}

void Loop::forget(Connection& connection) {
  connections_.erase(&connection);
  if (finishing_) finish();
}

void Loop::finish_requests() {
  auto const all = connections_;
  for (auto const& [raw, connection] : all) connection->finish_up();
}

void Loop::drop_all() {
  auto const all = connections_;
  for (auto const& [raw, connection] : all) connection->drop();
}

void Loop::finish() {
  finishing_ = true;
  if (!connections_.empty()) return;
  finished_ = true;
  io_->timer.cancel();
  io_->work.reset();
}

struct Network::Listener {
  explicit Listener(Loop& loop, asio::io_context& context) : home(loop), acceptor(context), pause(context) {}
  void hand_to(Loop& loop, tcp::socket socket, bool refuse) const;
  Loop& home;
  tcp::acceptor acceptor;
  asio::steady_timer pause;
  std::unique_ptr<asio::ssl::context> tls;
};

Network::Network(std::shared_ptr<Shared> shared) : shared_(std::move(shared)) {
  auto const& config = shared_->config;
  auto const endpoint = parse_listen(config.listen);
  auto tls = tls_context(config);
  if (!tls && !endpoint.address().is_loopback() && !config.allow_plain_beyond_loopback) {
    throw StartError("refusing to serve plain HTTP on " + config.listen +
                     ", which other machines can reach: give a TLS certificate and key, listen on 127.0.0.1, or "
                     "allow plain HTTP explicitly if a proxy on this network ends TLS");
  }
  for (int i = 0; i < std::max(1, config.threads); ++i) loops_.push_back(std::make_unique<Loop>(shared_));
  listener_ = std::make_unique<Listener>(*loops_[0], loops_[0]->io_->context);
  listener_->tls = std::move(tls);
  try {
    auto& acceptor = listener_->acceptor;
    acceptor.open(endpoint.protocol());
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    if (endpoint.address().is_v6() && endpoint.address().is_unspecified()) {
      acceptor.set_option(asio::ip::v6_only(false));
    }
    acceptor.bind(endpoint);
    acceptor.listen();
    port = acceptor.local_endpoint().port();
  } catch (boost::system::system_error const& error) {
    throw StartError("cannot listen on " + config.listen + ": " + error.code().message());
  }
}

Network::~Network() = default;

void Network::run() {
  accept();
  for (auto& loop : loops_) threads_.emplace_back([raw = loop.get()] { raw->run(); });
}

void Network::accept() {
  Loop& loop = *loops_[next_loop_++ % loops_.size()];
  listener_->acceptor.async_accept(loop.io_->context, [this, &loop](ErrorCode ec, tcp::socket socket) {
    if (ec == asio::error::operation_aborted || !listener_->acceptor.is_open()) return;
    if (ec) {
      // Out of descriptors, most likely: others must end first, and spinning would not help them.
      return insist([this] {
        listener_->pause.expires_after(Milliseconds(100));
        listener_->pause.async_wait([this](ErrorCode stopped) {
          if (!stopped) insist([this] { accept(); });
        });
      });
    }
    auto& stats = shared_->stats;
    // A few beyond the bound are told why; more are just dropped.
    constexpr size_t told = 64;
    auto const bound = shared_->config.limits.max_connections;
    auto const before = stats.connections_open.load(std::memory_order_relaxed);
    add(before < bound ? stats.connections_accepted : stats.connections_rejected);
    if (before < bound + told) {
      add(stats.connections_open);
      try {
        listener_->hand_to(loop, std::move(socket), before >= bound);
      } catch (std::exception const&) {
        subtract(stats.connections_open);
      }
    }
    insist([this] { accept(); });
  });
}

void Network::Listener::hand_to(Loop& loop, tcp::socket socket, bool refuse) const {
  ErrorCode ignored;
  socket.set_option(tcp::no_delay(true), ignored);
  std::unique_ptr<Transport> transport;
  if (tls) {
    transport = std::make_unique<TlsTransport>(std::move(socket), *tls);
  } else {
    transport = std::make_unique<PlainTransport>(std::move(socket));
  }
  asio::post(loop.io_->context, [&loop, refuse, transport = std::move(transport)]() mutable {
    loop.adopt(std::move(transport), refuse);
  });
}

void Network::stop(Milliseconds deadline) {
  if (threads_.empty()) return;
  auto const until = std::chrono::steady_clock::now() + deadline;
  shared_->stopping = true;
  loops_[0]->post([this] {
    ErrorCode ignored;
    listener_->acceptor.close(ignored);
    listener_->pause.cancel();
    // Only now is sure that no loop will adopt another connection after it was told to finish.
    for (auto& loop : loops_) {
      loop->post([raw = loop.get()] {
        raw->finish_requests();
        raw->finish();
      });
    }
  });
  auto const& open = shared_->stats.connections_open;
  while (open.load() > 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(Milliseconds(5));
  }
  for (auto& loop : loops_) loop->post([raw = loop.get()] { raw->drop_all(); });
  for (auto& thread : threads_) thread.join();
  threads_.clear();
  for (auto& loop : loops_) loop->mailbox()->close();
}

}  // namespace menkyo::http
