#include "companies/directory.hpp"

#include <algorithm>
#include <set>

#include "companies/import.hpp"
#include "companies/inside.hpp"
#include "companies/store.hpp"

namespace menkyo::companies {

using store::StoredCompany;

namespace {

ListedCompany listed(CompanyRecord record) {
  ListedCompany out{std::move(record), {}, {}};
  if (auto const* region = places::region_of(out)) {
    out.region_name_en = region->name_en;
    out.region_name_ja = region->name_ja;
  }
  return out;
}

// In the order of the codes.
std::vector<StoredCompany> in_order(std::vector<StoredCompany> found, std::vector<std::string> const& codes) {
  auto const place = [&](StoredCompany const& c) { return std::find(codes.begin(), codes.end(), c.code); };
  std::sort(found.begin(), found.end(), [&](auto const& a, auto const& b) { return place(a) < place(b); });
  return found;
}

std::vector<DirectoryCompany> describe(db::ReadTx& tx, std::vector<std::string> const& codes) {
  auto const merged = store::merged_into(tx, codes);
  auto const twins = store::with_twin(tx, codes);
  std::vector<DirectoryCompany> out;
  for (auto const& record : in_order(store::companies(tx, codes), codes)) {
    DirectoryCompany company{listed(record), false, {}};
    company.has_twin = std::find(twins.begin(), twins.end(), std::string(record.code)) != twins.end();
    for (auto const& m : merged)
      if (m.kept_code == std::string(record.code))
        company.merged.push_back(
            {m.code, m.name, m.native_name ? std::optional<std::string>(*m.native_name) : std::nullopt});
    out.push_back(std::move(company));
  }
  return out;
}

std::optional<StoredCompany> find(db::ReadTx& tx, std::string const& code) {
  auto found = store::companies(tx, {code});
  if (found.empty()) return {};
  return std::move(found.front());
}

// The records that are to be merged, each once, without those that are merged so already. Problem invalid.
std::vector<StoredCompany> to_merge(db::ReadTx& tx, CompanyMerger const& in) {
  std::set<std::string> const codes(in.merged_codes.begin(), in.merged_codes.end());
  auto const found = store::companies(tx, {codes.begin(), codes.end()});
  wire::Errors errors;
  for (size_t i = 0; i < in.merged_codes.size(); ++i) {
    auto const& code = in.merged_codes[i];
    auto const path = "/merged_codes/" + std::to_string(i);
    auto const at = std::find_if(found.begin(), found.end(), [&](auto const& c) { return c.code == code; });
    if (at == found.end())
      wire::add_error(errors, path, "unknown", "is no company of the directory");
    else if (code == in.kept_code)
      wire::add_error(errors, path, "same", "is the company that is kept");
    else if (at->kept_code && *at->kept_code != std::string(in.kept_code))
      wire::add_error(errors, path, "merged", "was merged into another company meanwhile");
  }
  if (!errors.empty()) throw Problem(problems::invalid, "", std::move(errors));
  std::vector<StoredCompany> out;
  for (auto const& company : found)
    if (!company.kept_code) out.push_back(company);
  return out;
}

audit::Event event(DirectoryEditor const& access, audit::EventKind kind, std::vector<audit::Datum> data) {
  return {.smart_account_id = {}, .kind = kind, .actor = access.actor(), .data = std::move(data)};
}

}  // namespace

void settle_keys(db::Tx& tx, CompanyRecord const& record) {
  auto keys = people::company_keys(record.name, record.native_name.value_or(CompanyName()));
  for (auto const& merged : store::merged_into(tx, {record.code}))
    for (auto& key : people::company_keys(merged.name, merged.native_name.value_or(CompanyName())))
      if (std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(std::move(key));
  std::string const place = record.postal_code ? std::string(*record.postal_code) : std::string(record.city);
  store::put_keys(tx, record.code, std::string(record.country) + " " + place, keys);
}

wire::Page<ListedCompany> find_companies(db::ReadTx& tx, api::Caller const&, CompanyQuery const& in) {
  wire::Page<ListedCompany> page;
  auto const key = people::company_key(in.search);
  if (key.empty()) return page;
  std::vector<std::string> codes;
  for (auto& found : store::codes_by_key(tx, key, false, {}, most_companies_found))
    codes.push_back(std::move(found.code));
  for (auto& record : in_order(store::companies(tx, codes), codes)) page.items.push_back(listed(std::move(record)));
  return page;
}

wire::Page<DirectoryCompany> list_directory(db::ReadTx& tx, DirectoryEditor const& access, DirectoryQuery const& in,
                                            api::Cursors const& cursors) {
  int64_t const limit = api::page_size(in.limit);
  bool const twins = in.filter == DirectoryFilter::twins;
  std::string const search = in.search.value_or("");
  auto const scope = "directory " + access.person_id().text() + (twins ? " twins " : " all ") + search;
  auto const after = cursors.decode(scope, in.cursor, 2);
  auto const key = people::company_key(search);
  std::vector<store::KeyedCode> rows;
  if (search.empty() || !key.empty())
    rows = store::codes_by_key(tx, key, twins,
                               after.empty() ? store::KeyedCode{} : store::KeyedCode{after[0], after[1]}, limit + 1);
  if (rows.empty() && after.empty() && !twins)
    if (auto const company = find(tx, search)) rows.push_back({"", company->kept_code.value_or(company->code)});
  auto const page = api::make_page(std::move(rows), limit, cursors, scope, [](store::KeyedCode const& row) {
    return std::vector{row.name_key, row.code};
  });
  std::vector<std::string> codes;
  for (auto const& row : page.items) codes.push_back(row.code);
  wire::Page<DirectoryCompany> out;
  out.items = describe(tx, codes);
  out.next_cursor = page.next_cursor;
  return out;
}

DirectoryCompany merge_companies(db::Tx& tx, DirectoryEditor const& access, CompanyMerger const& in,
                                 keys::Vault const& vault) {
  if (in.merged_codes.empty()) throw invalid_field("/merged_codes", "empty", "must name a company");
  if (in.merged_codes.size() > most_merged_at_once)
    throw invalid_field("/merged_codes", "too_many",
                        "must have at most " + std::to_string(most_merged_at_once) + " companies");
  store::lock_directory(tx);
  auto const kept = find(tx, in.kept_code);
  if (!kept) throw invalid_field("/kept_code", "unknown", "is no company of the directory");
  if (kept->kept_code) throw invalid_field("/kept_code", "merged", "was merged into another company meanwhile");
  auto const merged = to_merge(tx, in);
  if (!merged.empty()) {
    std::vector<std::string> codes;
    for (auto const& company : merged) codes.push_back(company.code);
    auto const brought = store::merged_into(tx, codes);
    auto const before = store::merged_into(tx, {kept->code});
    if (before.size() + brought.size() + merged.size() > most_merged)
      throw invalid_field("/merged_codes", "too_many",
                          "would make more than " + std::to_string(most_merged) + " companies one");
    std::string named;
    for (auto const* some : {&merged, &brought})
      for (auto const& company : *some) {
        store::set_kept(tx, company.code, kept->code);
        store::put_keys(tx, company.code, "", {});
        if (!named.empty()) named += ", ";
        named += company.code;
      }
    settle_keys(tx, *kept);
    audit::record(tx, vault,
                  event(access, audit::EventKind::companies_merged,
                        {{"kept", std::string(kept->code)},
                         {"merged", named},
                         {"count", int64_t(merged.size() + brought.size())}}));
  }
  return std::move(describe(tx, {kept->code}).front());
}

DirectoryCompany split_company(db::Tx& tx, DirectoryEditor const& access, CompanySplit const& in,
                               keys::Vault const& vault) {
  store::lock_directory(tx);
  auto company = find(tx, in.code);
  if (!company) throw invalid_field("/code", "unknown", "is no company of the directory");
  if (auto const kept_code = company->kept_code) {
    store::set_kept(tx, company->code, {});
    if (auto const kept = find(tx, *kept_code)) settle_keys(tx, *kept);
    settle_keys(tx, *company);
    audit::record(
        tx, vault,
        event(access, audit::EventKind::company_split, {{"code", std::string(company->code)}, {"kept", *kept_code}}));
  }
  return std::move(describe(tx, {company->code}).front());
}

std::vector<api::Route> routes() {
  using enum api::Method;
  return {
      api::route<&find_companies>(get, "/api/v1/companies", "find_companies",
                                  "Look a company up by what its name begins with"),
      api::route<&list_directory>(get, "/api/v1/operator/companies", "list_directory",
                                  "The directory of companies, by name"),
      api::route<&merge_companies>(post, "/api/v1/operator/company_mergers", "merge_companies",
                                   "Make records of the directory one"),
      api::route<&split_company>(post, "/api/v1/operator/company_splits", "split_company",
                                 "Undo the merger of a record of the directory"),
      api::route<&preview_companies_file>(post, "/api/v1/operator/companies_file_previews", "preview_companies_file",
                                          "See what a file of companies would change"),
      api::route<&import_companies_file>(post, "/api/v1/operator/companies_file_imports", "import_companies_file",
                                         "Take over a file of companies, by a job"),
  };
}

}  // namespace menkyo::companies
