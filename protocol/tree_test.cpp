#include "protocol/tree.hpp"

#include <gmock/gmock.h>

#include "protocol/error.hpp"
#include "protocol/jws.hpp"

namespace menkyo::protocol {
namespace {

std::string hex(ByteView bytes) {
  std::string out;
  for (auto const b : bytes) {
    out += "0123456789abcdef"[b >> 4];
    out += "0123456789abcdef"[b & 15];
  }
  return out;
}

std::vector<std::string> texts(size_t count) {
  std::vector<std::string> out;
  for (size_t i = 0; i < count; ++i) out.push_back("answer " + std::to_string(i));
  return out;
}

Tree tree_of(std::vector<std::string> const& texts) {
  return Tree({texts.begin(), texts.end()});
}

// The trees that the Certificate Transparency project tests its implementations with (leaves and roots of
// https://github.com/google/certificate-transparency, merkle tree tests).
TEST(Tree, has_the_published_roots) {
  std::vector<std::string> const leaves{"",
                                        std::string(1, '\0'),
                                        "\x10",
                                        "\x20\x21",
                                        "\x30\x31",
                                        "\x40\x41\x42\x43",
                                        "\x50\x51\x52\x53\x54\x55\x56\x57",
                                        "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  char const* const roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                               "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                               "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                               "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                               "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                               "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                               "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                               "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  for (size_t n = 1; n <= leaves.size(); ++n)
    EXPECT_EQ(hex(tree_of({leaves.begin(), leaves.begin() + long(n)}).root()), roots[n - 1]) << n;
}

TEST(Tree, proves_each_of_its_leaves_and_nothing_else) {
  for (size_t n = 1; n <= 33; ++n) {
    auto const all = texts(n);
    auto const tree = tree_of(all);
    for (size_t i = 0; i < n; ++i) {
      auto const proof = tree.proof(i);
      EXPECT_EQ(head_of(all[i], proof), tree.head()) << i << " of " << n;
      EXPECT_NE(head_of(all[i] + "!", proof), tree.head());
      for (size_t other = 0; other < n; ++other)
        if (other != i) {
          auto moved = proof;
          moved.index = uint16_t(other);
          EXPECT_NE(head_of(all[i], moved), tree.head()) << i << " as " << other << " of " << n;
        }
      auto longer = proof, shorter = proof, larger = proof;
      longer.path.emplace_back();
      EXPECT_EQ(head_of(all[i], longer), std::nullopt);
      if (n > 1) {
        shorter.path.pop_back();
        EXPECT_EQ(head_of(all[i], shorter), std::nullopt);
      }
      ++larger.size;
      EXPECT_NE(head_of(all[i], larger), tree.head());
    }
    EXPECT_EQ(head_of(all[0], {uint16_t(n), uint16_t(n), {}}), std::nullopt);
  }
}

TEST(Tree, has_bounds) {
  EXPECT_THROW(Tree({}), std::length_error);
  EXPECT_THROW(tree_of(texts(limits::tree_leaves + 1)), std::length_error);
  auto const all = texts(limits::tree_leaves);
  auto const tree = tree_of(all);
  EXPECT_EQ(tree.proof(7).path.size(), limits::tree_path);
  EXPECT_EQ(head_of(all[7], tree.proof(7)), tree.head());
}

TEST(Tree, a_proof_has_one_spelling) {
  Signature signature{};
  signature.fill(7);
  auto const proof = tree_of(texts(11)).proof(9);
  auto const bytes = encode_shared_signature(signature, proof);
  auto const again = decode_inclusion_proof(bytes);
  ASSERT_TRUE(again);
  EXPECT_EQ(encode_shared_signature(signature, *again), bytes);
  auto const spelled = [](size_t size) { return decode_inclusion_proof(Bytes(size)).has_value(); };
  EXPECT_FALSE(spelled(67));
  EXPECT_TRUE(spelled(68));
  EXPECT_FALSE(spelled(68 + 31));
  EXPECT_TRUE(spelled(68 + 32 * limits::tree_path));
  EXPECT_FALSE(spelled(68 + 32 * (limits::tree_path + 1)));
  Bytes too_large(68);
  too_large[64] = 0x10;
  too_large[65] = 0x01;
  EXPECT_FALSE(decode_inclusion_proof(too_large));
}

class SharedSignature : public ::testing::Test {
 protected:
  Key key = Key::generate(Algorithm::es256);
  CompactSigner signer{key, {.typ = "menkyo-test+jws"}};
  std::vector<std::string> together(size_t count) {
    std::vector<std::string> out;
    for (size_t i = 0; i < count; ++i)
      out.push_back(signer.shared_signing_input("{\"seq\":" + std::to_string(i) + "}"));
    sign_together(out, key);
    return out;
  }
  std::string refusal(std::string const& text, Expectations const& expected) {
    try {
      verify(parse_compact(text), key, expected);
      return "";
    } catch (Error const& error) {
      return std::string(error.code);
    }
  }
  Expectations const answer{"menkyo-test+jws", "", true};
};

TEST_F(SharedSignature, holds_for_each_answer_that_it_was_made_for) {
  for (size_t n : {1U, 2U, 3U, 7U, 64U, 256U})
    for (auto const& text : together(n)) EXPECT_EQ(refusal(text, answer), "");
}

TEST_F(SharedSignature, is_taken_only_where_it_is_expected) {
  EXPECT_EQ(refusal(together(2)[0], {"menkyo-test+jws", ""}), codes::algorithm_wrong);
}

TEST_F(SharedSignature, does_not_hold_for_another_payload) {
  auto const all = together(3);
  auto const dot = all[0].find('.'), end = all[0].rfind('.');
  auto const forged = all[0].substr(0, dot + 1) + to_base64url(bytes_of("{\"seq\":9}")) + all[0].substr(end);
  EXPECT_EQ(refusal(forged, answer), codes::signature_wrong);
  EXPECT_EQ(refusal(all[0].substr(0, end) + all[1].substr(all[1].rfind('.')), answer), codes::signature_wrong);
}

// A head must not pass for a message, whatever the header claims.
TEST_F(SharedSignature, of_a_head_signs_no_plain_message) {
  auto const text = together(2)[0];
  auto const end = text.rfind('.');
  auto const bytes = *from_base64url(text.substr(end + 1));
  auto const plain = signer.sign("{\"seq\":0}");
  auto const moved = plain.substr(0, plain.rfind('.') + 1) + to_base64url(ByteView(bytes).first(sizeof(Signature)));
  EXPECT_EQ(refusal(moved, answer), codes::signature_wrong);
}

TEST_F(SharedSignature, is_asked_for_in_the_header) {
  auto const takes = [&](std::string const& members) {
    auto const text = to_base64url(bytes_of("{\"alg\":\"ES256\",\"typ\":\"x\"" + members + "}")) + ".e30." +
                      to_base64url(Signature{});
    return parse_compact(text).header.takes_tree;
  };
  EXPECT_FALSE(takes(""));
  EXPECT_FALSE(takes(R"(,"answer_alg":[])"));
  EXPECT_FALSE(takes(R"(,"answer_alg":["ES256","HS256"])"));
  EXPECT_TRUE(takes(R"(,"answer_alg":["ES256","menkyo-ES256-tree"])"));
  EXPECT_THROW(takes(R"(,"answer_alg":"menkyo-ES256-tree")"), Error);
  EXPECT_THROW(takes(R"(,"answer_alg":["1","2","3","4","5","6","7","8","9"])"), Error);
}

}  // namespace
}  // namespace menkyo::protocol
