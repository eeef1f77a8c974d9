#include <algorithm>
#include <charconv>
#include <set>

#include "orders/store.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::orders {

namespace {

namespace codes = csv_codes;

// In the order of `columns`.
enum Column : size_t {
  order,
  line,
  ordered_at,
  account_domain,
  virtual_account,
  entitlement,
  license_type,
  quantity,
  starts_at,
  ends_at,
  subscription
};
constexpr CsvColumn columns[] = {
    {"order"},        {"line"},     {"ordered_at"},       {"account_domain"}, {"virtual_account"},    {"entitlement"},
    {"license_type"}, {"quantity"}, {"starts_at", false}, {"ends_at", false}, {"subscription", false}};

constexpr size_t longest_number = 64;
constexpr int64_t largest_line = 999'999;
constexpr int64_t most_days = 36'500;

bool parse_whole(std::string_view text, int64_t& out) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return !text.empty() && error == std::errc{} && end == text.data() + text.size();
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

// The virtual accounts of one Smart Account, by their names from the top joined by "/". Where a name holds a "/", two
// may be written alike; such a one is found by its id only.
struct Tree {
  std::map<std::string, std::optional<VirtualAccountId>> by_path;
  std::set<VirtualAccountId> ids;
};

Tree load_tree(db::ReadTx& tx, SmartAccountId account) {
  Tree tree;
  std::map<VirtualAccountId, std::string> paths;
  for (auto const& row : store::virtual_accounts(tx, account)) {
    auto path = (row.parent_id ? paths[*row.parent_id] + "/" : "") + row.name;
    auto const [at, is_new] = tree.by_path.emplace(path, row.virtual_account_id);
    if (!is_new) at->second.reset();
    tree.ids.insert(row.virtual_account_id);
    paths.emplace(row.virtual_account_id, std::move(path));
  }
  return tree;
}

class Checker {
 public:
  Checker(db::ReadTx& tx, catalog::Catalog const& catalog, std::string_view csv, CsvFaults& faults)
      : tx_(tx), catalog_(catalog), table_(csv, columns, faults), faults_(faults) {}

  CheckedOrders run() {
    while (table_.next()) row();
    if (rows_.empty() && faults_.empty()) faults_.add(1, "order", codes::missing, "the file holds no order lines");
    compare_with_known();
    std::sort(out_.lines.begin(), out_.lines.end(), [](OrderLine const& a, OrderLine const& b) {
      auto const key = [](OrderLine const& l) {
        return std::tie(l.smart_account_id, l.virtual_account_id, l.entitlement_id, l.order_number, l.line_number);
      };
      return key(a) < key(b);
    });
    return std::move(out_);
  }

 private:
  struct Row {
    int64_t at;  // line of the file
    OrderLine line;
  };

  void row() {
    OrderLine out;
    out.order_number = short_text(order, true);
    read_line_number(out);
    read_place(out);
    read_entitlement(out);
    int64_t n = 0;
    if (!required(quantity)) {
    } else if (!parse_whole(table_[quantity], n) || n < 1 || n > largest_quantity) {
      table_.fault(quantity, codes::invalid, "must be a whole number from 1 to " + std::to_string(largest_quantity));
    }
    out.quantity = n;
    read_times(out);
    out.content_hash = hash();
    rows_.push_back({table_.line(), std::move(out)});
  }

  bool required(Column column) {
    if (table_[column].empty()) table_.fault(column, codes::missing, "is missing");
    return !table_[column].empty();
  }

  std::string short_text(Column column, bool is_required) {
    std::string text(table_[column]);
    if (is_required) required(column);
    if (count_characters(text) > longest_number)
      table_.fault(column, codes::too_long, "must have at most " + std::to_string(longest_number) + " characters");
    if (text.find_first_of("\t\r\n") != std::string::npos)
      table_.fault(column, codes::invalid, "must be on one line");
    return text;
  }

  void read_line_number(OrderLine& out) {
    if (!required(line)) return;
    if (!parse_whole(table_[line], out.line_number) || out.line_number < 1 || out.line_number > largest_line)
      return table_.fault(line, codes::invalid, "must be a whole number from 1 to " + std::to_string(largest_line));
    auto const [first, is_new] = seen_.emplace(store::LineKey{out.order_number, out.line_number}, table_.line());
    if (!is_new)
      table_.fault(line, codes::repeated, "the same order line is in line " + std::to_string(first->second));
  }

  void read_place(OrderLine& out) {
    if (!required(account_domain) || !required(virtual_account)) return;
    auto const [at, is_new] = accounts_.try_emplace(lower(table_[account_domain]));
    if (is_new) at->second = store::account_of_domain(tx_, at->first);
    if (!at->second)
      return table_.fault(account_domain, codes::unknown, "there is no Smart Account with the domain " + at->first);
    out.smart_account_id = *at->second;
    auto const [tree, tree_is_new] = trees_.try_emplace(out.smart_account_id);
    if (tree_is_new) tree->second = load_tree(tx_, out.smart_account_id);
    std::string const name(table_[virtual_account]);
    if (auto const id = VirtualAccountId::parse(name); id && tree->second.ids.contains(*id)) {
      out.virtual_account_id = *id;
      return;
    }
    auto const found = tree->second.by_path.find(name);
    if (found == tree->second.by_path.end())
      return table_.fault(virtual_account, codes::unknown, "there is no such virtual account in " + at->first);
    if (!found->second)
      return table_.fault(virtual_account, codes::invalid, "may be one of several virtual accounts; write its id");
    out.virtual_account_id = *found->second;
  }

  void read_entitlement(OrderLine& out) {
    auto const* known = required(entitlement) ? catalog_.find_entitlement(table_[entitlement]) : nullptr;
    if (!known && !table_[entitlement].empty())
      table_.fault(entitlement, codes::unknown, "there is no entitlement " + std::string(table_[entitlement]));
    if (known) out.entitlement_id = known->entitlement_id;
    if (!required(license_type)) return;
    auto const word = table_[license_type];
    type_is_known_ = word == "perpetual" || word == "term" || word == "demo";
    if (!type_is_known_) return table_.fault(license_type, codes::invalid, "must be perpetual, term or demo");
    out.license_type = word == "perpetual" ? catalog::LicenseType::PERPETUAL
                       : word == "term"    ? catalog::LicenseType::TERM
                                           : catalog::LicenseType::DEMO;
    if (known && !known->offers(out.license_type))
      table_.fault(license_type, codes::not_allowed, "is not offered for " + known->code);
  }

  std::optional<Instant> instant(Column column) {
    if (table_[column].empty()) return {};
    auto const t = parse_time(table_[column], tx_.now());
    if (!t)
      table_.fault(column, codes::invalid,
                   "must be a time such as 2027-04-01T09:00:00+09:00, a date such as 2027-04-01, or now-30d");
    return t;
  }

  void read_times(OrderLine& out) {
    bool const typed = !table_[license_type].empty() && type_is_known_;
    bool const perpetual = out.license_type == licenses::LicenseType::PERPETUAL;
    required(ordered_at);
    auto const ordered = instant(ordered_at);
    auto const start = table_[starts_at].empty() ? ordered : instant(starts_at);
    auto const end = instant(ends_at);
    out.ordered_at = ordered.value_or(Instant{});
    out.starts_at = start.value_or(Instant{});
    if (typed && perpetual && !table_[ends_at].empty())
      table_.fault(ends_at, codes::unexpected, "must be empty for a perpetual license");
    if (typed && !perpetual && table_[ends_at].empty()) table_.fault(ends_at, codes::missing, "is missing");
    if (start && end && *end <= *start) table_.fault(ends_at, codes::invalid, "must be after the start");
    if (end && !perpetual) out.ends_at = *end;
    if (auto text = short_text(subscription, false); !text.empty()) {
      if (typed && out.license_type != licenses::LicenseType::TERM)
        table_.fault(subscription, codes::unexpected, "must be empty but for a term license");
      out.subscription = std::move(text);
    }
  }

  // Each field with its length, so that no two lines are written alike.
  ContentHash hash() const {
    std::string text;
    for (size_t i = ordered_at; i <= subscription; ++i)
      text += std::to_string(table_[i].size()) + ":" + std::string(table_[i]);
    return protocol::sha256(std::string_view(text));
  }

  void compare_with_known() {
    std::vector<store::LineKey> keys;
    for (auto const& r : rows_) keys.push_back({r.line.order_number, r.line.line_number});
    std::sort(keys.begin(), keys.end());
    keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
    constexpr size_t at_once = 1000;
    std::map<store::LineKey, ContentHash> known;
    for (size_t i = 0; i < keys.size(); i += at_once)
      known.merge(store::known_lines(
          tx_, {keys.begin() + ptrdiff_t(i), keys.begin() + ptrdiff_t(std::min(keys.size(), i + at_once))}));
    for (auto& r : rows_) {
      auto const found = known.find({r.line.order_number, r.line.line_number});
      if (found == known.end()) {
        out_.lines.push_back(std::move(r.line));
      } else if (found->second == r.line.content_hash) {
        ++out_.skipped;
      } else {
        ++out_.conflicts;
        faults_.add(r.at, "line", codes::conflict, "was imported before with other content");
      }
    }
  }

  db::ReadTx& tx_;
  catalog::Catalog const& catalog_;
  CsvTable table_;
  CsvFaults& faults_;
  CheckedOrders out_;
  std::vector<Row> rows_;
  bool type_is_known_ = false;
  std::map<store::LineKey, int64_t> seen_;
  std::map<std::string, std::optional<SmartAccountId>> accounts_;
  std::map<SmartAccountId, Tree> trees_;
};

}  // namespace

std::optional<Instant> parse_time(std::string_view text, Instant now) {
  using namespace std::chrono;
  if (!text.starts_with("now")) {
    bool const is_date = text.size() == 10;
    return from_rfc3339(is_date ? std::string(text) + "T00:00:00Z" : std::string(text));
  }
  Instant const base = floor<minutes>(now);
  text.remove_prefix(3);
  if (text.empty()) return base;
  bool const back = text[0] == '-';
  if ((!back && text[0] != '+') || text.back() != 'd') return {};
  auto const number = text.substr(1, text.size() - 2);
  int64_t count = 0;
  if (number.starts_with('-') || !parse_whole(number, count) || count > most_days) return {};
  return base + (back ? -1 : 1) * days(count);
}

CheckedOrders check_orders(db::ReadTx& tx, catalog::Catalog const& catalog, std::string_view csv, CsvFaults& faults) {
  return Checker(tx, catalog, csv, faults).run();
}

}  // namespace menkyo::orders
