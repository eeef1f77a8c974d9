// The sample data of sample/: whole, consistent, and showing what its README promises.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "licenses/compliance.hpp"
#include "protocol/json.hpp"

namespace menkyo {
namespace {

namespace json = protocol::json;
using licenses::GroupEntitlement;
using licenses::GroupResult;
using licenses::SubstitutionEdge;

std::string read_file(std::string const& name) {
  std::ifstream file(std::string(MENKYO_SOURCE_DIR) + "/sample/" + name, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  if (!file) throw std::runtime_error("cannot read sample/" + name);
  return text.str();
}

using Row = std::map<std::string, std::string>;

// RFC 4180 with a header line; the sample has no quoted line breaks.
std::vector<Row> read_csv(std::string const& name) {
  std::vector<Row> rows;
  std::vector<std::string> header;
  std::istringstream text(read_file(name));
  for (std::string line; std::getline(text, line);) {
    std::vector<std::string> values(1);
    bool quoted = false;
    for (size_t i = 0; i < line.size(); ++i) {
      if (quoted && line[i] == '"' && i + 1 < line.size() && line[i + 1] == '"') {
        values.back() += line[++i];
      } else if (line[i] == '"') {
        quoted = !quoted;
      } else if (line[i] == ',' && !quoted) {
        values.emplace_back();
      } else {
        values.back() += line[i];
      }
    }
    if (header.empty()) {
      header = values;
      continue;
    }
    if (quoted || values.size() != header.size()) throw std::runtime_error(name + ": broken line: " + line);
    Row row;
    for (size_t i = 0; i < header.size(); ++i) row[header[i]] = values[i];
    rows.push_back(row);
  }
  return rows;
}

std::vector<Row> catalog(std::string const& record) {
  static auto const all = read_csv("catalog.csv");
  std::vector<Row> rows;
  std::ranges::copy_if(all, std::back_inserter(rows), [&](Row const& row) { return row.at("record") == record; });
  return rows;
}

std::vector<Row> const& orders() {
  static auto const rows = read_csv("orders.csv");
  return rows;
}

json::Value const& accounts() {
  static auto const root = json::parse(read_file("accounts.json"));
  return root;
}

std::vector<json::Value> const& smart_accounts() {
  return accounts().at("smart_accounts").items();
}

std::map<std::string, Row> by_code(std::string const& record) {
  std::map<std::string, Row> rows;
  for (auto const& row : catalog(record)) {
    EXPECT_TRUE(rows.emplace(row.at("code"), row).second) << row.at("code") << " stands twice";
  }
  return rows;
}

// Paths of all virtual accounts, "Tokyo/Shinagawa".
void collect_paths(std::vector<json::Value> const& tree, std::string const& above, std::set<std::string>& paths) {
  for (auto const& node : tree) {
    auto const path = above + node.at("name").as_string();
    EXPECT_TRUE(paths.insert(path).second) << path;
    EXPECT_EQ(node.at("name").as_string().find('/'), std::string::npos);
    collect_paths(node.at("children").items(), path + "/", paths);
  }
}

std::set<std::string> paths_of(json::Value const& account) {
  std::set<std::string> paths;
  collect_paths(account.at("virtual_accounts").items(), "", paths);
  return paths;
}

json::Value const& account_of(std::string const& domain) {
  for (auto const& account : smart_accounts()) {
    if (account.at("domain").as_string() == domain) return account;
  }
  throw std::runtime_error("no account " + domain);
}

// Days from now of "now", "now+20d", "now-30d".
int days(std::string const& text) {
  static std::regex const form("now([+-][0-9]{1,5})?(d)?");
  std::smatch match;
  if (!std::regex_match(text, match, form) || match[1].matched != match[2].matched) {
    throw std::runtime_error("not a relative time: " + text);
  }
  return match[1].matched ? std::stoi(match[1]) : 0;
}

bool in_force(Row const& order, int day) {
  return days(order.at("starts_at")) <= day && (order.at("ends_at").empty() || day < days(order.at("ends_at")));
}

std::set<std::string> words(std::string const& text) {
  std::set<std::string> found;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, '|');) found.insert(word);
  return found;
}

// ---- catalogue --------------------------------------------------------------------------------------------------

TEST(SampleCatalog, has_families_products_and_entitlements_in_two_languages) {
  auto const families = by_code("family"), products = by_code("product"), entitlements = by_code("entitlement");
  EXPECT_EQ(families.size(), 8u);
  EXPECT_GE(products.size(), 60u);
  EXPECT_GE(entitlements.size(), 120u);
  std::set<std::string> names;
  std::regex const tag(
      "regid\\.[0-9]{4}-[0-9]{2}\\.example\\.aozora\\.[A-Z0-9-]+,1\\.0_"
      "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
  std::set<std::string> tags;
  for (auto const& rows : {families, products, entitlements}) {
    for (auto const& [code, row] : rows) {
      EXPECT_FALSE(row.at("name_en").empty() || row.at("name_ja").empty()) << code;
      EXPECT_TRUE(names.insert(row.at("name_en")).second && names.insert(row.at("name_ja")).second) << code;
      if (row.at("record") == "family") continue;
      EXPECT_TRUE(families.contains(row.at("family"))) << code;
      EXPECT_FALSE(row.at("description_en").empty() || row.at("description_ja").empty()) << code;
      if (row.at("record") == "product") continue;
      EXPECT_TRUE(std::regex_match(row.at("tag"), tag)) << row.at("tag");
      EXPECT_TRUE(tags.insert(row.at("tag")).second) << code;
    }
  }
  for (auto const& [code, row] : families) {
    auto const of_family = [code = code](auto const& entry) { return entry.second.at("family") == code; };
    EXPECT_GE(std::ranges::count_if(products, of_family), 5) << code;
    EXPECT_GE(std::ranges::count_if(entitlements, of_family), 5) << code;
  }
}

TEST(SampleCatalog, knows_all_license_types_and_both_flags) {
  std::map<std::string, int> types, flags;
  for (auto const& row : catalog("entitlement")) {
    auto const kinds = words(row.at("license_types"));
    EXPECT_FALSE(kinds.empty());
    for (auto const& type : kinds) ++types[type];
    for (auto const* flag : {"enforced", "export_controlled"}) {
      EXPECT_TRUE(row.at(flag) == "true" || row.at(flag) == "false");
      if (row.at(flag) == "true") ++flags[flag];
    }
  }
  EXPECT_EQ(types.size(), 3u);
  EXPECT_TRUE(types["perpetual"] > 10 && types["term"] > 10 && types["demo"] > 10);
  EXPECT_TRUE(flags["enforced"] >= 3 && flags["export_controlled"] >= 3);
}

std::map<std::string, std::vector<std::pair<int, std::string>>> lenders() {
  std::map<std::string, std::vector<std::pair<int, std::string>>> found;
  for (auto const& row : catalog("substitution")) {
    found[row.at("borrower")].push_back({std::stoi(row.at("priority")), row.at("lender")});
  }
  return found;
}

int tiers_above(std::string const& code, int depth = 0) {
  if (depth > 10) throw std::runtime_error("a cycle at " + code);
  static auto const all = lenders();
  int most = 0;
  if (auto const at = all.find(code); at != all.end()) {
    for (auto const& [priority, lender] : at->second) most = std::max(most, 1 + tiers_above(lender, depth + 1));
  }
  return most;
}

TEST(SampleCatalog, substitutes_through_three_tiers_and_from_two_families) {
  auto const entitlements = by_code("entitlement");
  int deepest = 0, with_two_families = 0;
  for (auto const& [borrower, above] : lenders()) {
    ASSERT_TRUE(entitlements.contains(borrower)) << borrower;
    deepest = std::max(deepest, tiers_above(borrower));
    std::set<int> priorities;
    std::set<std::string> families, names;
    for (auto const& [priority, lender] : above) {
      ASSERT_TRUE(entitlements.contains(lender)) << lender;
      priorities.insert(priority);
      names.insert(lender);
      families.insert(entitlements.at(lender).at("family"));
    }
    EXPECT_EQ(names.size(), above.size()) << "a lender of " << borrower << " stands twice";
    if (families.size() > 1) {
      ++with_two_families;
      EXPECT_EQ(priorities.size(), above.size()) << borrower << " has no order of its lenders";
    }
  }
  EXPECT_GE(deepest, 3);
  EXPECT_GE(with_two_families, 1);
}

// Product and entitlement codes that go together; a family stands for each of its products.
std::set<std::pair<std::string, std::string>> compatible() {
  std::set<std::pair<std::string, std::string>> pairs;
  for (auto const& row : catalog("compatibility")) {
    if (!row.at("product").empty()) pairs.insert({row.at("product"), row.at("entitlement")});
    for (auto const& product : catalog("product")) {
      if (product.at("family") == row.at("family")) pairs.insert({product.at("code"), row.at("entitlement")});
    }
  }
  return pairs;
}

TEST(SampleCatalog, says_which_product_may_draw_what) {
  auto const families = by_code("family"), products = by_code("product"), entitlements = by_code("entitlement");
  for (auto const& row : catalog("compatibility")) {
    EXPECT_NE(row.at("product").empty(), row.at("family").empty());
    EXPECT_TRUE(row.at("product").empty() || products.contains(row.at("product"))) << row.at("product");
    EXPECT_TRUE(row.at("family").empty() || families.contains(row.at("family"))) << row.at("family");
    EXPECT_TRUE(entitlements.contains(row.at("entitlement"))) << row.at("entitlement");
  }
  std::set<std::string> drawing, drawn;
  for (auto const& [product, entitlement] : compatible()) drawing.insert(product), drawn.insert(entitlement);
  EXPECT_EQ(drawing.size(), products.size());
  EXPECT_EQ(drawn.size(), entitlements.size());
}

TEST(SampleCatalog, holds_known_records_and_no_stray_values) {
  std::map<std::string, std::set<std::string>> const columns{
      {"family", {"code", "name_en", "name_ja"}},
      {"product", {"code", "family", "name_en", "name_ja", "description_en", "description_ja"}},
      {"entitlement",
       {"code", "family", "name_en", "name_ja", "description_en", "description_ja", "tag", "license_types",
        "enforced", "export_controlled"}},
      {"substitution", {"lender", "borrower", "priority"}},
      {"compatibility", {"product", "family", "entitlement"}},
  };
  for (auto const& row : read_csv("catalog.csv")) {
    ASSERT_TRUE(columns.contains(row.at("record"))) << row.at("record");
    for (auto const& [column, value] : row) {
      bool const expected = column == "record" || columns.at(row.at("record")).contains(column);
      EXPECT_TRUE(expected || value.empty()) << row.at("record") << " " << column << " " << value;
    }
  }
}

// ---- accounts ---------------------------------------------------------------------------------------------------

TEST(SampleAccounts, are_a_small_a_middle_and_a_large_one) {
  std::map<std::string, size_t> sizes;
  for (auto const& account : smart_accounts()) {
    auto const paths = paths_of(account);
    EXPECT_TRUE(paths.contains("DEFAULT"));
    sizes[account.at("domain").as_string()] = paths.size();
    EXPECT_FALSE(account.at("name").as_string().empty() || account.at("name_ja").as_string().empty());
  }
  EXPECT_EQ(sizes,
            (std::map<std::string, size_t>{
                {"hanabi-coffee.example", 4}, {"minato-logistics.example", 11}, {"kaede-electric.example", 40}}));
  int64_t deepest = 0;
  for (auto const& path : paths_of(account_of("kaede-electric.example"))) {
    deepest = std::max(deepest, 1 + std::ranges::count(path, '/'));
  }
  EXPECT_EQ(deepest, 4);
}

TEST(SampleAccounts, have_people_in_every_role) {
  std::map<std::string, int> roles;
  std::set<std::string> mails;
  for (auto const& account : smart_accounts()) {
    auto const paths = paths_of(account);
    int administrators = 0;
    for (auto const& person : account.at("people").items()) {
      auto const mail = person.at("mail_local_part").as_string() + "@" + account.at("domain").as_string();
      EXPECT_TRUE(mails.insert(mail).second) << mail;
      EXPECT_FALSE(person.at("given_name").as_string().empty() || person.at("family_name").as_string().empty());
      EXPECT_FALSE(person.at("grants").items().empty());
      for (auto const& grant : person.at("grants").items()) {
        auto const& role = grant.at("role").as_string();
        ++roles[role];
        administrators += role == "sa_admin" ? 1 : 0;
        auto const* scope = grant.find("virtual_account");
        EXPECT_EQ(scope != nullptr, role.starts_with("va_")) << mail;
        if (scope) {
          EXPECT_TRUE(paths.contains(scope->as_string())) << scope->as_string();
        }
      }
    }
    EXPECT_GE(administrators, 2) << "nobody could succeed";
  }
  std::set<std::string> const known{"sa_admin", "sa_user", "sa_approver", "sa_viewer",
                                    "va_admin", "va_user", "va_viewer"};
  for (auto const& role : known) EXPECT_GE(roles[role], 1) << role;
  EXPECT_EQ(roles.size(), known.size());
  std::set<std::string> operator_roles;
  for (auto const& person : accounts().at("operator").at("people").items()) {
    for (auto const& role : person.at("operator_roles").items()) operator_roles.insert(role.as_string());
  }
  EXPECT_EQ(accounts().at("operator").at("people").items().size(), 2u);
  EXPECT_EQ(operator_roles, (std::set<std::string>{"operator_admin", "operator_catalog", "operator_support"}));
}

TEST(SampleAccounts, have_devices_that_may_draw_what_they_want) {
  auto const pairs = compatible();
  std::map<std::string, int64_t> counts;
  std::set<std::string> host_names;
  int64_t silent = 0;
  for (auto const& account : smart_accounts()) {
    auto const& domain = account.at("domain").as_string();
    auto const paths = paths_of(account);
    for (auto const& device : account.at("devices").items()) {
      EXPECT_TRUE(paths.contains(device.at("virtual_account").as_string()));
      auto const& host_name = device.at("host_name").as_string();
      EXPECT_NE(host_name.find("{n}"), std::string::npos);
      EXPECT_TRUE(host_names.insert(domain + " " + host_name).second) << host_name;
      int64_t const count = device.at("count").as_int(), percent = device.at("silent_percent").as_int();
      EXPECT_GT(count, 0);
      EXPECT_TRUE(percent >= 0 && percent <= 100);
      counts[domain] += count;
      silent += count * percent / 100;
      for (auto const& wanted : device.at("wanted").items()) {
        auto const& code = wanted.at("entitlement").as_string();
        EXPECT_TRUE(pairs.contains({device.at("product").as_string(), code})) << host_name << " " << code;
        EXPECT_GT(wanted.at("quantity").as_int(), 0);
      }
    }
  }
  EXPECT_EQ(counts["kaede-electric.example"], 2000);
  EXPECT_LT(counts["hanabi-coffee.example"], counts["minato-logistics.example"]);
  EXPECT_GT(silent, 20);
}

// ---- orders -----------------------------------------------------------------------------------------------------

TEST(SampleOrders, name_what_exists_and_keep_their_terms) {
  auto const entitlements = by_code("entitlement");
  std::map<std::string, int> types;
  for (auto const& row : orders()) {
    auto const where = row.at("order") + " line " + row.at("line");
    ASSERT_TRUE(entitlements.contains(row.at("entitlement"))) << where;
    EXPECT_TRUE(paths_of(account_of(row.at("account_domain"))).contains(row.at("virtual_account"))) << where;
    auto const& type = row.at("license_type");
    ++types[type];
    EXPECT_TRUE(words(entitlements.at(row.at("entitlement")).at("license_types")).contains(type)) << where;
    EXPECT_GT(std::stoll(row.at("quantity")), 0) << where;
    EXPECT_EQ(row.at("ends_at").empty(), type == "perpetual") << where;
    EXPECT_EQ(row.at("subscription").empty(), type != "term") << where;
    EXPECT_LE(days(row.at("ordered_at")), days(row.at("starts_at"))) << where;
    EXPECT_LE(days(row.at("ordered_at")), 0) << where;
    if (!row.at("ends_at").empty()) {
      EXPECT_LT(days(row.at("starts_at")), days(row.at("ends_at"))) << where;
    }
  }
  EXPECT_TRUE(types["perpetual"] >= 20 && types["term"] >= 20 && types["demo"] >= 3);
}

TEST(SampleOrders, number_each_line_once_and_belong_to_one_account) {
  std::set<std::pair<std::string, std::string>> lines;
  std::map<std::string, std::pair<std::string, std::string>> heads;
  for (auto const& row : orders()) {
    EXPECT_TRUE(lines.insert({row.at("order"), row.at("line")}).second) << row.at("order") << " " << row.at("line");
    std::pair const head{row.at("account_domain"), row.at("ordered_at")};
    EXPECT_EQ(heads.emplace(row.at("order"), head).first->second, head) << row.at("order");
  }
  EXPECT_GE(heads.size(), 50u);
}

// ---- what it shows ----------------------------------------------------------------------------------------------

struct Shown {
  std::map<std::string, EntitlementId> ids;
  std::map<std::string, std::vector<GroupEntitlement>> groups;  // by domain and path
  std::map<std::string, GroupResult> results;
};

GroupEntitlement& entry(Shown& shown, std::string const& place, std::string const& code) {
  auto& group = shown.groups[place];
  auto const id = shown.ids.at(code);
  for (auto& known : group) {
    if (known.entitlement_id == id) return known;
  }
  return group.emplace_back(GroupEntitlement{id});
}

// Everything that the sample's accounts own and use on `day` from now, settled.
Shown show(int day) {
  Shown shown;
  std::set<std::string> must_cover;
  for (auto const& row : catalog("entitlement")) {
    auto const number = shown.ids.size() + 1;
    auto& id = shown.ids[row.at("code")];
    id.bytes[14] = uint8_t(number >> 8);
    id.bytes[15] = uint8_t(number);
    if (row.at("enforced") == "true" || row.at("export_controlled") == "true") must_cover.insert(row.at("code"));
  }
  for (auto const& row : orders()) {
    if (!in_force(row, day)) continue;
    entry(shown, row.at("account_domain") + " " + row.at("virtual_account"), row.at("entitlement")).owned +=
        std::stoll(row.at("quantity"));
  }
  for (auto const& account : smart_accounts()) {
    for (auto const& device : account.at("devices").items()) {
      auto const place = account.at("domain").as_string() + " " + device.at("virtual_account").as_string();
      for (auto const& wanted : device.at("wanted").items()) {
        auto const& code = wanted.at("entitlement").as_string();
        auto& one = entry(shown, place, code);
        one.in_use += device.at("count").as_int() * wanted.at("quantity").as_int();
        one.must_cover = must_cover.contains(code);
      }
    }
  }
  std::vector<SubstitutionEdge> edges;
  for (auto const& row : catalog("substitution")) {
    edges.push_back(
        {shown.ids.at(row.at("lender")), shown.ids.at(row.at("borrower")), std::stoi(row.at("priority"))});
  }
  for (auto const& [place, group] : shown.groups) shown.results[place] = settle_group(group, edges);
  return shown;
}

licenses::PositionResult position(Shown const& shown, std::string const& place, std::string const& code) {
  for (auto const& p : shown.results.at(place).positions) {
    if (p.entitlement_id == shown.ids.at(code)) return p;
  }
  throw std::runtime_error(place + " has no " + code);
}

// Lines of orders that are in force now and end within 30 days.
std::set<std::string> expiring() {
  std::set<std::string> found;
  for (auto const& row : orders()) {
    if (!in_force(row, 0) || row.at("ends_at").empty() || days(row.at("ends_at")) > 30) continue;
    found.insert(row.at("account_domain") + " " + row.at("virtual_account") + " " + row.at("entitlement"));
  }
  return found;
}

void check_situation(Shown const& shown, std::string const& place, json::Value const& situation) {
  auto const& code = situation.at("entitlement").as_string();
  auto const p = position(shown, place, code);
  std::map<std::string, int64_t> const actual{{"owned", p.owned},
                                              {"in_use", p.in_use},
                                              {"borrowed", p.borrowed},
                                              {"short", p.short_quantity},
                                              {"surplus", std::max<int64_t>(0, p.balance)},
                                              {"quantity", p.owned}};
  for (auto const& [name, value] : situation.members()) {
    if (actual.contains(name)) {
      EXPECT_EQ(value.as_int(), actual.at(name)) << place << " " << code << " " << name;
    }
  }
  if (auto const* named = situation.find("lenders")) {
    std::set<EntitlementId> expected, lending;
    for (auto const& lender : named->items()) expected.insert(shown.ids.at(lender.as_string()));
    for (auto const& loan : shown.results.at(place).loans) {
      if (loan.borrower == p.entitlement_id) lending.insert(loan.lender);
    }
    EXPECT_EQ(lending, expected) << place << " " << code;
  }
}

TEST(SampleSituations, are_as_described_and_nothing_else_is_short_or_expires) {
  auto const now = show(0);
  std::set<std::string> described_short, described_expiring, actually_short;
  std::map<std::string, int> kinds;
  for (auto const& account : smart_accounts()) {
    for (auto const& situation : account.at("situations").items()) {
      auto const place = account.at("domain").as_string() + " " + situation.at("virtual_account").as_string();
      auto const& kind = situation.at("kind").as_string();
      ++kinds[kind];
      check_situation(now, place, situation);
      auto const name = place + " " + situation.at("entitlement").as_string();
      if (kind == "short") described_short.insert(name);
      if (kind == "expiring") {
        described_expiring.insert(name);
        EXPECT_EQ(position(show(int(situation.at("ends_in_days").as_int()) - 1), place,
                           situation.at("entitlement").as_string())
                      .owned,
                  situation.at("quantity").as_int());
        EXPECT_FALSE(show(int(situation.at("ends_in_days").as_int())).results.at(place).in_compliance);
      }
    }
  }
  for (auto const& [code, id] : now.ids) {
    for (auto const& [place, result] : now.results) {
      for (auto const& p : result.positions) {
        if (p.entitlement_id == id && p.short_quantity > 0) actually_short.insert(place + " " + code);
      }
    }
  }
  EXPECT_EQ(actually_short, described_short);
  EXPECT_EQ(expiring(), described_expiring);
  for (auto const* kind : {"short", "covered", "expiring", "surplus", "enforced"}) EXPECT_GE(kinds[kind], 1) << kind;
}

TEST(SampleSituations, include_an_enforced_entitlement_that_has_room_for_few) {
  auto const now = show(0);
  std::vector<SubstitutionEdge> const none;
  auto const& group = now.groups.at("kaede-electric.example Data Centers/Inzai DC1/Production");
  EXPECT_TRUE(licenses::could_cover(group, none, now.ids.at("AZ-RTR-HSEC"), 6));
  EXPECT_FALSE(licenses::could_cover(group, none, now.ids.at("AZ-RTR-HSEC"), 7));
}

}  // namespace
}  // namespace menkyo
