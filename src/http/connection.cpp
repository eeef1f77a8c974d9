#include "http/connection.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cstring>

#include "api/render.hpp"
#include "base/id.hpp"
#include "http/answer.hpp"

namespace menkyo::http {
namespace {

constexpr size_t first_read_bytes = 4096;
constexpr size_t body_read_bytes = 64 * 1024;
// Bodies up to this are copied behind their head, so that one packet and one TLS record carry both.
constexpr size_t joined_body_bytes = 16 * 1024;
constexpr size_t write_slice_bytes = 256 * 1024;  // what write_timeout is measured by
constexpr size_t max_drained_bytes = 1024 * 1024;

}  // namespace

// The right to answer one request once. If it is lost unused, the peer hears of a failure instead of waiting.
struct Connection::Ticket {
  Ticket(std::shared_ptr<Connection> to, uint64_t number)
      : connection(std::move(to)), mailbox(connection->loop_->mailbox()), loop(connection->loop_), request(number) {}
  ~Ticket() {
    if (used.load()) return;
    try {
      send(api::render(Problem(problems::internal), {}));
    } catch (std::exception const&) {
      // Not even for this is there memory; the connection's own time limit ends the wait.
    }
  }

  void send(api::Response response) {
    if (used.exchange(true)) return;
    if (Loop::current() == loop)
      return contain(*connection, [&] { connection->on_mail(request, std::move(response)); });
    try {
      mailbox->push({connection, request, std::move(response)});
    } catch (...) {
      used = false;
      throw;
    }
  }

  std::shared_ptr<Connection> connection;
  std::shared_ptr<Mailbox> mailbox;
  Loop const* loop;  // only compared; may be gone
  uint64_t request;
  std::atomic<bool> used{false};
};

Connection::Connection(Loop& loop, std::unique_ptr<Transport> transport, bool refuse)
    : loop_(&loop),
      shared_(loop.shared()),
      transport_(std::move(transport)),
      parser_(shared_->config.limits),
      refuse_(refuse) {}

void Connection::start() {
  loop_->wheel().arm(*this, shared_->config.limits.handshake_timeout);
  transport_->handshake(shared_from_this());
  writing_ = true;
}

void Connection::on_ready(bool ok) {
  writing_ = false;
  if (state_ == State::closed) return release();
  if (!ok) return close();
  peer_ = transport_->peer();
  if (refuse_) {
    Problem full(problems::busy, "Too many connections are open.");
    full.retry_after_s = 5;
    return refuse(full);
  }
  wait_for_input();
  // A peer that never says anything is not kept as long as one that has asked before.
  auto const& limits = shared_->config.limits;
  if (state_ == State::idle) loop_->wheel().arm(*this, std::min(limits.idle_timeout, limits.header_timeout));
}

void Connection::wait_for_input() {
  if (shared_->stopping) return close();
  state_ = State::idle;
  if (input_.size() > 2 * first_read_bytes) input_ = {};
  begin_ = end_ = 0;
  loop_->wheel().arm(*this, shared_->config.limits.idle_timeout);
  read_more();
}

void Connection::read_more() {
  auto const room = state_ == State::receiving && head_done_ ? body_read_bytes : first_read_bytes;
  std::memmove(input_.data(), input_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  if (input_.size() < end_ + room / 2) input_.resize(end_ + room);
  transport_->read(input_.data() + end_, input_.size() - end_, shared_from_this());
  reading_ = true;
}

void Connection::on_read(size_t count) {
  reading_ = false;
  switch (state_) {
    case State::closed:
      return release();
    case State::lingering:
      drained_ += count;
      if (count == 0 || drained_ > max_drained_bytes) return close();
      transport_->drain(input_.data(), input_.size(), shared_from_this());
      reading_ = true;
      return;
    // Whoever reads events has nothing more to say; the end of its side is the end of the stream.
    case State::streaming:
      return close();
    // A refusal overtook this read (a timeout): what it brought belongs to nobody.
    case State::answering:
      return;
    default:
      break;
  }
  if (count == 0) return close();
  add(shared_->stats.bytes_received, count);
  end_ += count;
  if (state_ == State::idle) begin_request();
  consume();
}

void Connection::begin_request() {
  state_ = State::receiving;
  head_done_ = false;
  keep_ = true;
  http_10_ = false;
  head_only_ = false;
  loop_->wheel().arm(*this, shared_->config.limits.header_timeout);
}

void Connection::consume() {
  for (;;) {
    auto const [step, used] = parser_.feed({input_.data() + begin_, end_ - begin_});
    begin_ += used;
    switch (step) {
      case RequestParser::Step::need_more:
        if (used > 0 && begin_ < end_) continue;
        return read_more();
      case RequestParser::Step::head_done:
        head_done_ = true;
        loop_->wheel().arm(*this, shared_->config.limits.body_timeout);
        if (parser_.expects_continue() && begin_ == end_) {
          return write("HTTP/1.1 100 Continue\r\n\r\n", {});
        }
        continue;
      case RequestParser::Step::complete:
        return hand_over();
      case RequestParser::Step::failed:
        return refuse(parser_.problem());
    }
  }
}

void Connection::hand_over() {
  state_ = State::handling;
  keep_ = parser_.keep_alive();
  http_10_ = parser_.is_http_10();
  head_only_ = parser_.is_head();
  loop_->wheel().arm(*this, shared_->config.limits.handler_timeout);
  auto request = parser_.take();
  request.peer = peer_;
  request.secure = transport_->secure();
  auto const ticket = std::make_shared<Ticket>(shared_from_this(), ++request_);
  try {
    shared_->handler(std::move(request), [ticket](api::Response response) { ticket->send(std::move(response)); });
  } catch (...) {
    // The handler is to answer with a Problem instead; that it did not is no reason to stop serving others.
    ticket->send(api::render(Problem(problems::internal), {}));
  }
}

void Connection::on_mail(uint64_t request, api::Response response) {
  if (request == 0) {
    if (state_ != State::streaming) return;
    // A reader that takes nothing would keep the write under way, and with it the connection, for long.
    if (sink_->overflowed()) return close();
    if (!writing_) pump_stream();
  } else if (request == request_ && state_ == State::handling) {
    answer(std::move(response));
  }
}

void Connection::answer(api::Response response) {
  if (shared_->stopping) keep_ = false;
  AnswerFrame frame;
  frame.date = loop_->date();
  frame.http_10 = http_10_;
  frame.secure = transport_->secure();
  frame.body_bytes = response.body.size();
  bool const events = response.stream && !head_only_;
  frame.chunked = events && !http_10_;
  if (events || response.stream) keep_ = false;
  frame.keep_alive = keep_;
  head_.clear();
  if (!write_head(head_, response, frame)) {
    response = api::render(Problem(problems::internal), {});
    frame.chunked = false;
    frame.body_bytes = response.body.size();
    head_.clear();
    if (!write_head(head_, response, frame)) return close();
  }
  add(shared_->stats.answers[static_cast<size_t>(response.status / 100)]);
  body_.clear();
  if (!head_only_ && has_body(response.status) && !response.stream) {
    if (response.body.size() <= joined_body_bytes) {
      head_ += response.body;
    } else {
      body_ = std::move(response.body);
    }
  }
  rest_ = body_;
  state_ = State::answering;
  if (events) stream_ = std::move(response.stream);
  auto const slice = rest_.substr(0, write_slice_bytes);
  rest_.remove_prefix(slice.size());
  write(head_, slice);
}

// Answers what is not worth handing over, and ends: what follows on the connection cannot be trusted to be a request.
void Connection::refuse(Problem const& problem) {
  RequestId const id{Random(shared_->seeds.next()).uuid7(shared_->clock.now())};
  auto response = api::render(problem, id.text());
  if (problem.kind().status == 405) response.headers.emplace_back("allow", "GET, HEAD, POST, PUT, PATCH, DELETE");
  keep_ = false;
  ++request_;
  answer(std::move(response));
}

void Connection::write(std::string_view first, std::string_view second) {
  if (state_ != State::receiving) loop_->wheel().arm(*this, shared_->config.limits.write_timeout);
  add(shared_->stats.bytes_sent, first.size() + second.size());
  transport_->write(first, second, shared_from_this());
  writing_ = true;
}

void Connection::on_written(bool ok) {
  writing_ = false;
  if (state_ == State::closed) return release();
  if (!ok) return close();
  if (state_ == State::receiving) return read_more();  // "100 Continue" is out
  if (state_ == State::streaming) return pump_stream();
  if (!rest_.empty()) {
    auto const slice = rest_.substr(0, write_slice_bytes);
    rest_.remove_prefix(slice.size());
    return write(slice, {});
  }
  answered();
}

void Connection::answered() {
  // An idle connection should not hold what one large answer needed.
  if (body_.capacity() > joined_body_bytes) body_ = {};
  if (stream_) return begin_stream();
  if (!keep_) return linger();
  if (begin_ == end_) return wait_for_input();
  begin_request();
  consume();
}

void Connection::begin_stream() {
  state_ = State::streaming;
  add(shared_->stats.streams_open);
  auto const& limits = shared_->config.limits;
  sink_ = std::make_shared<EventSink>(limits.max_stream_backlog_bytes,
                                      [mailbox = loop_->mailbox(), weak = std::weak_ptr(shared_from_this())] {
                                        if (auto self = weak.lock()) mailbox->push({std::move(self), 0, {}});
                                      });
  loop_->wheel().arm(*this, limits.stream_heartbeat);
  auto const stream = stream_;
  try {
    stream->start([sink = sink_](std::string const& text) { return sink->push(text); });
  } catch (...) {
    return close();
  }
  if (shared_->stopping) return finish_up();
  if (!reading_) read_more();
  if (!writing_) pump_stream();
}

void Connection::pump_stream() {
  auto text = sink_->take();
  if (!text) return close();
  if (text->empty()) {
    if (stream_ && !sink_->ended()) return loop_->wheel().arm(*this, shared_->config.limits.stream_heartbeat);
    end_stream();
    if (http_10_) return linger();
    return write("0\r\n\r\n", {});
  }
  write_event(*text);
}

void Connection::write_event(std::string_view text) {
  chunk_.clear();
  if (http_10_) {
    chunk_ = text;
  } else {
    char size[16];
    auto const end = std::to_chars(size, size + sizeof size, text.size(), 16).ptr;
    chunk_.append(size, end).append("\r\n").append(text).append("\r\n");
  }
  write(chunk_, {});
}

void Connection::end_stream() {
  sink_->close();
  sink_.reset();
  stream_.reset();
  subtract(shared_->stats.streams_open);
  state_ = State::answering;
}

void Connection::finish_up() {
  switch (state_) {
    case State::handshaking:
    case State::idle:
      return close();
    case State::streaming:
      // What is in the sink still goes out; pump_stream() ends the rest.
      sink_->close();
      stream_.reset();
      if (!writing_) pump_stream();
      return;
    default:
      return;  // answer() sees that the server stops
  }
}

void Connection::linger() {
  state_ = State::lingering;
  loop_->wheel().arm(*this, shared_->config.limits.linger_timeout);
  transport_->finish(shared_from_this());
  finishing_ = true;
}

void Connection::on_finished() {
  finishing_ = false;
  if (state_ == State::closed) return release();
  if (reading_) return;
  if (input_.empty()) input_.resize(first_read_bytes);
  transport_->drain(input_.data(), input_.size(), shared_from_this());
  reading_ = true;
}

void Connection::on_timer() {
  contain(*this, [this] { time_out(); });
}

void Connection::time_out() {
  auto& timeouts = shared_->stats.timeouts;
  switch (state_) {
    case State::receiving:
      add(timeouts);
      // With "100 Continue" stuck on its way an answer would be stuck as well.
      if (writing_) return close();
      return refuse(Problem(problems::timed_out));
    case State::handling:
      add(timeouts);
      return refuse(Problem(problems::outcome_unknown, "The server took too long to answer."));
    case State::streaming:
      if (!writing_) return write_event(":\n\n");
      add(timeouts);
      return close();
    case State::handshaking:
    case State::answering:
      add(timeouts);
      return close();
    case State::idle:
    case State::lingering:
      return close();
    case State::closed:
      return;
  }
}

void Connection::drop() {
  close();
}

void Connection::close() {
  if (state_ == State::closed) return;
  auto const self = shared_from_this();
  if (state_ == State::streaming) end_stream();
  state_ = State::closed;
  loop_->wheel().disarm(*this);
  transport_->close();
  release();
}

// What the transport still does refers to it, so it goes last; and always on the loop's thread.
void Connection::release() {
  if (reading_ || writing_ || finishing_ || !transport_) return;
  transport_.reset();
  subtract(shared_->stats.connections_open);
  loop_->forget(*this);
}

}  // namespace menkyo::http
