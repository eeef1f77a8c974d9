#pragma once
// The whole service behind its sockets, on a small installation of its own.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace menkyo::fuzz {

// An input is a request written by hand:
//
//   GET /api/v1/smart_accounts/$sa/virtual_accounts?limit=3
//   If-Match's value, or nothing
//   {"the": "body"}
//
// $sa, $va, $dev, $tok, $ent and $per stand for things that there are, because their ids differ from run to run.
// Every request is sent by somebody who may do everything, by somebody without a role and by nobody. It must be
// answered as its route declares, without a failure of the server's own; the other two must be let in nowhere but
// where the table says that no role or no session is needed. Cursors that an answer gives are followed.
class ServiceTarget {
 public:
  explicit ServiceTarget(std::string const& database_kind);
  ~ServiceTarget();
  void run(const uint8_t* data, size_t size);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace menkyo::fuzz
