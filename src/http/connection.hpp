#pragma once
// One connection: requests in, answers out, one after the other. Lives on its loop's thread.

#include <array>
#include <memory>
#include <string>

#include "http/event_sink.hpp"
#include "http/net.hpp"
#include "http/parser.hpp"

namespace menkyo::http {

class Connection final : public TransportEvents, public Timer, public std::enable_shared_from_this<Connection> {
 public:
  // With `refuse` the peer is only told that the server is full.
  Connection(Loop& loop, std::unique_ptr<Transport> transport, bool refuse);

  void start();
  // Ends as soon as the request under way, if any, is answered.
  void finish_up();
  // An answer to that request, or (0) news for the event stream.
  void on_mail(uint64_t request, api::Response response);

  void on_ready(bool ok) override;
  void on_read(size_t count) override;
  void on_written(bool ok) override;
  void on_finished() override;
  // Ends now.
  void drop() override;
  void on_timer() override;

 private:
  enum class State { handshaking, idle, receiving, handling, answering, streaming, lingering, closed };
  struct Ticket;

  void time_out();
  void wait_for_input();
  void read_more();
  void consume();
  void begin_request();
  void hand_over();
  void answer(api::Response response);
  void refuse(Problem const& problem);
  void write(std::string_view first, std::string_view second);
  void answered();
  void begin_stream();
  void pump_stream();
  void write_event(std::string_view text);
  void end_stream();
  void linger();
  void close();
  void release();

  Loop* loop_;
  std::shared_ptr<Shared> shared_;
  std::unique_ptr<Transport> transport_;
  std::string peer_;
  RequestParser parser_;
  State state_ = State::handshaking;
  bool refuse_;
  bool reading_ = false;
  bool writing_ = false;
  bool finishing_ = false;  // Transport::finish() is under way
  bool head_done_ = false;  // of the request that is being received
  bool head_only_ = false;  // answer HEAD: no body
  bool http_10_ = false;
  bool keep_ = true;      // the connection may serve another request
  uint64_t request_ = 0;  // the number of the request under way

  std::string input_;  // what was read; [begin_, end_) is not used yet
  size_t begin_ = 0, end_ = 0;
  std::string head_;       // of the answer, and small bodies
  std::string body_;       // large bodies
  std::string_view rest_;  // of body_, still to write
  size_t drained_ = 0;

  std::shared_ptr<api::EventStream> stream_;
  std::shared_ptr<EventSink> sink_;
  std::string chunk_;
};

}  // namespace menkyo::http
