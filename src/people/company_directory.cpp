#include "people/company_directory.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "people/store_directory.hpp"

namespace menkyo::people {

namespace {

namespace codes = csv_codes;

// In the order of `columns`.
enum Column : size_t { code, name, native_name, country, postal_code, region, city, line1, line2, domain, removed };
constexpr CsvColumn columns[] = {
    {"code"}, {"name"},  {"native_name", false}, {"country"},       {"postal_code", false}, {"region", false},
    {"city"}, {"line1"}, {"line2", false},       {"domain", false}, {"removed", false}};

// One line of a file, on its way to the job.
struct DirectoryChange {
  wire::Exact<1, 64> code;
  std::optional<CompanyRecord> record;  // absent: the company leaves the directory
};
BOOST_DESCRIBE_STRUCT(DirectoryChange, (), (code, record))

// What the job remembers between its chunks.
struct State {
  wire::Exact<0, 1000> source;
};
BOOST_DESCRIBE_STRUCT(State, (), (source))

template <class T>
T from_json(std::string const& text) {
  T out;
  wire::Errors errors;
  if (!wire::decode(wire::json::parse(text), out, "", errors))
    throw std::logic_error("a stored import of companies does not fit its limits");
  return out;
}

std::string_view csv_code_of(std::string_view code) {
  if (code == "missing" || code == "empty") return codes::missing;
  if (code == "too_long") return codes::too_long;
  if (code == "unknown_country" || code == "unknown_region") return codes::unknown;
  return codes::invalid;
}

class Checker {
 public:
  Checker(std::string_view csv, CsvFaults& faults) : table_(csv, columns, faults), faults_(faults) {}

  std::vector<DirectoryChange> run() {
    while (table_.next()) row();
    if (lines_.empty() && faults_.empty()) faults_.add(1, "code", codes::missing, "the file holds no companies");
    return std::move(out_);
  }

 private:
  void row() {
    DirectoryChange change;
    change.code = own_code();
    bool gone = false;
    auto const word = table_[removed];
    if (word == "true")
      gone = true;
    else if (!word.empty() && word != "false")
      table_.fault(removed, codes::invalid, "must be true or false");
    if (!gone) change.record = record(change.code);
    out_.push_back(std::move(change));
  }

  wire::Exact<1, 64> own_code() {
    std::string const text(table_[code]);
    bool const plain = std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' || c == '_' ||
             c == '-';
    });
    if (text.empty())
      table_.fault(code, codes::missing, "is missing");
    else if (text.size() > 64)
      table_.fault(code, codes::too_long, "must have at most 64 characters");
    else if (!plain)
      table_.fault(code, codes::invalid, "must be of A to Z, a to z, 0 to 9, full stop, underscore and hyphen");
    auto const [at, is_new] = lines_.try_emplace(text, table_.line());
    if (!is_new) table_.fault(code, codes::repeated, "stands in line " + std::to_string(at->second) + " already");
    return text;
  }

  std::string field(Column column) const { return std::string(table_[column]); }

  CompanyRecord record(wire::Exact<1, 64> const& own) {
    wire::Errors errors;
    CompanyRecord out;
    out.code = own;
    auto const latin = read_company_name(table_[name], "/name", errors);
    if (!latin && errors.empty()) wire::add_error(errors, "/name", "missing", "is missing");
    out.name = latin.value_or(CompanyName());
    if (auto native = plain_line(table_[native_name]); !native.empty()) {
      wire::Codec<CompanyName>::check(native, "/native_name", errors);
      out.native_name = CompanyName(native);
    }
    places::PostalAddress const given{field(country), field(postal_code), field(region),
                                      field(city),    field(line1),       field(line2)};
    if (auto address = places::normalize_address(given, "", errors))
      static_cast<places::PostalAddress&>(out) = std::move(*address);
    if (auto const text = field(domain); !text.empty()) {
      auto const normalized = normalize_domain(text);
      if (!normalized) wire::add_error(errors, "/domain", "invalid", "must be a domain");
      out.domain = normalized.value_or("");
    }
    for (auto const& e : errors)
      for (size_t i = 0; i < std::size(columns); ++i)
        if (e.path.substr(1) == columns[i].name) table_.fault(i, csv_code_of(e.code), e.detail);
    return out;
  }

  CsvTable table_;
  CsvFaults& faults_;
  std::vector<DirectoryChange> out_;
  std::map<std::string, int64_t, std::less<>> lines_;  // by code
};

// Without those that say what is there already.
std::vector<DirectoryChange> new_among(db::ReadTx& tx, std::vector<DirectoryChange> const& changes) {
  std::vector<std::string> codes_of_file;
  for (auto const& change : changes) codes_of_file.push_back(change.code);
  std::sort(codes_of_file.begin(), codes_of_file.end());
  std::map<std::string, std::string, std::less<>> known;
  for (auto const& record : store::companies(tx, codes_of_file)) known[record.code] = wire::to_json(record);
  std::vector<DirectoryChange> out;
  for (auto const& change : changes) {
    auto const at = known.find(change.code);
    bool const there =
        change.record ? at != known.end() && at->second == wire::to_json(*change.record) : at == known.end();
    if (!there) out.push_back(change);
  }
  return out;
}

bool write_chunk(db::Tx& tx, jobs::Chunk& chunk, keys::Vault const& vault) {
  auto const input = jobs::next_input(tx, chunk.job_id, chunk.size);
  for (auto const& line : input) {
    auto const change = from_json<DirectoryChange>(line.data);
    store::delete_company(tx, change.code);
    if (change.record)
      store::insert_company(tx, *change.record,
                            company_keys(change.record->name, change.record->native_name.value_or(CompanyName())));
  }
  if (!input.empty()) jobs::drop_input(tx, chunk.job_id, input.back().position);
  chunk.done += int64_t(input.size());
  bool const more = chunk.done < chunk.total && !input.empty();
  if (!more)
    audit::record(tx, vault,
                  {.smart_account_id = {},
                   .kind = audit::EventKind::companies_imported,
                   .actor = {audit::ActorKind::command, {}},
                   .subject_kind = "job",
                   .subject_id = chunk.job_id.bytes,
                   .data = {{"taken", chunk.done}, {"source", std::string(from_json<State>(chunk.state).source)}}});
  return more;
}

}  // namespace

wire::Page<ListedCompany> find_companies(db::ReadTx& tx, api::Caller const&, CompanyQuery const& in) {
  wire::Page<ListedCompany> page;
  auto const key = company_key(in.search);
  if (key.empty()) return page;
  for (auto& record : store::companies_by_key(tx, key, most_companies_found)) {
    ListedCompany found{std::move(record), {}, {}};
    if (auto const* region = places::region_of(found)) {
      found.region_name_en = region->name_en;
      found.region_name_ja = region->name_ja;
    }
    page.items.push_back(std::move(found));
  }
  return page;
}

CompaniesStart start_companies_import(db::Database& database, std::string_view csv, std::string_view source) {
  CompaniesStart out;
  auto const file = Checker(csv, out.report.problems).run();
  if (!out.report.problems.empty()) return out;
  auto const changes = database.read([&](db::ReadTx& tx) { return new_among(tx, file); });
  out.report.taken = int64_t(changes.size());
  out.report.skipped = int64_t(file.size() - changes.size());
  if (changes.empty()) return out;
  auto const id = database.write([&](db::Tx& tx) {
    return jobs::create_job(tx, {.kind = std::string(companies_import_job),
                                 .state = wire::to_json(State{std::string(source.substr(0, 1000))}),
                                 .total = out.report.taken,
                                 .prepared = false});
  });
  // In parts, so that the writer serves others in between; the job begins when all of them are there.
  constexpr size_t at_once = 200;
  for (size_t i = 0; i < changes.size(); i += at_once) {
    std::vector<jobs::InputLine> part;
    for (size_t n = i; n < std::min(changes.size(), i + at_once); ++n)
      part.push_back({int64_t(n), wire::to_json(changes[n])});
    database.write([&](db::Tx& tx) { jobs::add_input(tx, id, part); });
  }
  database.write([&](db::Tx& tx) { jobs::start_job(tx, id); });
  out.job_id = id;
  return out;
}

jobs::JobKind companies_import_kind(keys::Vault const& vault) {
  return {.name = std::string(companies_import_job),
          .step = [&vault](db::Tx& tx, jobs::Chunk& chunk) { return write_chunk(tx, chunk, vault); }};
}

}  // namespace menkyo::people
