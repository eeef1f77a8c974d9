#include <set>
#include <string>

#include "accounts/domain_claims.hpp"
#include "accounts/user_file.hpp"
#include "base/bytes.hpp"
#include "base/csv.hpp"
#include "base/id.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "catalog/import.hpp"
#include "protocol/bytes.hpp"
#include "tests/fuzz/input.hpp"
#include "tests/fuzz/targets.hpp"

namespace menkyo::fuzz {

void words(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  if (auto const t = from_rfc3339(input)) {
    auto const again = to_rfc3339(*t);
    require(from_rfc3339(again) == t && to_rfc3339(*from_rfc3339(again)) == again);
  }
  if (auto const bytes = protocol::from_base64url(input)) require(protocol::to_base64url(*bytes) == input);
  if (auto const bytes = protocol::from_base64(input)) require(protocol::to_base64(*bytes) == input);
  auto const lower = [](std::string_view mixed) {
    std::string out(mixed);
    for (char& c : out)
      if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
    return out;
  };
  if (auto const bytes = id_from_base32(input)) require(to_base32(*bytes) == lower(input));
  if (auto const id = VirtualAccountId::parse(input)) {
    require(id->text() == "va" + lower(input.substr(2)) && !SmartAccountId::parse(input));
  }
}

void names(const uint8_t* data, size_t size) {
  auto const input = text(data, size);
  auto const folded = fold_name(input);
  require(is_utf8(folded) && fold_name(folded) == folded);
  require(folded.empty() || (folded.front() != ' ' && folded.back() != ' '));
  auto const line = plain_line(input);
  require(is_utf8(line) && plain_line(line) == line && line.find('\n') == std::string::npos);
  auto const key = sort_key(input);
  require(is_utf8(key) && key.size() <= 200 && sort_key(folded) == key);
  for (char c : key) require(uint8_t(c) >= 0x20);
  if (auto const domain = normalize_domain(input)) {
    require(!domain->empty() && domain->size() <= 253 && normalize_domain(*domain) == domain);
    for (char c : *domain) require((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
  }
  if (auto const mail = normalize_mail(input)) require(normalize_mail(*mail) == mail);
}

void claim(const uint8_t* data, size_t size) {
  using namespace accounts;
  auto const input = text(data, size);
  auto const mail = input.substr(0, input.find('\n'));
  auto const wanted = input.substr(std::min(mail.size() + 1, input.size()));
  if (!normalize_mail(mail)) return;
  auto const claim = judge_claim(mail, wanted);
  require(claim.refusal.has_value() == (claim.kind == ClaimKind::refused));
  require(claim.domain == normalize_domain(wanted).value_or(""));
  // The spelling that is kept is judged like the one that came.
  require(judge_claim("user@" + claim.mail_domain, claim.domain) == claim);
  auto const below = "." + claim.mail_domain;
  switch (claim.kind) {
    case ClaimKind::own:
      return require(claim.domain == claim.mail_domain);
    case ClaimKind::prefix: {
      require(claim.domain.ends_with(below) && claim.domain.size() > below.size());
      auto const prefix = claim.domain.substr(0, claim.domain.size() - below.size());
      try {
        require(prefixed_domain(prefix, claim.mail_domain, "/prefix") == claim.domain);
      } catch (Problem const&) {
        require(prefix == claim.mail_domain || prefix.ends_with(below));  // asked for twice
      }
      return;
    }
    case ClaimKind::different:
      return require(claim.domain != claim.mail_domain);
    case ClaimKind::refused:
      // Whoever asks.
      return require(judge_claim("user@example.com", wanted).refusal == claim.refusal);
  }
}

void csv(const uint8_t* data, size_t size) {
  CsvLimits const limits{.file_bytes = 4096, .lines = 64, .record_bytes = 512, .field_bytes = 128};
  auto const read = [&](std::string_view input, CsvFaults& faults) {
    CsvReader reader(input, limits, faults);
    std::vector<std::vector<std::string>> records;
    int64_t line = 0;
    for (std::vector<std::string> fields; reader.next(fields); records.push_back(fields)) {
      require(reader.line() > line);
      line = reader.line();
    }
    return records;
  };
  CsvFaults faults;
  auto const records = read(text(data, size), faults);
  if (!faults.empty()) return;
  std::string again;
  for (auto const& record : records) {
    std::string quoted;
    for (auto const& field : record) {
      require(is_utf8(field));
      quoted += quoted.empty() ? "\"" : ",\"";
      for (char c : field) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
      quoted += '"';
    }
    // Quotation marks may take a record beyond the limit that it kept without them.
    if (quoted.size() >= limits.record_bytes) return;
    again += quoted + "\r\n";
  }
  require(again.size() > limits.file_bytes || read(again, faults) == records);
}

void user_file(const uint8_t* data, size_t size) {
  using namespace accounts;
  auto const find = [](std::string_view names) {
    return std::vector<VirtualAccountId>(names.size() % 3, VirtualAccountId{{uint8_t(names.size())}});
  };
  auto const read = [&](std::string_view input, CsvFaults& faults) {
    return read_user_file(input, "Asia/Tokyo", find, faults);
  };
  CsvFaults faults;
  auto const rows = read(text(data, size), faults);
  require(!rows.empty() || !faults.empty());
  std::set<int64_t> faulty;
  for (auto const& fault : faults.first) faulty.insert(fault.line);
  int64_t line = 0;
  std::string again = "mail\trole\tvirtual_account\tends_on\n";
  std::vector<RoleWish> wishes;
  for (auto const& row : rows) {
    require(row.line > std::exchange(line, row.line));
    if (faults.more == 0) require(row.wish.has_value() != faulty.contains(row.line));
    if (!row.wish) continue;
    require(normalize_mail(row.wish->mail).has_value());
    wishes.push_back(*row.wish);
    std::string written;
    for (auto const* field : {&row.mail, &row.role, &row.virtual_account, &row.ends_on}) {
      require(is_utf8(*field));
      written += written.empty() ? "\"" : "\t\"";
      for (char c : *field) written += c == '"' ? std::string("\"\"") : std::string(1, c);
      written += '"';
    }
    again += written + "\r\n";
  }
  if (wishes.empty() || wishes.size() != rows.size() || !faults.empty()) return;
  CsvFaults of_again;
  auto const anew = read(again, of_again);
  // Quotation marks and line breaks in fields may take it beyond the limits that it kept before.
  if (!of_again.empty()) return;
  require(anew.size() == wishes.size());
  for (size_t i = 0; i < anew.size(); ++i) require(wire::to_json(*anew[i].wish) == wire::to_json(wishes[i]));
}

namespace {

// Whether substitution leads from `from` to `to` over the file's own records.
bool leads(catalog::ParsedCatalog const& parsed, std::string const& from, std::string const& to) {
  std::set<std::string> seen{from};
  for (bool more = true; more;) {
    more = false;
    for (auto const& edge : parsed.edges)
      if (seen.contains(edge.lender)) more = seen.insert(edge.borrower).second || more;
  }
  return seen.contains(to);
}

}  // namespace

void catalog(const uint8_t* data, size_t size) {
  static catalog::Catalog const none;
  CsvFaults faults;
  auto const parsed = catalog::parse_catalog(text(data, size), none, faults);
  for (auto const& fault : faults.first) require(fault.line >= 1 && !fault.code.empty() && !fault.reason.empty());
  if (!faults.empty()) return;
  std::set<std::string> families, products, entitlements, tags;
  for (auto const& f : parsed.families) require(!f.family_code.empty() && families.insert(f.family_code).second);
  for (auto const& p : parsed.products) require(products.insert(p.code).second && families.contains(p.family_code));
  for (auto const& e : parsed.entitlements) {
    require(entitlements.insert(e.code).second && tags.insert(e.tag).second && families.contains(e.family_code));
    require(!e.license_types.empty() && !e.name_en.empty() && is_utf8(e.name_ja));
  }
  require(!families.empty() || !products.empty() || !entitlements.empty());
  for (auto const& edge : parsed.edges) {
    require(entitlements.contains(edge.lender) && entitlements.contains(edge.borrower));
    require(edge.priority >= 0 && edge.lender != edge.borrower && !leads(parsed, edge.borrower, edge.lender));
  }
  for (auto const& c : parsed.compatibilities)
    require(products.contains(c.product) && entitlements.contains(c.entitlement));
}

}  // namespace menkyo::fuzz
