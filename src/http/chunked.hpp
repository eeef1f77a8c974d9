#pragma once
// Takes a chunked body apart (RFC 9112 section 7.1). Extensions and trailers are checked and dropped.

#include <cstdint>
#include <string>
#include <string_view>

namespace menkyo::http {

class ChunkDecoder {
 public:
  enum class Result {
    need_more,
    done,
    malformed,
    too_large,    // the body would be longer than allowed
    too_lengthy,  // a size line or the trailers are longer than anybody needs
  };
  struct Progress {
    Result result;
    size_t used;  // the rest of the input must come again
  };

  static constexpr size_t max_line_bytes = 256;
  static constexpr size_t max_trailer_bytes = 4096;

  // Appends to `body` until that has `limit` bytes.
  Progress feed(std::string_view input, std::string& body, size_t limit);

 private:
  enum class Phase { size, data, data_end, trailers };
  Result size_line(std::string_view line, size_t room);
  Result trailer_line(std::string_view line);

  Phase phase_ = Phase::size;
  uint64_t left_ = 0;  // of the present chunk
  size_t trailers_ = 0;
};

}  // namespace menkyo::http
