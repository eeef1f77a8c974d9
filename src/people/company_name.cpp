#include "people/company_name.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace menkyo::people {

namespace {

constexpr size_t longest_key = 200;

using Words = std::vector<std::string>;

template <size_t N>
bool is_among(std::string_view const (&list)[N], std::string_view word) {
  return std::find(std::begin(list), std::end(list), word) != std::end(list);
}

// Words that stand alone behind a name; "K.K." is one word.
bool is_form(std::string_view word) {
  static constexpr std::string_view words[] = {
      "ab",     "ag",          "aps", "as",     "asa", "bhd",     "bv",   "co",  "coltd",        "company",
      "corp",   "corporation", "doo", "gaisha", "gk",  "gmbh",    "godo", "inc", "incorporated", "kabushiki",
      "kaisha", "kft",         "kg",  "kgaa",   "kk",  "limited", "llc",  "llp", "lp",           "ltd",
      "nv",     "ohg",         "oy",  "oyj",    "plc", "pt",      "pte",  "pty", "pvt",          "sa",
      "sarl",   "sas",         "sdn", "se",     "sl",  "spa",     "srl",  "sro", "tbk",          "yk",
      "yugen",  "株",          "有",  "同",     "資",  "名",      "주",   "유"};
  return is_among(words, word);
}

// Words that stand alone before a name.
bool is_form_before(std::string_view word) {
  static constexpr std::string_view words[] = {"pt", "株", "有", "同", "資", "名", "주", "유"};
  return is_among(words, word);
}

// Written together with the name, before or after it.
constexpr std::string_view joined_forms[] = {"株式会社",     "有限会社", "合同会社", "合資会社", "合名会社",
                                             "股份有限公司", "有限公司", "주식회사", "유한회사"};

// Takes one legal form off, if there is a name left without it.
bool drop_form(Words& words) {
  if (words.size() > 1 && is_form_before(words.front())) {
    words.erase(words.begin());
    return true;
  }
  if (words.size() > 1 && is_form(words.back())) {
    words.pop_back();
    // "Miller & Co."
    if (words.size() > 1 && words.back() == "and") words.pop_back();
    return true;
  }
  for (auto form : joined_forms) {
    auto& first = words.front();
    auto& last = words.back();
    bool const before = first.starts_with(form), whole = first == form || last == form;
    if (!before && !last.ends_with(form)) continue;
    if (whole && words.size() == 1) return false;
    if (before)
      first.erase(0, form.size());
    else
      last.erase(last.size() - form.size());
    std::erase(words, "");
    return true;
  }
  return false;
}

// Up to the limit, without half a character (RFC 3629: 10xxxxxx goes on).
std::string joined(Words const& words) {
  std::string out;
  for (auto const& word : words) out += word;
  if (out.size() <= longest_key) return out;
  size_t end = longest_key;
  while ((uint8_t(out[end]) & 0xC0) == 0x80) --end;
  out.resize(end);
  return out;
}

}  // namespace

std::optional<CompanyName> read_company_name(std::string_view text, std::string const& path, wire::Errors& errors) {
  CompanyName name(plain_line(text));
  if (name.empty()) return {};
  size_t const before = errors.size();
  bool const any = std::any_of(name.begin(), name.end(), [](unsigned char c) {
    return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
  if (!any || !is_latin(name))
    wire::add_error(errors, path, "not_latin", "must be written in Latin letters, such as Kaede Electric K.K.");
  else
    wire::Codec<CompanyName>::check(name, path, errors);  // a character may have become several
  if (errors.size() != before) return {};
  return name;
}

std::string company_key(std::string_view name) {
  auto words = folded_words(name);
  while (!words.empty() && drop_form(words)) {
  }
  return joined(words);
}

std::vector<std::string> company_keys(std::string_view name, std::string_view native_name) {
  std::vector<std::string> out;
  for (auto const one : {name, native_name}) {
    out.push_back(company_key(one));
    out.push_back(joined(folded_words(one)));
  }
  std::erase(out, "");
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

}  // namespace menkyo::people
