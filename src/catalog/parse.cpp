#include <algorithm>
#include <charconv>
#include <set>

#include "catalog/import.hpp"

namespace menkyo::catalog {

namespace {

namespace codes = csv_codes;

MENKYO_ENUM(Record, family, product, entitlement, substitution, compatibility)

// In the order of `columns`.
enum Column : size_t {
  record_column,
  code,
  family,
  name_en,
  name_ja,
  description_en,
  description_ja,
  tag,
  license_types,
  enforced,
  export_controlled,
  product,
  entitlement,
  lender,
  borrower,
  priority
};
constexpr CsvColumn columns[] = {{"record"},
                                 {"code", false},
                                 {"family", false},
                                 {"name_en", false},
                                 {"name_ja", false},
                                 {"description_en", false},
                                 {"description_ja", false},
                                 {"tag", false},
                                 {"license_types", false},
                                 {"enforced", false},
                                 {"export_controlled", false},
                                 {"product", false},
                                 {"entitlement", false},
                                 {"lender", false},
                                 {"borrower", false},
                                 {"priority", false}};

constexpr size_t longest_code = 64;
constexpr size_t longest_name = 200;
constexpr size_t longest_description = 2000;
constexpr size_t longest_tag = 255;
constexpr int64_t largest_priority = 1'000'000;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
  return out;
}

bool is_software_tag(std::string_view word) {
  auto const digit = [&](size_t i) { return i < word.size() && word[i] >= '0' && word[i] <= '9'; };
  bool const dated = word.starts_with("regid.") && digit(6) && digit(7) && digit(8) && digit(9) && digit(11) &&
                     digit(12) && word[10] == '-' && word.size() > 14 && word[13] == '.';
  auto const comma = word.find(',');
  return dated && comma != std::string_view::npos && comma + 1 < word.size() &&
         std::all_of(word.begin(), word.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

using Lines = std::map<std::string, int64_t, std::less<>>;
using Pair = std::pair<std::string, std::string>;

// Takes the table record by record. They come in any order, so references are looked up at the end.
class Parser {
 public:
  Parser(std::string_view csv, Catalog const& base, CsvFaults& faults)
      : table_(csv, columns, faults), base_(base), faults_(faults) {}

  ParsedCatalog run() {
    while (table_.next()) row();
    if (rows_ == 0 && faults_.empty()) faults_.add(1, "record", codes::missing, "the file holds no records");
    check_references();
    stand_for_products();
    // The graph of a file that is not sound would only tell the same faults again in other words.
    if (faults_.empty()) check_graph();
    return std::move(out_);
  }

 private:
  struct Reference {
    int64_t line;
    Column column;
    Column kind;  // family, product or entitlement
    std::string code;
  };

  void row() {
    ++rows_;
    Record record;
    if (!from_text(table_[record_column], record))
      return table_.fault(record_column, table_[record_column].empty() ? codes::missing : codes::invalid,
                          "must be family, product, entitlement, substitution or compatibility");
    switch (record) {
      case Record::family:
        return family_row();
      case Record::product:
        return product_row();
      case Record::entitlement:
        return entitlement_row();
      case Record::substitution:
        return substitution_row();
      case Record::compatibility:
        return compatibility_row();
    }
  }

  void family_row() {
    only({code, name_en, name_ja});
    out_.families.push_back({own_code(family), text(name_en, 1, longest_name), text(name_ja, 1, longest_name)});
  }

  void product_row() {
    only({code, family, name_en, name_ja, description_en, description_ja});
    out_.products.push_back({{},
                             own_code(product),
                             refer(family, family),
                             text(name_en, 1, longest_name),
                             text(name_ja, 1, longest_name),
                             text(description_en, 0, longest_description),
                             text(description_ja, 0, longest_description)});
  }

  void entitlement_row() {
    only({code, family, name_en, name_ja, description_en, description_ja, tag, license_types, enforced,
          export_controlled});
    Entitlement e;
    e.code = own_code(entitlement);
    e.tag = software_tag();
    e.family_code = refer(family, family);
    e.name_en = text(name_en, 1, longest_name);
    e.name_ja = text(name_ja, 1, longest_name);
    e.description_en = text(description_en, 0, longest_description);
    e.description_ja = text(description_ja, 0, longest_description);
    e.license_types = types();
    e.enforced = truth(enforced);
    e.export_controlled = truth(export_controlled);
    out_.entitlements.push_back(std::move(e));
  }

  void substitution_row() {
    only({lender, borrower, priority});
    ParsedEdge edge{refer(lender, entitlement), refer(borrower, entitlement)};
    auto const word = table_[priority];
    auto const [end, error] = std::from_chars(word.data(), word.data() + word.size(), edge.priority);
    bool const whole = error == std::errc{} && end == word.data() + word.size();
    if (!word.empty() && (!whole || edge.priority < 0 || edge.priority > largest_priority))
      table_.fault(priority, codes::invalid, "must be a whole number from 0 to " + std::to_string(largest_priority));
    if (!edge.lender.empty() && edge.lender == edge.borrower)
      table_.fault(borrower, codes::circle, "must be another than the lender");
    once(edge_lines_, {edge.lender, edge.borrower}, borrower);
    out_.edges.push_back(std::move(edge));
  }

  void compatibility_row() {
    only({product, family, entitlement});
    auto const for_entitlement = refer(entitlement, entitlement);
    bool const whole_family = table_[product].empty() && !table_[family].empty();
    if (!table_[product].empty() && !table_[family].empty())
      table_.fault(family, codes::unexpected, "must be empty where a product is named");
    auto const of = whole_family ? refer(family, family) : refer(product, product);
    once(whole_family ? family_pair_lines_ : pair_lines_, {of, for_entitlement}, entitlement);
    if (whole_family) return family_pairs_.emplace_back(of, for_entitlement), void();
    out_.compatibilities.push_back({of, for_entitlement});
  }

  // A filled field that its record does not have is a slip of a column.
  void only(std::initializer_list<Column> allowed) {
    for (size_t i = 1; i < std::size(columns); ++i)
      if (!table_[i].empty() && std::find(allowed.begin(), allowed.end(), Column(i)) == allowed.end())
        table_.fault(i, codes::unexpected, "must be empty in a record of this kind");
  }

  void once(std::map<Pair, int64_t>& lines, Pair const& identity, Column column) {
    if (identity.first.empty() || identity.second.empty()) return;
    auto const [first, is_new] = lines.emplace(identity, table_.line());
    if (!is_new) table_.fault(column, codes::repeated, "the same record is in line " + std::to_string(first->second));
  }

  bool is_code(Column column) {
    auto const word = table_[column];
    bool const sound = !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
      return is_alphanumeric(c) || c == '.' || c == '_' || c == '-';
    });
    if (word.empty()) {
      table_.fault(column, codes::missing, "is missing");
    } else if (word.size() > longest_code) {
      table_.fault(column, codes::too_long, "must have at most " + std::to_string(longest_code) + " characters");
    } else if (!sound) {
      table_.fault(column, codes::invalid, "must be of letters, digits, full stops, underscores and hyphens");
    }
    return sound && word.size() <= longest_code;
  }

  std::string own_code(Column kind) {
    if (!is_code(code)) return {};
    auto const [first, is_new] = lines_[kind].emplace(std::string(table_[code]), table_.line());
    if (!is_new) table_.fault(code, codes::repeated, "is in line " + std::to_string(first->second) + " already");
    return first->first;
  }

  std::string refer(Column column, Column kind) {
    if (!is_code(column)) return {};
    references_.push_back({table_.line(), column, kind, std::string(table_[column])});
    return references_.back().code;
  }

  std::string text(Column column, size_t min, size_t max) {
    auto const word = table_[column];
    size_t const length = count_characters(word);
    if (length < min) table_.fault(column, codes::missing, "is missing");
    if (length > max)
      table_.fault(column, codes::too_long, "must have at most " + std::to_string(max) + " characters");
    return std::string(word);
  }

  std::string software_tag() {
    std::string word(table_[tag]);
    if (word.empty()) return table_.fault(tag, codes::missing, "is missing"), word;
    if (word.size() > longest_tag)
      return table_.fault(tag, codes::too_long, "must have at most " + std::to_string(longest_tag) + " characters"),
             word;
    if (!is_software_tag(word))
      return table_.fault(tag, codes::invalid, "must be of the form regid.YYYY-MM.DOMAIN.NAME,VERSION_UUID"), word;
    auto const [first, is_new] = lines_[tag].emplace(word, table_.line());
    if (!is_new) table_.fault(tag, codes::repeated, "is in line " + std::to_string(first->second) + " already");
    auto const* other = base_.find_entitlement_by_tag(word);
    if (other && other->code != table_[code])
      table_.fault(tag, codes::repeated, "is the tag of the entitlement " + other->code);
    return word;
  }

  std::vector<LicenseType> types() {
    std::vector<LicenseType> out;
    auto words = table_[license_types];
    if (words.empty()) return table_.fault(license_types, codes::missing, "is missing"), out;
    for (bool more = true; more;) {
      auto const bar = words.find('|');
      more = bar != std::string_view::npos;
      LicenseType type{};
      bool const known =
          words.substr(0, bar) != upper(words.substr(0, bar)) && from_text(upper(words.substr(0, bar)), type);
      if (!known || std::find(out.begin(), out.end(), type) != out.end())
        return table_.fault(license_types, codes::invalid,
                            "must be one or more of perpetual, term and demo, each once, separated by |"),
               out;
      out.push_back(type);
      words.remove_prefix(more ? bar + 1 : words.size());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

  bool truth(Column column) {
    auto const word = table_[column];
    if (!word.empty() && word != "true" && word != "false")
      table_.fault(column, codes::invalid, "must be true or false");
    return word == "true";
  }

  bool is_known(Column kind, std::string const& wanted) {
    if (lines_[kind].contains(wanted)) return true;
    if (kind == product) return base_.find_product(wanted);
    if (kind == entitlement) return base_.find_entitlement(wanted);
    return std::any_of(base_.families().begin(), base_.families().end(),
                       [&](Family const& f) { return f.family_code == wanted; });
  }

  void check_references() {
    for (auto const& r : references_)
      if (!is_known(r.kind, r.code))
        faults_.add(r.line, columns[r.column].name, codes::unknown,
                    "there is no " + std::string(columns[r.kind].name) + " " + r.code);
  }

  // Families in compatibility records become their products, those of the file and those that were there.
  void stand_for_products() {
    std::map<std::string, std::string> family_of;
    for (auto const& p : base_.products()) family_of[p.code] = p.family_code;
    for (auto const& p : out_.products) family_of[p.code] = p.family_code;
    std::multimap<std::string_view, std::string_view> of_family;
    for (auto const& [product_code, family_code] : family_of) of_family.emplace(family_code, product_code);
    std::set<ParsedCompatibility> all(out_.compatibilities.begin(), out_.compatibilities.end());
    for (auto const& [family_code, entitlement_code] : family_pairs_) {
      auto const [begin, end] = of_family.equal_range(family_code);
      for (auto at = begin; at != end; ++at) all.insert({std::string(at->second), entitlement_code});
    }
    out_.compatibilities.assign(all.begin(), all.end());
  }

  // ---- The graph of substitution, as it will be ----

  struct Edge {
    std::string_view lender, borrower;
    int64_t line;  // in the file; 0 for those that were there
    bool done = false;
  };

  std::vector<Edge> all_edges() const {
    std::vector<Edge> out;
    for (auto const& edge : base_.substitutions()) {
      std::string const& from = base_.find_entitlement(edge.lender_id)->code;
      std::string const& to = base_.find_entitlement(edge.borrower_id)->code;
      if (!edge_lines_.contains({from, to})) out.push_back({from, to, 0});
    }
    for (auto const& [ends, line] : edge_lines_) out.push_back({ends.first, ends.second, line});
    return out;
  }

  void check_graph();
  void check_group_sizes(std::vector<Edge> const& edges);
  // Takes off edges from one end - those whose `near` end no edge not yet taken off leads to - as long as there are
  // any.
  static void peel(std::vector<Edge>& edges, std::string_view Edge::*near, std::string_view Edge::*far,
                   std::map<std::string_view, size_t>& distance);

  CsvTable table_;
  Catalog const& base_;
  CsvFaults& faults_;
  ParsedCatalog out_;
  int64_t rows_ = 0;
  std::map<Column, Lines> lines_;
  std::map<Pair, int64_t> edge_lines_, pair_lines_, family_pair_lines_;
  std::vector<Pair> family_pairs_;
  std::vector<Reference> references_;
};

void Parser::check_graph() {
  auto edges = all_edges();
  std::map<std::string_view, size_t> depth, unused;
  peel(edges, &Edge::lender, &Edge::borrower, depth);
  peel(edges, &Edge::borrower, &Edge::lender, unused);
  // What can be taken off from neither end lies on a cycle or between two.
  bool sound = true;
  for (auto const& edge : edges) {
    if (edge.done) continue;
    sound = false;
    if (edge.line > 0) faults_.add(edge.line, "borrower", codes::circle, "closes a circle of substitutions");
  }
  if (!sound) return;
  for (auto const& edge : edges)
    if (edge.line > 0 && depth[edge.borrower] >= max_substitution_depth)
      faults_.add(edge.line, "borrower", codes::too_large,
                  "is more than " + std::to_string(max_substitution_depth - 1) + " steps below the highest tier");
  check_group_sizes(edges);
}

void Parser::peel(std::vector<Edge>& edges, std::string_view Edge::*near, std::string_view Edge::*far,
                  std::map<std::string_view, size_t>& distance) {
  std::multimap<std::string_view, Edge*> from;
  std::map<std::string_view, size_t> waiting;
  for (auto& edge : edges) {
    if (edge.done) continue;
    from.emplace(edge.*near, &edge);
    ++waiting[edge.*far];
  }
  std::vector<std::string_view> ready;
  for (auto const& [name, edge] : from)
    if (!waiting.contains(name) && (ready.empty() || ready.back() != name)) ready.push_back(name);
  while (!ready.empty()) {
    auto const here = ready.back();
    ready.pop_back();
    auto const [begin, end] = from.equal_range(here);
    for (auto at = begin; at != end; ++at) {
      auto const to = at->second->*far;
      at->second->done = true;
      distance[to] = std::max(distance[to], distance[here] + 1);
      if (--waiting[to] == 0) ready.push_back(to);
    }
  }
}

void Parser::check_group_sizes(std::vector<Edge> const& edges) {
  std::multimap<std::string_view, Edge const*> at;
  for (auto const& edge : edges) {
    at.emplace(edge.lender, &edge);
    at.emplace(edge.borrower, &edge);
  }
  std::set<std::string_view> seen;
  for (auto const& [start, unused] : at) {
    std::vector<std::string_view> open{start};
    size_t members = 0;
    int64_t line = 0;
    while (!open.empty()) {
      auto const here = open.back();
      open.pop_back();
      if (!seen.insert(here).second) continue;
      ++members;
      auto const [begin, end] = at.equal_range(here);
      for (auto edge = begin; edge != end; ++edge) {
        line = std::max(line, edge->second->line);
        open.push_back(edge->second->lender);
        open.push_back(edge->second->borrower);
      }
    }
    if (members > max_group_members && line > 0)
      faults_.add(line, "borrower", codes::too_large,
                  "connects more than " + std::to_string(max_group_members) + " entitlements by substitution");
  }
}

}  // namespace

ParsedCatalog parse_catalog(std::string_view csv, Catalog const& base, CsvFaults& faults) {
  return Parser(csv, base, faults).run();
}

}  // namespace menkyo::catalog
