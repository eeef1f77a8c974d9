#include "protocol/x509.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "protocol/error.hpp"
#include "protocol/limits.hpp"

namespace menkyo::protocol {
namespace {

Instant at(const char* text) {
  return *from_rfc3339(text);
}

struct Tree {
  Key root_key = Key::generate(Algorithm::es256);
  Key issuing_key = Key::generate(Algorithm::es256);
  Key leaf_key = Key::generate(Algorithm::es256);
  Bytes root = make_root(request("root", 1), root_key);
  Bytes issuing = make_issuing(request("issuing", 2), issuing_key, {root, root_key});
  std::vector<Bytes> anchors{root};
  std::vector<Bytes> between{issuing};

  static CertificateRequest request(const char* name, uint8_t serial) {
    return {{name, "Example", "SN-1"}, {serial, 0xFF}, at("2026-01-01T00:00:00Z"), at("2027-01-01T00:00:00Z")};
  }
};

std::string code(std::function<void()> const& run) {
  try {
    run();
  } catch (Error const& e) {
    return std::string(e.code);
  }
  return "";
}

auto const now = at("2026-06-01T00:00:00Z");

TEST(X509, SaysWhatWasAsked) {
  Tree const t;
  auto const der = make_device_certificate(Tree::request("dev_1", 0x85), t.leaf_key, {t.issuing, t.issuing_key});
  auto const c = verify_chain(der, t.between, t.anchors, now, Role::device);
  EXPECT_EQ(c.role, Role::device);
  EXPECT_EQ(c.subject, (Subject{"dev_1", "Example", "SN-1"}));
  EXPECT_EQ(c.serial, (Bytes{0x05, 0xFF}));
  EXPECT_EQ(c.not_before, at("2026-01-01T00:00:00Z"));
  EXPECT_EQ(c.not_after, at("2027-01-01T00:00:00Z"));
  EXPECT_EQ(c.public_key.thumbprint(), t.leaf_key.thumbprint());
  EXPECT_EQ(c.sha256, sha256(der));
  EXPECT_EQ(read_certificate(t.root).role, Role::root);
  EXPECT_EQ(read_certificate(t.issuing).role, Role::issuing);
}

TEST(X509, Ed25519DevicesAndCentralKeysWork) {
  auto const root_key = Key::generate(Algorithm::ed25519);
  std::vector<Bytes> const anchors{make_root(Tree::request("root", 1), root_key)};
  auto const signer =
      make_signer(Tree::request("signer", 2), Key::generate(Algorithm::ed25519), {anchors[0], root_key});
  EXPECT_EQ(verify_chain(signer, {}, anchors, now, Role::signer).public_key.algorithm(), Algorithm::ed25519);
}

TEST(X509, OnlyTheRightIssuerMayMake) {
  Tree const t;
  EXPECT_EQ(code([&] {
              make_signer(Tree::request("s", 3), t.leaf_key, {t.issuing, t.issuing_key});
            }),
            "value_invalid");
  EXPECT_EQ(code([&] {
              make_device_certificate(Tree::request("d", 3), t.leaf_key, {t.root, t.root_key});
            }),
            "value_invalid");
  EXPECT_EQ(code([&] { make_signer(Tree::request("s", 3), t.leaf_key, {t.root, t.leaf_key}); }), "value_invalid");
  auto backwards = Tree::request("s", 3);
  std::swap(backwards.not_before, backwards.not_after);
  EXPECT_EQ(code([&] { make_root(backwards, t.root_key); }), "value_invalid");
  EXPECT_EQ(code([&] { make_root(Tree::request("", 3), t.root_key); }), "value_invalid");
  EXPECT_EQ(code([&] { make_root(Tree::request(std::string(65, 'x').c_str(), 3), t.root_key); }), "value_invalid");
}

TEST(X509, RotationWithTwoAnchors) {
  Tree const old_tree;
  Tree const new_tree;
  std::vector<Bytes> const both{old_tree.root, new_tree.root};
  for (auto const* t : {&old_tree, &new_tree}) {
    auto const der = make_signer(Tree::request("s", 9), t->leaf_key, {t->root, t->root_key});
    EXPECT_EQ(code([&] { verify_chain(der, {}, both, now, Role::signer); }), "");
  }
  auto const der = make_signer(Tree::request("s", 9), new_tree.leaf_key, {new_tree.root, new_tree.root_key});
  EXPECT_EQ(code([&] { verify_chain(der, {}, old_tree.anchors, now, Role::signer); }), "certificate_untrusted");
}

TEST(X509, ADeviceCannotIssue) {
  Tree const t;
  auto const device = make_device_certificate(Tree::request("d", 3), t.leaf_key, {t.issuing, t.issuing_key});
  EXPECT_EQ(code([&] {
              make_device_certificate(Tree::request("e", 4), t.leaf_key, {device, t.leaf_key});
            }),
            "value_invalid");
  // A root of the attacker's own under which everything is well made, offered as an intermediate.
  Tree const evil;
  auto const signer = make_signer(Tree::request("s", 3), evil.leaf_key, {evil.root, evil.root_key});
  std::vector<Bytes> const offered{evil.root};
  EXPECT_EQ(code([&] { verify_chain(signer, offered, t.anchors, now, Role::signer); }), "certificate_untrusted");
  std::vector<Bytes> const leaf_anchor{device};
  EXPECT_EQ(code([&] { verify_chain(device, {}, leaf_anchor, now, Role::device); }), "certificate_invalid");
}

TEST(X509, BadInputIsRefused) {
  Tree const t;
  EXPECT_EQ(code([&] { read_certificate({}); }), "certificate_invalid");
  EXPECT_EQ(code([&] { read_certificate(bytes_of("nonsense")); }), "certificate_invalid");
  auto longer = t.root;
  longer.push_back(0);
  EXPECT_EQ(code([&] { read_certificate(longer); }), "certificate_invalid");
  EXPECT_EQ(code([&] { read_certificate(Bytes(limits::certificate_bytes + 1, 0x30)); }), "certificate_invalid");
  std::vector<Bytes> const many(limits::anchors + 1, t.root);
  EXPECT_EQ(code([&] { verify_chain(t.issuing, {}, many, now, Role::issuing); }), "limit_exceeded");
}

}  // namespace
}  // namespace menkyo::protocol
