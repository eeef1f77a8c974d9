#include "companies/store.hpp"

#include <algorithm>

namespace menkyo::companies::store {

namespace {

struct CompanyRow {
  std::string code, name;
  std::optional<std::string> native_name;
  std::string country;
  std::optional<std::string> postal_code, region;
  std::string city, line1;
  std::optional<std::string> line2, domain, kept_code;
};

StoredCompany to_record(CompanyRow const& row) {
  StoredCompany out;
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
  out.kept_code = row.kept_code;
  return out;
}

std::vector<StoredCompany> to_records(std::vector<CompanyRow> const& rows) {
  std::vector<StoredCompany> out;
  for (auto const& row : rows) out.push_back(to_record(row));
  return out;
}

std::string companies_joined(std::string_view on) {
  return "select c.code, c.name, c.native_name, c.country, c.postal_code, c.region, c.city, c.line1, c.line2, "
         "c.domain, c.kept_code from {rows: code text} r join company c on " +
         std::string(on);
}

// What every UTF-8 text that begins with the prefix is before.
std::string end_of(std::string const& prefix) {
  return prefix + "\U0010FFFF";
}

// Of those with this key at this place, the first two: one is alone.
std::vector<std::string> sharers(db::Tx& tx, std::string const& key, std::string_view place) {
  return tx.all<std::string>("select code from company_key where name_key = $1 and place = $2 order by code limit 2",
                             key, place);
}

void mark(db::Tx& tx, std::string const& key, std::string_view code, bool has_twin) {
  tx.exec("update company_key set has_twin = $3 where name_key = $1 and code = $2 and has_twin <> $3", key, code,
          has_twin);
}

struct OwnKey {
  std::string name_key, place;
};
std::vector<OwnKey> keys_of(db::ReadTx& tx, std::string_view code) {
  return tx.all<OwnKey>("select name_key, place from company_key where code = $1 order by name_key", code);
}

void delete_key(db::Tx& tx, std::string_view code, OwnKey const& key) {
  tx.exec("delete from company_key where name_key = $1 and code = $2", key.name_key, code);
  auto const left = sharers(tx, key.name_key, key.place);
  if (left.size() == 1) mark(tx, key.name_key, left.front(), false);
}

void insert_key(db::Tx& tx, std::string_view code, OwnKey const& key) {
  auto const others = sharers(tx, key.name_key, key.place);
  tx.exec("insert into company_key (name_key, code, place, has_twin) values ($1, $2, $3, $4)", key.name_key, code,
          key.place, !others.empty());
  if (others.size() == 1) mark(tx, key.name_key, others.front(), true);
}

}  // namespace

std::vector<StoredCompany> companies(db::ReadTx& tx, std::vector<std::string> const& codes) {
  static auto const sql = companies_joined("c.code = r.code");
  return to_records(tx.all_many<CompanyRow>(sql, codes));
}

void lock_directory(db::Tx& tx) {
  tx.all<bool>("select is_only_row from company_directory where is_only_row {for update}");
}

std::vector<StoredCompany> merged_into(db::ReadTx& tx, std::vector<std::string> const& codes) {
  static auto const sql = companies_joined("c.kept_code = r.code order by c.code");
  return to_records(tx.all_many<CompanyRow>(sql, codes));
}

void put_company(db::Tx& tx, StoredCompany const& c) {
  tx.exec(
      "insert into company (code, name, native_name, country, postal_code, region, city, line1, line2, domain, "
      "kept_code) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) on conflict (code) do update set "
      "name = excluded.name, native_name = excluded.native_name, country = excluded.country, "
      "postal_code = excluded.postal_code, region = excluded.region, city = excluded.city, line1 = excluded.line1, "
      "line2 = excluded.line2, domain = excluded.domain, kept_code = excluded.kept_code",
      c.code, c.name, c.native_name, c.country, c.postal_code, c.region, c.city, c.line1, c.line2, c.domain,
      c.kept_code);
}

void set_kept(db::Tx& tx, std::string_view code, std::optional<std::string> const& kept_code) {
  tx.exec("update company set kept_code = $2 where code = $1", code, kept_code);
}

void delete_company(db::Tx& tx, std::string_view code) {
  put_keys(tx, code, "", {});
  tx.exec("delete from company where code = $1", code);
}

void put_keys(db::Tx& tx, std::string_view code, std::string_view place, std::vector<std::string> const& keys) {
  std::vector<std::string> kept;
  for (auto const& own : keys_of(tx, code)) {
    if (own.place == place && std::find(keys.begin(), keys.end(), own.name_key) != keys.end())
      kept.push_back(own.name_key);
    else
      delete_key(tx, code, own);
  }
  for (auto const& key : keys)
    if (std::find(kept.begin(), kept.end(), key) == kept.end()) insert_key(tx, code, {key, std::string(place)});
}

std::vector<KeyedCode> codes_by_key(db::ReadTx& tx, std::string const& prefix, bool twins, KeyedCode const& after,
                                    int64_t limit) {
  static auto const sql = [](std::string const& which, std::string const& earlier) {
    return "select k.name_key, k.code from company_key k where k.name_key >= $1 and k.name_key < $2 and "
           "(k.name_key, k.code) > ($3, $4) " +
           which +
           "and not exists (select 1 from company_key e where e.code = k.code and e.name_key >= $1 and "
           "e.name_key < k.name_key " +
           earlier + ") order by k.name_key, k.code limit $5";
  };
  static auto const all = sql("", ""), shared = sql("and k.has_twin ", "and e.has_twin");
  return tx.all<KeyedCode>(twins ? shared : all, prefix, end_of(prefix), after.name_key, after.code, limit);
}

std::vector<std::string> with_twin(db::ReadTx& tx, std::vector<std::string> const& codes) {
  return tx.all_many<std::string>(
      "select r.code from {rows: code text} r where exists (select 1 from company_key k where k.code = r.code and "
      "k.has_twin)",
      codes);
}

}  // namespace menkyo::companies::store
