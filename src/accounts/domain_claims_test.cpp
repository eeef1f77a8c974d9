#include "accounts/domain_claims.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "accounts/free_mail_domains.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

// For messages of failed tests.
void PrintTo(DomainClaim const& claim, std::ostream* out) {
  *out << to_text(claim.kind) << ' ' << (claim.refusal ? to_text(*claim.refusal) : "") << ' ' << claim.domain
       << " by " << claim.mail_domain << (claim.shared_mail ? " (shared mail)" : "")
       << (claim.look_alike ? " (look-alike)" : "");
}

namespace {

// One word for what is expected: the kind, or why it is refused.
struct Row {
  std::string_view mail, wanted, outcome;
};

std::string outcome(DomainClaim const& claim) {
  return std::string(claim.refusal ? to_text(*claim.refusal) : to_text(claim.kind));
}

void expect_outcomes(std::initializer_list<Row> rows) {
  for (auto const& row : rows) {
    auto const claim = judge_claim(row.mail, row.wanted);
    EXPECT_EQ(outcome(claim), row.outcome) << row.mail << " wants " << row.wanted;
    EXPECT_EQ(claim.refusal.has_value(), claim.kind == ClaimKind::refused) << row.mail << " wants " << row.wanted;
  }
}

std::string labels(size_t count, size_t length) {
  std::string out;
  for (size_t i = 0; i < count; ++i) out += std::string(length, 'a') + ".";
  return out;
}

TEST(DomainClaim, follows_from_the_mail_domain) {
  expect_outcomes({
      {"user@example.com", "example.com", "own"},
      {"user@example.com", "abc.example.com", "prefix"},
      {"user@sales.example.com", "japan.example.com", "different"},
      {"user@example.com", "example-systems.com", "different"},
      // Above, beside, below.
      {"user@sales.example.com", "example.com", "different"},
      {"user@sales.example.com", "sales.example.com", "own"},
      {"user@sales.example.com", "tokyo.sales.example.com", "prefix"},
      {"user@sales.example.com", "tokyo.example.com", "different"},
      {"user@example.com", "tokyo.jp.example.com", "prefix"},
      {"user@example.com", "a.b.c.d.e.f.example.com", "prefix"},
      {"user@example.com", "www.example.com", "prefix"},
      {"user@example.com", "1.example.com", "prefix"},
      // What only looks contained.
      {"user@example.com", "evilexample.com", "different"},
      {"user@example.com", "evil-example.com", "different"},
      {"user@evilexample.com", "example.com", "different"},
      {"user@example.com", "example.com.evil.com", "different"},
      {"user@example.com", "example.com.jp", "different"},
      {"user@example.com.evil.com", "example.com", "different"},
      {"user@example.com", "example.co", "different"},
      {"user@xample.com", "example.com", "different"},
      {"user@sales.example.com", "presales.example.com", "different"},
      {"user@ple.com", "sam.ple.com", "prefix"},
      {"user@ple.com", "sample.com", "different"},
      {"example.com@evil.com", "example.com", "different"},
      // RFC 6761 leaves these to be used like any others.
      {"admin@hanabi-coffee.example", "hanabi-coffee.example", "own"},
      {"admin@hanabi-coffee.example", "jp.hanabi-coffee.example", "prefix"},
      {"admin@lab.test", "lab.test", "own"},
      // An ending that the list does not know may be newer than it.
      {"user@shop.nosuchending", "shop.nosuchending", "own"},
      {"user@shop.nosuchending", "nosuchending", "not_a_domain"},
      // The mail domain need not be one that can be claimed.
      {"operator@localhost", "example.com", "different"},
      {"user@corp.internal", "example.com", "different"},
      {"user@192.0.2.1", "example.com", "different"},
  });
}

TEST(DomainClaim, does_not_depend_on_the_spelling) {
  expect_outcomes({
      {"User@Example.COM", "EXAMPLE.com", "own"},
      {"user@example.com.", "example.com", "own"},
      {"user@example.com", "example.com.", "own"},
      {"user@example.com", " example.com ", "own"},
      {"user@example.com", "ｅｘａｍｐｌｅ．ｃｏｍ", "own"},
      {"ｕｓｅｒ＠ｅｘａｍｐｌｅ．ｃｏｍ", "jp.example.com", "prefix"},
      {"user@example.com", "example。com", "own"},
      {"user@example.com", "example｡com｡", "own"},
      {"user@example.com", "jp。example。com。", "prefix"},
      {"user@example.com", "exam\u200Bple.com", "own"},
      {"user@example.com", "\u202Aexample.com\u202C", "own"},
      {"user@日本語.jp", "日本語.jp", "own"},
      {"user@日本語.jp", "xn--wgv71a119e.jp", "own"},
      {"user@xn--wgv71a119e.jp", "日本語。jp", "own"},
      {"user@xn--wgv71a119e.jp", "XN--WGV71A119E.JP", "own"},
      {"user@日本語.jp", "支店.日本語.jp", "prefix"},
      {"user@ｶﾀｶﾅ.jp", "カタカナ.jp", "own"},
      {"user@Bücher.de", "BÜCHER.de", "own"},
      {"user@bu\u0308cher.de", "bücher.de", "own"},
      {"user@bücher.de", "xn--bcher-kva.de", "own"},
      // IDNA 2008 has sharp s and final sigma as letters of their own: another registrant's domain.
      {"user@straße.de", "straße.de", "own"},
      {"user@straße.de", "xn--strae-oqa.de", "own"},
      {"user@straße.de", "strasse.de", "different"},
      {"user@strasse.de", "straße.de", "different"},
      {"user@νόμος.gr", "νόμοσ.gr", "different"},
  });
}

TEST(DomainClaim, is_refused_for_what_is_no_domain) {
  auto const mail = "user@example.com";
  auto const longest = labels(4, 60) + "net";  // 247 bytes
  expect_outcomes({
      {mail, "", "not_a_domain"},
      {mail, ".", "not_a_domain"},
      {mail, "example..com", "not_a_domain"},
      {mail, ".example.com", "not_a_domain"},
      {mail, "example.com..", "not_a_domain"},
      {mail, "example.com。.", "not_a_domain"},
      {mail, "my_host.example.com", "not_a_domain"},
      {mail, "a b.example.com", "not_a_domain"},
      {mail, "*.example.com", "not_a_domain"},
      {mail, "https://example.com", "not_a_domain"},
      {mail, "example.com/", "not_a_domain"},
      {mail, "example.com:443", "not_a_domain"},
      {mail, "user@example.com", "not_a_domain"},
      {mail, "-a.example.com", "not_a_domain"},
      {mail, "a-.example.com", "not_a_domain"},
      {mail, "ab--cd.example.com", "not_a_domain"},
      {mail, "192.0.2.1", "not_a_domain"},
      {mail, "１９２.0.2.1", "not_a_domain"},
      {mail, "192.0.2.1.", "not_a_domain"},
      {mail, "0x7f.0x1", "not_a_domain"},
      {mail, "2001:db8::1", "not_a_domain"},
      {mail, "[2001:db8::1]", "not_a_domain"},
      {mail, "example.123", "not_a_domain"},
      {mail, "intranet2", "not_a_domain"},
      {"user@192.0.2.1", "192.0.2.1", "not_a_domain"},
      {mail, "💩.example.com", "not_a_domain"},
      {mail, "xn--ls8h.example.com", "not_a_domain"},
      {mail, "xn--a.example.com", "not_a_domain"},
      {mail, "xn--.com", "not_a_domain"},
      {mail, "\u0301a.example.com", "not_a_domain"},
      {mail, "1א.example.com", "not_a_domain"},
      {mail, "a\u200Db.example.com", "not_a_domain"},
      {mail, "exa\xFFmple.com", "not_a_domain"},
      {mail, longest, "different"},
      {mail, "abcdef." + longest, "not_a_domain"},
      {mail, std::string(63, 'a') + ".com", "different"},
      {mail, std::string(64, 'a') + ".com", "not_a_domain"},
  });
}

TEST(DomainClaim, is_refused_for_names_that_belong_to_nobody) {
  auto const mail = "user@example.com";
  expect_outcomes({
      {mail, "localhost", "reserved_name"},
      {mail, "LOCALHOST.", "reserved_name"},
      {"operator@localhost", "localhost", "reserved_name"},
      {"operator@localhost", "my.localhost", "reserved_name"},
      {mail, "example.invalid", "reserved_name"},
      {mail, "printer.local", "reserved_name"},
      {"user@corp.internal", "corp.internal", "reserved_name"},
      {"user@corp.internal", "jp.corp.internal", "reserved_name"},
      {mail, "fileserver.lan", "reserved_name"},
      {mail, "home.arpa", "reserved_name"},
      {mail, "2.0.192.in-addr.arpa", "reserved_name"},
      {mail, "abcdef.onion", "reserved_name"},
      {mail, "name.alt", "reserved_name"},
      // Only whole labels count.
      {mail, "mylocal.example", "different"},
      {mail, "local.example", "different"},
      {mail, "notlocal", "not_a_domain"},
  });
}

TEST(DomainClaim, is_refused_for_public_suffixes_and_stops_at_them) {
  auto const mail = "user@example.com";
  expect_outcomes({
      {mail, "com", "public_suffix"},
      {mail, "co.jp", "public_suffix"},
      {mail, "Co.Jp.", "public_suffix"},
      {mail, "tokyo.jp", "public_suffix"},
      {mail, "chiyoda.tokyo.jp", "public_suffix"},
      {mail, "みんな", "public_suffix"},
      {mail, "公司.cn", "public_suffix"},
      {mail, "xn--55qx5d.cn", "public_suffix"},
      {mail, "foo.ck", "public_suffix"},
      {mail, "www.ck", "different"},
      {mail, "city.kobe.jp", "different"},
      {mail, "foo.kobe.jp", "public_suffix"},
      {mail, "github.io", "public_suffix"},
      {mail, "blogspot.com", "public_suffix"},
      {"staff@github.io", "github.io", "public_suffix"},
      {"user@co.jp", "co.jp", "public_suffix"},
      // What others registered below a suffix is nobody's prefix.
      {"user@co.jp", "somebody.co.jp", "different"},
      {"user@us.com", "somebody.us.com", "different"},
      {"user@amazonaws.com", "bucket.s3.amazonaws.com", "different"},
      {"user@somebody.co.jp", "tokyo.somebody.co.jp", "prefix"},
      {"user@menkyo.github.io", "menkyo.github.io", "own"},
      {"user@menkyo.github.io", "jp.menkyo.github.io", "prefix"},
      {"user@menkyo.github.io", "other.github.io", "different"},
  });
}

TEST(DomainClaim, is_refused_for_the_domains_of_mail_providers) {
  expect_outcomes({
      {"user@gmail.com", "gmail.com", "free_mail"},
      {"user@gmail.com", "mycompany.gmail.com", "free_mail"},
      {"user@example.com", "gmail.com", "free_mail"},
      {"user@example.com", "ＧＭＡＩＬ.com", "free_mail"},
      {"user@proton.me", "proton.me", "free_mail"},
      {"user@docomo.ne.jp", "docomo.ne.jp", "free_mail"},
      {"user@ezweb.ne.jp", "ezweb.ne.jp", "free_mail"},
      {"user@au.com", "au.com", "free_mail"},
      {"user@softbank.ne.jp", "softbank.ne.jp", "free_mail"},
      {"user@i.softbank.jp", "i.softbank.jp", "free_mail"},
      {"user@yahoo.co.jp", "yahoo.co.jp", "free_mail"},
      {"user@ymobile.ne.jp", "ymobile.ne.jp", "free_mail"},
      {"user@excite.co.jp", "excite.co.jp", "free_mail"},
      {"user@nifty.com", "nifty.com", "free_mail"},
      {"user@abc.nifty.com", "abc.nifty.com", "free_mail"},
      {"user@kde.biglobe.ne.jp", "kde.biglobe.ne.jp", "free_mail"},
      {"user@d.vodafone.ne.jp", "d.vodafone.ne.jp", "free_mail"},
      {"user@ocn.ne.jp", "ocn.ne.jp", "free_mail"},
      {"user@gmail.com", "example.com", "different"},
      {"user@example.com", "notgmail.com", "different"},
      {"user@example.com", "jp.mycompany.gmail.com", "free_mail"},
      {"user@example.com", "gmail.com.example.com", "prefix"},
      // The companies that run them have domains of their own.
      {"user@google.com", "google.com", "own"},
      {"user@softbank.jp", "softbank.jp", "own"},
      {"user@nttdocomo.com", "nttdocomo.com", "own"},
      {"user@nus.edu.sg", "nus.edu.sg", "own"},
  });
}

TEST(DomainClaim, tells_when_the_mail_address_proves_nothing) {
  for (auto* shared :
       {"user@gmail.com", "USER@GMAIL.COM.", "user@abc.nifty.com", "user@co.jp", "user@us.com", "operator@localhost"})
    EXPECT_TRUE(judge_claim(shared, "example.com").shared_mail) << shared;
  for (auto* business : {"user@example.com", "user@somebody.co.jp", "user@notgmail.com", "user@menkyo.github.io"})
    EXPECT_FALSE(judge_claim(business, "example.org").shared_mail) << business;
}

TEST(DomainClaim, tells_of_look_alikes_and_refuses_none) {
  struct {
    std::string_view mail, wanted, outcome;
    bool look_alike;
  } const rows[] = {
      {"user@example.com", "example.com", "own", false},
      {"user@example.com", "jp.example.com", "prefix", false},
      {"user@example.com", "other.example", "different", false},
      // Cyrillic letters among Latin ones, and a name all of Cyrillic letters that look Latin.
      {"user@example.com", "ex\u0430mple.com", "different", true},
      {"user@ex\u0430mple.com", "ex\u0430mple.com", "own", true},
      {"user@ex\u0430mple.com", "jp.ex\u0430mple.com", "prefix", true},
      {"user@ex\u0430mple.com", "example.com", "different", true},
      {"user@ex\u0430mple.com", "other.example", "different", true},
      {"user@other.example", "xn--exmple-4nf.com", "different", true},
      {"user@other.example", "xn--80ak6aa92e.com", "different", true},
      {"user@example.com", "\u0430\u0440\u0440.example.com", "prefix", true},
      {"user@other.example", "\u03B1lpha.com", "different", true},
      // One for the other, also below.
      {"user@examp1e.com", "example.com", "different", true},
      {"user@sales.examp1e.com", "example.com", "different", true},
      {"user@rnodern.example", "modern.example", "different", true},
      {"user@g00gle.example", "google.example", "different", true},
      {"user@examp1e.com", "examp1e.com", "own", false},
      // Ordinary names in people's own scripts.
      {"user@日本語.jp", "日本語.jp", "own", false},
      {"user@トヨタ自動車.jp", "トヨタ自動車.jp", "own", false},
      {"user@みなと物流.jp", "みなと物流.jp", "own", false},
      {"user@ソニー.jp", "ソニー.jp", "own", false},
      {"user@abc商事.jp", "abc商事.jp", "own", false},
      {"user@bücher.de", "bücher.de", "own", false},
      {"user@société.fr", "société.fr", "own", false},
      {"user@почта.рф", "почта.рф", "own", false},
      {"user@삼성.kr", "삼성.kr", "own", false},
  };
  for (auto const& row : rows) {
    auto const claim = judge_claim(row.mail, row.wanted);
    EXPECT_EQ(outcome(claim), row.outcome) << row.mail << " wants " << row.wanted;
    EXPECT_EQ(claim.look_alike, row.look_alike) << row.mail << " wants " << row.wanted;
  }
}

TEST(DomainClaim, names_both_domains_in_their_one_spelling) {
  auto const claim = judge_claim("Taro@日本語。JP", "支店.日本語.jp.");
  EXPECT_EQ(claim.domain, "xn--hxtr0m.xn--wgv71a119e.jp");
  EXPECT_EQ(claim.mail_domain, "xn--wgv71a119e.jp");
  EXPECT_EQ(judge_claim("a@example.com", "a b").domain, "");
}

TEST(DomainClaim, needs_a_mail_address) {
  for (auto* mail : {"", "example.com", "@example.com", "user@", "user@[192.0.2.1]", "user@my_host.example"}) {
    try {
      judge_claim(mail, "example.com");
      ADD_FAILURE() << mail;
    } catch (Problem const& problem) {
      EXPECT_EQ(problem.fields().at(0).code, "not_a_mail") << mail;
    }
  }
}

TEST(DomainClaim, tells_those_refused_what_to_do) {
  for (auto refusal : {ClaimRefusal::not_a_domain, ClaimRefusal::reserved_name, ClaimRefusal::public_suffix,
                       ClaimRefusal::free_mail}) {
    auto const field = refused_field(refusal, "/domain");
    EXPECT_EQ(field.path, "/domain");
    EXPECT_EQ(field.code, to_text(refusal));
  }
  EXPECT_THAT(refused_field(ClaimRefusal::not_a_domain, "/domain").detail, ::testing::HasSubstr("such as"));
  EXPECT_THAT(refused_field(ClaimRefusal::reserved_name, "/domain").detail, ::testing::HasSubstr("local use"));
  EXPECT_THAT(refused_field(ClaimRefusal::public_suffix, "/domain").detail, ::testing::HasSubstr("suffix"));
  EXPECT_THAT(refused_field(ClaimRefusal::free_mail, "/domain").detail, ::testing::HasSubstr("business address"));
}

TEST(Prefix, stands_before_the_mail_domain) {
  EXPECT_EQ(prefixed_domain("jp", "example.com", "/prefix"), "jp.example.com");
  EXPECT_EQ(prefixed_domain("tokyo.jp", "example.com", "/prefix"), "tokyo.jp.example.com");
  EXPECT_EQ(prefixed_domain("ＪＰ", "example.com", "/prefix"), "jp.example.com");
  EXPECT_EQ(prefixed_domain("東京。日本", "example.com", "/prefix"), "xn--1lqs71d.xn--wgv71a.example.com");
  EXPECT_EQ(prefixed_domain("xn--1lqs71d", "example.com", "/prefix"), "xn--1lqs71d.example.com");
  EXPECT_EQ(prefixed_domain("2", "example.com", "/prefix"), "2.example.com");
  EXPECT_EQ(prefixed_domain(std::string(63, 'a'), "example.com", "/prefix"), std::string(63, 'a') + ".example.com");
  EXPECT_EQ(prefixed_domain("myexample.com", "example.com", "/prefix"), "myexample.com.example.com");
}

TEST(Prefix, is_labels_and_nothing_else) {
  for (std::string const& wrong : {std::string(),
                                   std::string("."),
                                   std::string(".jp"),
                                   std::string("jp."),
                                   std::string("jp。"),
                                   std::string("jp．"),
                                   std::string("tokyo..jp"),
                                   std::string("-jp"),
                                   std::string("jp-"),
                                   std::string("jp-.tokyo"),
                                   std::string("j p"),
                                   std::string("j_p"),
                                   std::string("jp/"),
                                   std::string("*"),
                                   std::string("jp@"),
                                   std::string("💩"),
                                   std::string("xn--ls8h"),
                                   std::string("\u200B"),
                                   std::string("\u3000"),
                                   std::string("example.com"),
                                   std::string("jp.example.com"),
                                   std::string("JP.Example.Com"),
                                   std::string(64, 'a'),
                                   labels(4, 60)}) {
    try {
      ADD_FAILURE() << wrong << " gives " << prefixed_domain(wrong, "example.com", "/prefix");
    } catch (Problem const& problem) {
      EXPECT_EQ(problem.fields().at(0).path, "/prefix");
      EXPECT_EQ(problem.fields().at(0).code, "not_a_prefix") << wrong;
    }
  }
}

TEST(FreeMail, lists_domains_in_their_one_spelling_once) {
  std::set<std::string> seen;
  for (auto text : {free_mail_in_japan, free_mail_elsewhere, free_mail_published}) {
    std::istringstream words{std::string(text)};
    for (std::string word; words >> word;) {
      EXPECT_EQ(normalize_domain(word), word);
      EXPECT_NE(word.find('.'), std::string::npos) << word;
      EXPECT_TRUE(seen.insert(word).second) << word << " is listed twice";
    }
  }
  EXPECT_GT(seen.size(), 3500U);
}

// ---- The spelling changes nothing --------------------------------------------------------------------------------

// Labels in letters and in ASCII, from which most outcomes can be put together.
struct Label {
  std::string letters, ascii;
};

std::string in_full_width(char c) {
  std::string out("\uFF01");  // U+FF01 to U+FF5E are U+0021 to U+007E in another width
  int const code = 0xFF01 + (c - '!');
  out[1] = char(0x80 | ((code >> 6) & 0x3F));
  out[2] = char(0x80 | (code & 0x3F));
  return out;
}

std::string spelled(std::vector<Label> const& name) {
  std::string out;
  for (size_t i = 0; i < name.size(); ++i) {
    if (i > 0) out += *rc::gen::element<std::string>(".", "。", "．", "｡");
    for (char c : *rc::gen::arbitrary<bool>() ? name[i].letters : name[i].ascii) {
      auto const way = *rc::gen::element(0, 1, 2, 3);
      bool const ascii = uint8_t(c) < 0x80;
      char const other = way == 1 && c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c;
      out += way == 2 && ascii ? in_full_width(c) : std::string(1, other);
    }
  }
  return out + *rc::gen::element<std::string>("", "", ".", "。", "．");
}

std::string plain(std::vector<Label> const& name) {
  std::string out;
  for (auto const& label : name) out += (out.empty() ? "" : ".") + label.ascii;
  return out;
}

std::vector<Label> some_name(std::vector<Label> const& below) {
  static std::vector<Label> const words{{"example", "example"},
                                        {"com", "com"},
                                        {"co", "co"},
                                        {"jp", "jp"},
                                        {"gmail", "gmail"},
                                        {"nifty", "nifty"},
                                        {"internal", "internal"},
                                        {"github", "github"},
                                        {"io", "io"},
                                        {"1", "1"},
                                        {"-", "-"},
                                        {"a_b", "a_b"},
                                        {"日本語", "xn--wgv71a119e"},
                                        {"みんな", "xn--q9jyb4c"},
                                        {"bücher", "xn--bcher-kva"},
                                        {"straße", "xn--strae-oqa"},
                                        {"ex\u0430mple", "xn--exmple-4nf"}};
  std::vector<Label> name;
  bool const contained = !below.empty() && *rc::gen::arbitrary<bool>();
  for (int count = *rc::gen::inRange(contained ? 0 : 1, 4); count > 0; --count)
    name.push_back(*rc::gen::elementOf(words));
  if (contained) name.insert(name.end(), below.begin(), below.end());
  return name;
}

RC_GTEST_PROP(DomainClaimProperty, spelling_changes_nothing, ()) {
  auto const mail_domain = some_name({});
  auto const wanted = some_name(mail_domain);
  auto const judged = [](std::string const& mail, std::string const& domain) -> std::optional<DomainClaim> {
    try {
      return judge_claim(mail, domain);
    } catch (Problem const&) {
      return {};
    }
  };
  auto const expected = judged("user@" + plain(mail_domain), plain(wanted));
  auto const claim = judged("USER@" + spelled(mail_domain), spelled(wanted));
  RC_CLASSIFY(!expected, "no mail address");
  if (expected) RC_TAG(outcome(*expected));
  RC_ASSERT(claim == expected);
}

}  // namespace
}  // namespace menkyo::accounts
