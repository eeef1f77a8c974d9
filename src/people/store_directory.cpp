#include "people/store_directory.hpp"

#include <algorithm>

namespace menkyo::people::store {

namespace {

struct CompanyRow {
  std::string code, name;
  std::optional<std::string> native_name;
  std::string country;
  std::optional<std::string> postal_code, region;
  std::string city, line1;
  std::optional<std::string> line2, domain;
};

CompanyRecord to_record(CompanyRow const& row) {
  CompanyRecord out;
  out.country = row.country;
  if (row.postal_code) out.postal_code = *row.postal_code;
  if (row.region) out.region = *row.region;
  out.city = row.city;
  out.line1 = row.line1;
  if (row.line2) out.line2 = *row.line2;
  out.code = row.code;
  out.name = row.name;
  if (row.native_name) out.native_name = *row.native_name;
  if (row.domain) out.domain = *row.domain;
  return out;
}

// What every UTF-8 text that begins with the prefix is before.
std::string end_of(std::string const& prefix) {
  return prefix + "\U0010FFFF";
}

}  // namespace

std::vector<CompanyRecord> companies(db::ReadTx& tx, std::vector<std::string> const& codes) {
  std::vector<CompanyRecord> out;
  for (auto const& row : tx.all_many<CompanyRow>(
           "select c.code, c.name, c.native_name, c.country, c.postal_code, c.region, c.city, c.line1, c.line2, "
           "c.domain from {rows: code text} r join company c on c.code = r.code",
           codes))
    out.push_back(to_record(row));
  return out;
}

std::vector<CompanyRecord> companies_by_key(db::ReadTx& tx, std::string const& prefix, size_t limit) {
  // A company has four keys at most, so these are enough whichever they belong to.
  constexpr int64_t keys_of_one = 4;
  auto const rows = tx.all<std::string>(
      "select code from company_key where name_key >= $1 and name_key < $2 order by name_key, code limit $3", prefix,
      end_of(prefix), int64_t(limit) * keys_of_one);
  std::vector<std::string> codes;
  for (auto const& code : rows)
    if (codes.size() < limit && std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
  auto found = companies(tx, codes);
  auto const place = [&](CompanyRecord const& c) { return std::find(codes.begin(), codes.end(), c.code); };
  std::sort(found.begin(), found.end(), [&](auto const& a, auto const& b) { return place(a) < place(b); });
  return found;
}

void insert_company(db::Tx& tx, CompanyRecord const& c, std::vector<std::string> const& keys) {
  tx.exec(
      "insert into company (code, name, native_name, country, postal_code, region, city, line1, line2, domain) "
      "values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      c.code, c.name, c.native_name, c.country, c.postal_code, c.region, c.city, c.line1, c.line2, c.domain);
  for (auto const& key : keys) tx.exec("insert into company_key (name_key, code) values ($1, $2)", key, c.code);
}

void delete_company(db::Tx& tx, std::string_view code) {
  tx.exec("delete from company_key where code = $1", code);
  tx.exec("delete from company where code = $1", code);
}

}  // namespace menkyo::people::store
