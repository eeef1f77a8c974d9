#include "protocol/tree.hpp"

#include <algorithm>
#include <stdexcept>

#include "protocol/limits.hpp"

namespace menkyo::protocol {

namespace {

// No JWS signing input has a zero byte, so none can be taken for the head of a tree, nor a head for one.
constexpr std::string_view head_begins{"menkyo-ES256-tree\0", 18};

// RFC 9162 section 2.1.1: leaves and nodes are told apart by their first byte.
Digest leaf_hash(std::string_view text) {
  Bytes bytes;
  bytes.reserve(1 + text.size());
  bytes.push_back(0);
  auto const view = bytes_of(text);
  bytes.insert(bytes.end(), view.begin(), view.end());
  return sha256(bytes);
}

Digest node_hash(Digest const& left, Digest const& right) {
  std::array<uint8_t, 65> bytes;
  bytes[0] = 1;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 33);
  return sha256(bytes);
}

void append(Bytes& out, uint16_t number) {
  out.push_back(static_cast<uint8_t>(number >> 8));
  out.push_back(static_cast<uint8_t>(number));
}

uint16_t number_at(ByteView bytes, size_t at) {
  return static_cast<uint16_t>(bytes[at] << 8 | bytes[at + 1]);
}

Bytes head(uint16_t size, Digest const& root) {
  Bytes out(head_begins.begin(), head_begins.end());
  append(out, size);
  out.insert(out.end(), root.begin(), root.end());
  return out;
}

}  // namespace

Tree::Tree(std::vector<std::string_view> const& texts) {
  if (texts.empty() || texts.size() > limits::tree_leaves)
    throw std::length_error("a tree has no or too many leaves");
  levels_.emplace_back();
  for (auto const text : texts) levels_.back().push_back(leaf_hash(text));
  while (levels_.back().size() > 1) {
    auto const& below = levels_.back();
    std::vector<Digest> above;
    for (size_t i = 0; i + 1 < below.size(); i += 2) above.push_back(node_hash(below[i], below[i + 1]));
    // Paired from the left and the odd one moved up, which gives the tree that the RFC splits at powers of two.
    if (below.size() % 2 == 1) above.push_back(below.back());
    levels_.push_back(std::move(above));
  }
}

InclusionProof Tree::proof(size_t index) const {
  InclusionProof out{static_cast<uint16_t>(levels_.front().size()), static_cast<uint16_t>(index), {}};
  for (auto const& level : levels_) {
    if (auto const beside = index ^ 1; beside < level.size()) out.path.push_back(level[beside]);
    index /= 2;
  }
  return out;
}

Bytes Tree::head() const {
  return protocol::head(static_cast<uint16_t>(levels_.front().size()), root());
}

// RFC 9162 section 2.1.3.2.
std::optional<Bytes> head_of(std::string_view text, InclusionProof const& proof) {
  if (proof.index >= proof.size) return {};
  unsigned at = proof.index, last = proof.size - 1U;
  auto hash = leaf_hash(text);
  for (auto const& beside : proof.path) {
    if (last == 0) return {};
    if (at % 2 == 1 || at == last) {
      hash = node_hash(beside, hash);
      // At the end of a level it is not 0, so it becomes odd.
      while (at % 2 == 0) {
        at /= 2;
        last /= 2;
      }
    } else {
      hash = node_hash(hash, beside);
    }
    at /= 2;
    last /= 2;
  }
  if (last != 0) return {};
  return head(proof.size, hash);
}

Bytes encode_shared_signature(Signature const& signature, InclusionProof const& proof) {
  Bytes out(signature.begin(), signature.end());
  append(out, proof.size);
  append(out, proof.index);
  for (auto const& hash : proof.path) out.insert(out.end(), hash.begin(), hash.end());
  return out;
}

std::optional<InclusionProof> decode_inclusion_proof(ByteView bytes) {
  constexpr size_t path_at = sizeof(Signature) + 4;
  if (bytes.size() < path_at || (bytes.size() - path_at) % sizeof(Digest) != 0) return {};
  InclusionProof out{number_at(bytes, sizeof(Signature)), number_at(bytes, sizeof(Signature) + 2), {}};
  if (out.size > limits::tree_leaves || bytes.size() > path_at + limits::tree_path * sizeof(Digest)) return {};
  for (size_t at = path_at; at < bytes.size(); at += sizeof(Digest)) {
    std::copy_n(bytes.begin() + static_cast<long>(at), sizeof(Digest), out.path.emplace_back().begin());
  }
  return out;
}

}  // namespace menkyo::protocol
