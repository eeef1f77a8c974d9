#include "accounts/user_file.hpp"

#include <algorithm>
#include <charconv>
#include <map>

#include "accounts/inside.hpp"
#include "base/text.hpp"
#include "base/time_zone.hpp"

namespace menkyo::accounts {

namespace {

namespace codes = csv_codes;

// In the order of `columns`.
enum Column : size_t { mail, role, virtual_account, ends_on };
constexpr std::string_view mail_names[] = {"mail", "e-mail", "email", "mail address", "メールアドレス", "メール"};
constexpr std::string_view role_names[] = {"role", "ロール"};
constexpr std::string_view place_names[] = {"virtual_account", "virtual account", "バーチャルアカウント"};
constexpr std::string_view end_names[] = {"ends_on", "last day", "最終日"};
constexpr CsvColumn columns[] = {{"mail", true, mail_names},
                                 {"role", true, role_names},
                                 {"virtual_account", false, place_names},
                                 {"ends_on", false, end_names}};

// What a wish calls what stands in a column.
std::string_view column_of(std::string_view field) {
  if (field == "virtual_account_id") return columns[virtual_account].name;
  return field == "ends_at" ? columns[ends_on].name : field;
}

// By the words of the API and by the names that people read, folded.
std::map<std::string, Role> const& roles_by_name() {
  static auto const names = [] {
    std::map<std::string, Role> out;
    for (size_t i = 0; i < enum_words(Role{}).size(); ++i) {
      auto const word = to_text(Role(i));
      out.emplace(fold_name(word), Role(i));
      for (auto const language : {Language::ja, Language::en})
        out.emplace(fold_name(mail::phrase(language, word)), Role(i));
    }
    return out;
  }();
  return names;
}

// Year, month and day in this order between -, /, . or as in 2027年3月31日; nullopt for what is no day from 2000 to
// 9999.
std::optional<std::chrono::year_month_day> parse_day(std::string_view written) {
  auto text = fold_name(written);
  for (std::string_view const sign : {"年", "月", "日"})
    if (auto const at = text.find(sign); at != std::string::npos)
      text.replace(at, sign.size(), sign == "日" ? "" : "-");
  unsigned parts[3];
  auto const* at = text.data();
  auto const* const end = at + text.size();
  for (size_t i = 0; i < 3; ++i) {
    if (i > 0 && (at == end || std::string_view("-/.").find(*at++) == std::string_view::npos)) return {};
    auto const [next, error] = std::from_chars(at, end, parts[i]);
    if (error != std::errc{} || next - at > (i == 0 ? 4 : 2)) return {};
    at = next;
  }
  if (at != end || parts[0] < 2000) return {};
  std::chrono::year_month_day const day{std::chrono::year(int(parts[0])), std::chrono::month(parts[1]),
                                        std::chrono::day(parts[2])};
  return day.ok() ? std::optional(day) : std::nullopt;
}

class Reader {
 public:
  Reader(std::string_view text, std::string_view time_zone, FindPlaces const& find, CsvFaults& faults)
      : time_zone_(time_zone),
        find_(find),
        faults_(faults),
        table_(text, columns, faults, {.lines = max_user_file_rows + 1}, csv_separator(text)) {}

  std::vector<UserFileRow> run() {
    std::vector<UserFileRow> out;
    while (table_.next())
      if (!is_blank()) out.push_back(row());
    if (out.empty() && faults_.empty()) faults_.add(1, columns[mail].name, "no_rows", "the file holds no rows");
    return out;
  }

 private:
  // Spreadsheets write rows of nothing but separators below what was once filled in.
  bool is_blank() const {
    return table_[mail].empty() && table_[role].empty() && table_[virtual_account].empty() && table_[ends_on].empty();
  }

  UserFileRow row() {
    UserFileRow out{table_.line(),
                    std::string(table_[mail]),
                    std::string(table_[role]),
                    std::string(table_[virtual_account]),
                    std::string(table_[ends_on]),
                    {}};
    auto const before = faults_.count();
    RoleWish wish{};
    read_mail(wish);
    bool const is_role = read_role(wish);
    if (!table_[virtual_account].empty())
      read_place(wish);
    else if (is_role && access::is_virtual_account_role(wish.role))
      table_.fault(virtual_account, codes::missing, "is required for a role on a virtual account");
    if (!table_[ends_on].empty()) read_end(wish);
    if (faults_.count() == before) out.wish = std::move(wish);
    return out;
  }

  void read_mail(RoleWish& wish) {
    if (table_[mail].empty()) return table_.fault(mail, codes::missing, "is missing");
    wire::Errors errors;
    wish.mail = std::string(table_[mail]);
    wire::Codec<people::Mail>::check(wish.mail, {}, errors);
    if (!errors.empty() || !people::read_mail(wish.mail, {}, errors))
      table_.fault(mail, "not_a_mail", "must be a mail address");
  }

  bool read_role(RoleWish& wish) {
    if (table_[role].empty()) return table_.fault(role, codes::missing, "is missing"), false;
    auto const known = roles_by_name().find(fold_name(table_[role]));
    if (known == roles_by_name().end()) return table_.fault(role, codes::unknown, "is not the name of a role"), false;
    wish.role = known->second;
    return true;
  }

  void read_place(RoleWish& wish) {
    auto const [at, is_new] = places_.try_emplace(std::string(table_[virtual_account]));
    if (is_new) at->second = find_(table_[virtual_account]);
    if (at->second.empty()) table_.fault(virtual_account, codes::unknown, "there is no such virtual account");
    if (at->second.size() > 1)
      table_.fault(virtual_account, "ambiguous", "may be one of several virtual accounts; write its identifier");
    if (at->second.size() == 1) wish.virtual_account_id = at->second.front();
  }

  void read_end(RoleWish& wish) {
    auto const day = parse_day(table_[ends_on]);
    if (!day) return table_.fault(ends_on, "not_a_date", "must be a day such as 2027-03-31");
    wish.ends_at = end_of_day(*day, time_zone_);
  }

  std::string_view time_zone_;
  FindPlaces const& find_;
  CsvFaults& faults_;
  CsvTable table_;
  std::map<std::string, std::vector<VirtualAccountId>> places_;
};

// By an identifier or by names, of those places where the caller manages users.
FindPlaces find_managed(db::ReadTx& tx, UsersEditor const& access) {
  auto const account = access.smart_account_id();
  auto const seen = access::holdings(tx, access.person_id(), account).reach(Permission::inventory_view);
  return [&tx, &access, account, seen](std::string_view names) {
    std::vector<store::NodeRow> found;
    if (auto const id = VirtualAccountId::parse(names)) {
      if (auto node = store::node(tx, account, *id)) found.push_back(std::move(*node));
    } else {
      found = nodes_called(tx, account, seen, names);
    }
    std::vector<VirtualAccountId> out;
    for (auto const& node : found)
      if (access.reach().covers(node.path)) out.push_back(node.virtual_account_id);
    return out;
  };
}

}  // namespace

std::vector<UserFileRow> read_user_file(std::string_view text, std::string_view time_zone, FindPlaces const& find,
                                        CsvFaults& faults) {
  return Reader(text, time_zone, find, faults).run();
}

UserFilePreview preview_user_file(db::ReadTx& tx, UsersEditor const& access, UserFileText const& in,
                                  keys::Vault const& vault) {
  if (!end_of_day(std::chrono::year_month_day(std::chrono::floor<std::chrono::days>(tx.now())), in.time_zone))
    throw invalid_field("/time_zone", "unknown", "is no time zone such as Asia/Tokyo");
  CsvFaults found;
  auto const rows = read_user_file(in.text, in.time_zone, find_managed(tx, access), found);
  std::vector<RoleWish> wishes;
  for (auto const& row : rows)
    if (row.wish) wishes.push_back(*row.wish);
  auto const judged = judge_wishes(tx, vault, access, wishes);

  UserFilePreview out{{}, {}, found.more};
  for (auto& fault : found.first)
    out.faults.push_back({fault.line, std::move(fault.column), std::string(fault.code), std::move(fault.reason), {}});
  std::vector<int64_t> lines;  // of the wishes
  for (auto const& row : rows) {
    PreviewedRow shown{row.line, row.mail, row.role, row.virtual_account, row.ends_on, {}, {}};
    if (row.wish) {
      auto const& verdict = judged[lines.size()];
      lines.push_back(row.line);
      for (auto const& fault : verdict.faults)
        out.faults.push_back({row.line, std::string(column_of(fault.field)), std::string(fault.code), fault.detail,
                              fault.same_as ? std::optional(lines[*fault.same_as]) : std::nullopt});
      if (verdict.faults.empty()) {
        shown.wish = row.wish;
        shown.effect = verdict.effect;
      }
    }
    out.rows.push_back(std::move(shown));
  }
  std::stable_sort(out.faults.begin(), out.faults.end(),
                   [](auto const& a, auto const& b) { return a.line < b.line; });
  return out;
}

std::vector<api::Route> user_file_routes() {
  return {api::route<&preview_user_file>(api::Method::post,
                                         "/api/v1/smart_accounts/{smart_account_id}/user_file_previews",
                                         "preview_user_file", "See what a file of users would change, row by row")};
}

}  // namespace menkyo::accounts
