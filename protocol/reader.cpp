#include "protocol/reader.hpp"

#include <algorithm>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"

namespace menkyo::protocol {

ObjectReader::ObjectReader(json::Value const& object, std::string path) : object_(object), path_(std::move(path)) {
  if (!object.is_object()) throw Error(codes::type_wrong, "expected an object", path_);
  asked_.reserve(16);
}

void ObjectReader::fail(std::string_view code, std::string_view name, std::string detail) const {
  throw Error(code, std::move(detail), path_to(name));
}

// Runs an accessor of the value and adds the path to what it throws.
template <class Read>
auto ObjectReader::at(std::string_view name, Read read) {
  auto const& value = required(name);
  try {
    return read(value);
  } catch (Error const& e) {
    throw Error(e.code, e.detail, path_to(name));
  }
}

json::Value const* ObjectReader::optional(std::string_view name) {
  asked_.push_back(name);
  return object_.find(name);
}

json::Value const& ObjectReader::required(std::string_view name) {
  if (auto const* v = optional(name)) return *v;
  fail(codes::member_missing, name, "the member is missing");
}

std::string ObjectReader::text(std::string_view name, size_t max_bytes) {
  auto out = at(name, [](json::Value const& v) { return v.as_string(); });
  if (out.empty()) fail(codes::value_invalid, name, "must not be empty");
  if (out.size() > max_bytes)
    fail(codes::limit_exceeded, name, "is longer than " + std::to_string(max_bytes) + " bytes");
  if (std::any_of(out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }))
    fail(codes::value_invalid, name, "holds a control character");
  return out;
}

std::optional<std::string> ObjectReader::optional_text(std::string_view name, size_t max_bytes) {
  if (object_.find(name) == nullptr) {
    asked_.push_back(name);
    return {};
  }
  return text(name, max_bytes);
}

int64_t ObjectReader::integer(std::string_view name, int64_t min, int64_t max) {
  auto const out = at(name, [](json::Value const& v) { return v.as_int(); });
  if (out < min || out > max)
    fail(codes::value_invalid, name, "must be from " + std::to_string(min) + " to " + std::to_string(max));
  return out;
}

std::optional<int64_t> ObjectReader::optional_integer(std::string_view name, int64_t min, int64_t max) {
  if (object_.find(name) == nullptr) {
    asked_.push_back(name);
    return {};
  }
  return integer(name, min, max);
}

bool ObjectReader::boolean(std::string_view name) {
  return at(name, [](json::Value const& v) { return v.as_bool(); });
}

Instant ObjectReader::instant(std::string_view name) {
  auto const out = at(name, [](json::Value const& v) { return from_rfc3339(v.as_string()); });
  if (!out) fail(codes::value_invalid, name, "is not a time as RFC 3339 writes it");
  return *out;
}

std::optional<Instant> ObjectReader::optional_instant(std::string_view name) {
  if (object_.find(name) == nullptr) {
    asked_.push_back(name);
    return {};
  }
  return instant(name);
}

Bytes ObjectReader::base64url(std::string_view name, size_t size) {
  auto out = at(name, [](json::Value const& v) { return from_base64url(v.as_string()); });
  if (!out || out->size() != size)
    fail(codes::encoding_invalid, name, "is not base64url of " + std::to_string(size) + " bytes");
  return *out;
}

Digest ObjectReader::digest(std::string_view name) {
  auto const bytes = base64url(name, sizeof(Digest));
  Digest out;
  std::copy(bytes.begin(), bytes.end(), out.begin());
  return out;
}

std::vector<json::Value> const& ObjectReader::array(std::string_view name, size_t max_items) {
  auto const& value = required(name);
  if (!value.is_array()) fail(codes::type_wrong, name, "expected an array");
  if (value.items().size() > max_items)
    fail(codes::limit_exceeded, name, "has more than " + std::to_string(max_items) + " items");
  return value.items();
}

void ObjectReader::finish() const {
  for (auto const& m : object_.members()) {
    if (std::find(asked_.begin(), asked_.end(), m.name) == asked_.end())
      throw Error(codes::member_unknown, "the member is not defined", path_to(m.name.substr(0, limits::code_bytes)));
  }
}

}  // namespace menkyo::protocol
