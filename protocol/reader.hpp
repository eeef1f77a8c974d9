#pragma once
// Reads the members of one JSON object with bounds, and says by JSON pointer what is wrong. In strict use, members
// that nobody asked for are refused at the end.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/json.hpp"

namespace menkyo::protocol {

// Borrows the tree; lives shorter than it. Not thread-safe. Every failure is an Error whose path names the member.
class ObjectReader {
 public:
  // Throws Error{type_wrong} unless `object` is an object. `path` is the pointer to it, "" for the root.
  explicit ObjectReader(json::Value const& object, std::string path = {});

  // The member, or nullptr when it is absent. null counts as a value of the wrong type.
  json::Value const* optional(std::string_view name);
  json::Value const& required(std::string_view name);

  // Non-empty text of at most `max_bytes` bytes without control characters.
  std::string text(std::string_view name, size_t max_bytes);
  std::optional<std::string> optional_text(std::string_view name, size_t max_bytes);
  int64_t integer(std::string_view name, int64_t min, int64_t max);
  std::optional<int64_t> optional_integer(std::string_view name, int64_t min, int64_t max);
  bool boolean(std::string_view name);
  Instant instant(std::string_view name);
  std::optional<Instant> optional_instant(std::string_view name);
  // base64url of exactly `size` bytes.
  Bytes base64url(std::string_view name, size_t size);
  Digest digest(std::string_view name);
  // An array of at most `max_items`.
  std::vector<json::Value> const& array(std::string_view name, size_t max_items);

  // Throws Error{member_unknown} when the object has a member that was not asked for.
  void finish() const;

  std::string path_to(std::string_view name) const { return path_ + '/' + std::string(name); }
  std::string path_to(std::string_view name, size_t index) const {
    return path_to(name) + '/' + std::to_string(index);
  }
  [[noreturn]] void fail(std::string_view code, std::string_view name, std::string detail) const;

 private:
  template <class Read>
  auto at(std::string_view name, Read read);

  json::Value const& object_;
  std::string path_;
  std::vector<std::string_view> asked_;
};

}  // namespace menkyo::protocol
