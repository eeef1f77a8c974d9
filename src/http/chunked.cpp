#include "http/chunked.hpp"

#include <algorithm>
#include <charconv>

namespace menkyo::http {
namespace {

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    auto const byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
  });
}

}  // namespace

ChunkDecoder::Progress ChunkDecoder::feed(std::string_view input, std::string& body, size_t limit) {
  size_t used = 0;
  while (used < input.size()) {
    auto const rest = input.substr(used);
    if (phase_ == Phase::data) {
      auto const part = rest.substr(0, static_cast<size_t>(std::min<uint64_t>(left_, rest.size())));
      body += part;
      used += part.size();
      left_ -= part.size();
      if (left_ == 0) phase_ = Phase::data_end;
      continue;
    }
    auto const end = rest.find('\n');
    if (end == std::string_view::npos) {
      // One more than a line may have, for the CR that would end it.
      if (rest.size() > max_line_bytes + 1) return {Result::too_lengthy, used};
      break;
    }
    if (end == 0 || rest[end - 1] != '\r') return {Result::malformed, used};
    auto const line = rest.substr(0, end - 1);
    if (line.size() > max_line_bytes) return {Result::too_lengthy, used};
    used += end + 1;
    auto result = Result::need_more;
    switch (phase_) {
      case Phase::size:
        result = size_line(line, limit - body.size());
        break;
      case Phase::trailers:
        result = trailer_line(line);
        break;
      default:
        if (!line.empty()) result = Result::malformed;
        phase_ = Phase::size;
    }
    if (result != Result::need_more) return {result, used};
  }
  return {Result::need_more, used};
}

ChunkDecoder::Result ChunkDecoder::size_line(std::string_view line, size_t room) {
  auto const* const end = line.data() + line.size();
  auto const [rest, error] = std::from_chars(line.data(), end, left_, 16);
  // from_chars() would take a minus sign only for signed types, and never a plus sign, white space or "0x".
  if (error != std::errc() || (rest != end && *rest != ';') || has_control(line)) return Result::malformed;
  if (left_ > room) return Result::too_large;
  phase_ = left_ == 0 ? Phase::trailers : Phase::data;
  return Result::need_more;
}

ChunkDecoder::Result ChunkDecoder::trailer_line(std::string_view line) {
  if (line.empty()) return Result::done;
  trailers_ += line.size();
  if (trailers_ > max_trailer_bytes) return Result::too_lengthy;
  auto const colon = line.find(':');
  bool const named =
      colon != std::string_view::npos && colon > 0 && line.substr(0, colon).find_first_of(" \t") > colon;
  return named && !has_control(line) ? Result::need_more : Result::malformed;
}

}  // namespace menkyo::http
