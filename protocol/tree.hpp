#pragma once
// One signature for many answers: a Merkle tree (RFC 9162 section 2.1) over their signing inputs, whose head is
// signed, and for each answer the proof that it is in it. docs/protocol.md, "Answers that share a signature". Pure
// functions, safe from any thread.

#include <optional>
#include <string_view>
#include <vector>

#include "protocol/bytes.hpp"
#include "protocol/key.hpp"

namespace menkyo::protocol {

// Where a leaf is in a tree of `size` leaves, with the hashes beside its way to the root, lowest first.
struct InclusionProof {
  uint16_t size = 0, index = 0;
  std::vector<Digest> path;
};

// Keeps all its nodes. Between 1 and limits::tree_leaves leaves; throws std::length_error otherwise.
class Tree {
 public:
  // Of the leaves' texts.
  explicit Tree(std::vector<std::string_view> const& texts);
  Digest const& root() const { return levels_.back().front(); }
  InclusionProof proof(size_t index) const;
  // What is signed.
  Bytes head() const;

 private:
  std::vector<std::vector<Digest>> levels_;  // leaves first, the root alone at the end
};

// The head of the tree that the proof claims to be of; nullopt if no tree has such a proof.
std::optional<Bytes> head_of(std::string_view text, InclusionProof const& proof);

// The third part of the JWS, before base64url: the signature of the head and the proof. One byte string for each
// proof.
Bytes encode_shared_signature(Signature const& signature, InclusionProof const& proof);
// nullopt if it is not one.
std::optional<InclusionProof> decode_inclusion_proof(ByteView bytes);

}  // namespace menkyo::protocol
