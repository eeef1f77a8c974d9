#pragma once
// What goes wrong while reading, checking or making protocol data. Thrown by value; holds no secret and no payload
// text beyond the name of a member.

#include <exception>
#include <string>
#include <string_view>

namespace menkyo::protocol {

// Stable words; a caller may branch on them, people read `detail`.
namespace codes {
inline constexpr std::string_view json_invalid = "json_invalid";                // not JSON as this codec accepts it
inline constexpr std::string_view type_wrong = "type_wrong";                    // a value of another JSON type
inline constexpr std::string_view member_missing = "member_missing";            // a required member is absent
inline constexpr std::string_view member_unknown = "member_unknown";            // a member nobody defined
inline constexpr std::string_view value_invalid = "value_invalid";              // right type, wrong content
inline constexpr std::string_view limit_exceeded = "limit_exceeded";            // too long, too many, too deep
inline constexpr std::string_view encoding_invalid = "encoding_invalid";        // base64, UTF-8, DER or PEM
inline constexpr std::string_view key_invalid = "key_invalid";                  // no usable P-256 or Ed25519 key
inline constexpr std::string_view jws_invalid = "jws_invalid";                  // not a compact JWS of ours
inline constexpr std::string_view algorithm_wrong = "algorithm_wrong";          // alg is not the pinned one
inline constexpr std::string_view message_type_wrong = "message_type_wrong";    // typ is not the expected one
inline constexpr std::string_view audience_wrong = "audience_wrong";            // aud is another installation
inline constexpr std::string_view signature_wrong = "signature_wrong";          // the signature does not verify
inline constexpr std::string_view certificate_invalid = "certificate_invalid";  // not a certificate of ours
inline constexpr std::string_view certificate_expired = "certificate_expired";  // outside its validity
inline constexpr std::string_view certificate_untrusted = "certificate_untrusted";    // no path to an anchor
inline constexpr std::string_view certificate_role_wrong = "certificate_role_wrong";  // made for another purpose
inline constexpr std::string_view token_malformed = "token_malformed";                // not a registration token
inline constexpr std::string_view crypto_failed = "crypto_failed";                    // OpenSSL refused to work
}  // namespace codes

class Error : public std::exception {
 public:
  // `path` is a JSON pointer (RFC 6901) to what is wrong, empty where none applies.
  Error(std::string_view code_word, std::string detail_text, std::string path_text = {})
      : code(code_word), detail(std::move(detail_text)), path(std::move(path_text)) {
    text_ = std::string(code) + ": " + detail + (path.empty() ? "" : " [" + path + "]");
  }
  const char* what() const noexcept override { return text_.c_str(); }

  std::string_view code;  // one of `codes`, static storage
  std::string detail;
  std::string path;

 private:
  std::string text_;
};

}  // namespace menkyo::protocol
