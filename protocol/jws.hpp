#pragma once
// Compact JWS (RFC 7515) under the rules of RFC 8725: the algorithm is the key's, never the sender's choice; typ and
// aud are checked; exactly the verified bytes are parsed. Values and pure functions: any thread.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/key.hpp"
#include "protocol/limits.hpp"
#include "protocol/tree.hpp"

namespace menkyo::protocol {

// The algorithm of answers that share a signature (tree.hpp): ES256 over the head of the tree.
inline constexpr std::string_view tree_algorithm = "menkyo-ES256-tree";

// What the protocol honours of a protected header. Members of other names are ignored (RFC 7515 section 4), except
// "crit", which is refused because no extension is defined (section 4.1.11).
struct JwsHeader {
  std::string typ;
  std::optional<std::string> kid;
  std::optional<std::string> aud;
  std::optional<Key> jwk;   // public
  std::vector<Bytes> x5c;   // DER, leaf first
  bool takes_tree = false;  // "answer_alg": the sender can verify an answer that shares a signature
};

struct ParsedJws {
  Algorithm algorithm = Algorithm::es256;
  JwsHeader header;
  std::string payload;        // decoded; not to be trusted before verify() returned
  std::string signing_input;  // ASCII header "." payload, as sent
  Signature signature{};
  std::optional<InclusionProof> proof;  // the signature is that of the tree's head
  // SHA-256 of the signing input: what makes two messages "the same". ES256 signatures differ each time, this does
  // not.
  Digest signing_input_hash{};
};

struct JwsLimits {
  size_t max_bytes = limits::message_bytes;
  size_t max_header_bytes = limits::header_bytes;
};

struct Expectations {
  std::string_view typ;
  std::string_view aud;    // empty: the message has no audience (answers are bound by their nonce)
  bool may_share = false;  // whether the signature may be that of a tree
};

// Throws Error{jws_invalid, limit_exceeded, json_invalid, key_invalid or algorithm_wrong}. Trailing or leading white
// space is refused.
ParsedJws parse_compact(std::string_view text, JwsLimits const& limits = {});

// Returns when the signature is the key's and the header says what was expected; throws Error{algorithm_wrong,
// message_type_wrong, audience_wrong or signature_wrong} otherwise. The algorithm is pinned by the key.
void verify(ParsedJws const& jws, Key const& key, Expectations const& expected);

// Prepares the header once for many payloads. Const use from any thread.
class CompactSigner {
 public:
  // `key` must hold a private key.
  CompactSigner(Key key, JwsHeader const& header);

  std::string sign(std::string_view payload) const;
  // What sign_together() signs for this payload.
  std::string shared_signing_input(std::string_view payload) const;
  Key const& key() const { return key_; }

 private:
  Key key_;
  std::string prefix_, shared_prefix_;  // base64url header and "."
};

// Completes signing inputs, made by shared_signing_input() for this key, with one signature for all. The key must be
// a P-256 key; 1 to limits::tree_leaves inputs.
void sign_together(std::span<std::string> signing_inputs, Key const& key);

inline std::string sign_compact(JwsHeader const& header, std::string_view payload, Key const& key) {
  return CompactSigner(key, header).sign(payload);
}

}  // namespace menkyo::protocol
