#include "http/chunked.hpp"

#include <gtest/gtest.h>

namespace menkyo::http {
namespace {

using Result = ChunkDecoder::Result;

struct Decoded {
  Result result;
  std::string body;
  std::string rest;
};

// In pieces of that size; what is left over is given again, as a connection does.
Decoded decode(std::string_view input, size_t piece, size_t limit = 100) {
  ChunkDecoder decoder;
  std::string body;
  size_t begin = 0, end = 0;
  while (end < input.size()) {
    end = std::min(end + piece, input.size());
    auto const [result, used] = decoder.feed(input.substr(begin, end - begin), body, limit);
    begin += used;
    if (result != Result::need_more) return {result, body, std::string(input.substr(begin))};
  }
  return {Result::need_more, body, std::string(input.substr(begin))};
}

TEST(ChunkDecoder, PutsChunksTogether) {
  std::string const input = "5\r\nhello\r\n00a;name=\"v;w\"; x\r\n0123456789\r\n0;last\r\nA: b\r\nC:\r\n\r\nGET";
  for (size_t piece = 1; piece <= input.size(); ++piece) {
    auto const decoded = decode(input, piece);
    EXPECT_EQ(decoded.result, Result::done) << piece;
    EXPECT_EQ(decoded.body, "hello0123456789");
    EXPECT_EQ(decoded.rest, "GET");
  }
  EXPECT_EQ(decode("0\r\n\r\n", 1).result, Result::done);
  EXPECT_EQ(decode("0\r\n\r", 1).result, Result::need_more);
  EXPECT_EQ(decode("5\r\nhell", 1).result, Result::need_more);
}

TEST(ChunkDecoder, RefusesOtherShapes) {
  for (std::string_view const input : {"\r\n",
                                       "g\r\n",
                                       "-1\r\n",
                                       "+1\r\n",
                                       " 1\r\n",
                                       "1 \r\n",
                                       "0x1\r\n",
                                       "1\n",
                                       "1;a\x01\r\n",
                                       "1 ;a\r\n",
                                       "\n",
                                       "11111111111111111\r\n",
                                       "1\r\nab\r\n",
                                       "1\r\na\n",
                                       "1\r\na0\r\n",
                                       "0\r\nA\r\n",
                                       "0\r\n: b\r\n",
                                       "0\r\n b\r\n",
                                       "0\r\nA : b\r\n",
                                       "0\r\nA: b\x7f\r\n",
                                       "0\r\n\n",
                                       ";\r\n"}) {
    for (size_t const piece : {1, 100}) EXPECT_EQ(decode(input, piece).result, Result::malformed) << input;
  }
}

TEST(ChunkDecoder, HasBounds) {
  EXPECT_EQ(decode("64\r\n" + std::string(100, 'a') + "\r\n0\r\n\r\n", 9).result, Result::done);
  EXPECT_EQ(decode("65\r\n", 1).result, Result::too_large);
  EXPECT_EQ(decode("1\r\na\r\n64\r\n", 1).result, Result::too_large);
  EXPECT_EQ(decode("ffffffffffffffff\r\n", 1).result, Result::too_large);
  for (size_t const piece : {1, 1000}) {
    auto const extended = "1;" + std::string(ChunkDecoder::max_line_bytes - 2, 'e');
    EXPECT_EQ(decode(extended + "\r\na\r\n0\r\n\r\n", piece).result, Result::done);
    EXPECT_EQ(decode(extended + "e\r\n", piece).result, Result::too_lengthy);
    EXPECT_EQ(decode(extended + "eeee", piece).result, Result::too_lengthy);
  }
  std::string trailers = "0\r\n";
  for (size_t i = 0; i < ChunkDecoder::max_trailer_bytes / 100; ++i) trailers += "A:" + std::string(98, 'b') + "\r\n";
  EXPECT_EQ(decode(trailers + "\r\n", 50).result, Result::done);
  EXPECT_EQ(decode(trailers + "A:" + std::string(98, 'b') + "\r\n\r\n", 50).result, Result::too_lengthy);
}

}  // namespace
}  // namespace menkyo::http
