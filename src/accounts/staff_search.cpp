// How the operator's staff finds Smart Accounts and people: accounts by how their name or their domain begins, or by
// their number; a person by the whole mail address, since all else of a person is sealed
// (docs/decisions/0035-staff.md).

#include <algorithm>

#include "accounts/assistance.hpp"
#include "accounts/inside.hpp"
#include "accounts/store_assistance.hpp"
#include "accounts/store_properties.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

using access::OperatorPermission;

// ---- Accounts -----------------------------------------------------------------------------------------------------

// A search looks into one index after the other; a cursor says in which it is, and behind which key.
MENKYO_ENUM(SearchedBy, number, name, domain)
struct Hit {
  AccountSummary account;
  SearchedBy by;
  std::string key;
};

// Rows looked at for one page of a search; the page is short then and has a cursor.
constexpr int64_t scan_budget = 5000;

AccountSummary summary_for_staff(store::AccountRow const& row) {
  return {row.smart_account_id, row.number, row.name, row.domain, row.type, row.status, {}, {}, {}};
}

std::optional<int64_t> number_in(std::string const& search) {
  bool const digits = !search.empty() && search.size() <= 15 &&
                      std::all_of(search.begin(), search.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional(std::stoll(search)) : std::nullopt;
}

class AccountSearch {
 public:
  explicit AccountSearch(std::string_view text)
      : name_(fold_name(text)), domain_(normalize_domain(text).value_or(name_)), number_(number_in(name_)) {}

  // Up to `limit` hits behind (`by`, `key`), which move on; false if there may be more.
  bool look(db::ReadTx& tx, SearchedBy& by, std::string& key, int64_t limit, std::vector<Hit>& hits) const {
    if (by == SearchedBy::number) {
      if (number_)
        if (auto const row = store::account_by_number(tx, *number_))
          hits.push_back({summary_for_staff(*row), by, ""});
      by = SearchedBy::name;
    }
    for (int64_t looked_at = 0; int64_t(hits.size()) < limit;) {
      if (looked_at >= scan_budget) return false;
      bool const by_name = by == SearchedBy::name;
      auto const& begin = by_name ? name_ : domain_;
      // No key has U+0001, so nothing is between a key and the same with it.
      store::KeyRange const range{key.empty() ? begin : key + '\x01', begin + std::string(behind_all_sort_paths)};
      auto const rows =
          by_name ? store::accounts_by_name(tx, range, limit) : store::accounts_by_domain(tx, range, limit);
      looked_at += int64_t(rows.size());
      for (auto const& row : rows) {
        if (int64_t(hits.size()) == limit) return false;
        key = by_name ? fold_name(row.name) : row.domain;
        if (!was_found_before(row, by)) hits.push_back({summary_for_staff(row), by, key});
      }
      if (int64_t(rows.size()) == limit) continue;
      if (!by_name) return true;
      by = SearchedBy::domain;
      key.clear();
    }
    return false;
  }

 private:
  bool was_found_before(store::AccountRow const& row, SearchedBy by) const {
    return row.number == number_ || (by == SearchedBy::domain && fold_name(row.name).starts_with(name_));
  }

  std::string name_, domain_;
  std::optional<int64_t> number_;
};

wire::Page<AccountSummary> search_accounts(db::ReadTx& tx, api::Cursors const& cursors, std::string const& scope,
                                           SmartAccountQuery const& in, int64_t limit) {
  auto const keys = cursors.decode(scope, in.cursor, 2);
  auto by = SearchedBy::number;
  std::string key;
  if (!keys.empty()) {
    from_text(keys[0], by);
    key = keys[1];
  }
  std::vector<Hit> hits;
  bool const is_all = AccountSearch(*in.search).look(tx, by, key, limit + 1, hits);
  bool const more = int64_t(hits.size()) > limit;
  if (more) {
    hits.resize(size_t(limit));
    by = hits.back().by;
    key = hits.back().key;
    // The one that was found by its number has no key: the search goes on with the names.
    if (by == SearchedBy::number) by = SearchedBy::name;
  }
  wire::Page<AccountSummary> page;
  if (more || !is_all) page.next_cursor = cursors.encode(scope, {std::string(to_text(by)), key});
  for (auto& hit : hits) page.items.push_back(std::move(hit.account));
  return page;
}

wire::Page<AccountSummary> list_all_accounts(
    db::ReadTx& tx, Access<access::Operator, OperatorPermission::accounts_view> const& access,
    SmartAccountQuery const& in, api::Cursors const& cursors) {
  auto const scope =
      "operator_smart_accounts " + access.person_id().text() + " " + fold_name(in.search.value_or(Search()));
  int64_t const limit = api::page_size(in.limit);
  if (in.search && !fold_name(*in.search).empty()) return search_accounts(tx, cursors, scope, in, limit);
  auto const keys = cursors.decode(scope, in.cursor, 2);
  auto const id = keys.empty() ? SmartAccountId{} : SmartAccountId::parse(keys[1]).value_or(SmartAccountId{});
  std::vector<AccountSummary> rows;
  for (auto const& row : store::accounts_after(tx, keys.empty() ? "" : keys[0], id, limit + 1))
    rows.push_back(summary_for_staff(row));
  return api::make_page(std::move(rows), limit, cursors, scope, [](AccountSummary const& a) {
    return std::vector{a.name, a.smart_account_id.text()};
  });
}

// ---- People -------------------------------------------------------------------------------------------------------

struct PersonSearch {
  people::Mail mail;
};
BOOST_DESCRIBE_STRUCT(PersonSearch, (), (mail))

struct FoundPlace {
  SmartAccountId smart_account_id;
  std::string name, domain;
};
BOOST_DESCRIBE_STRUCT(FoundPlace, (), (smart_account_id, name, domain))

struct FoundPerson {
  PersonId person_id;
  std::string mail, given_name, family_name;
  bool is_active, is_invited;
  std::vector<FoundPlace> smart_accounts;  // in which it has a role, of those that the reader helps at present
};
BOOST_DESCRIBE_STRUCT(FoundPerson, (),
                      (person_id, mail, given_name, family_name, is_active, is_invited, smart_accounts))

// Each look is an event of the operator's own log.
FoundPerson look_up_person(db::Tx& tx, HelpProof const& access, PersonSearch const& in, keys::Vault const& vault) {
  people::require_mail(in.mail);
  auto const id = people::find_person(tx, vault, in.mail);
  if (!id) throw Problem(problems::not_found, "Nobody with this mail address has an account.");
  auto const person = people::load_person(tx, vault, *id);
  FoundPerson out{*id,
                  person.mail,
                  person.given_name,
                  person.family_name,
                  people::is_active(tx, *id),
                  !people::has_password(tx, *id),
                  {}};
  for (auto const& row : store::accounts_of(tx, *id, tx.now())) {
    auto const help = store::assistance(tx, row.smart_account_id, access.person_id());
    auto const properties = store::properties(tx, row.smart_account_id);
    if (help && help->ends_at > tx.now() && properties && !properties->locked_against_staff)
      out.smart_accounts.push_back({row.smart_account_id, row.name, row.domain});
  }
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = audit::EventKind::person_looked_up,
                 .actor = access.actor(),
                 .subject_kind = "person",
                 .subject_id = id->bytes});
  return out;
}

}  // namespace

std::vector<api::Route> staff_search_routes() {
  using enum api::Method;
  return {
      api::route<&list_all_accounts>(get, "/api/v1/operator/smart_accounts", "list_operator_smart_accounts",
                                     "List all Smart Accounts, or those whose name or domain begins so"),
      api::route<&look_up_person>(post, "/api/v1/operator/person_lookup", "look_up_person",
                                  "Find a person by the mail address"),
  };
}

}  // namespace menkyo::accounts
