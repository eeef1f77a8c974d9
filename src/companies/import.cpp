#include "companies/import.hpp"

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "companies/inside.hpp"
#include "companies/store.hpp"

namespace menkyo::companies {

using store::StoredCompany;

namespace {

namespace codes = csv_codes;

// In the order of `columns`.
enum Column : size_t { code, name, native_name, country, postal_code, region, city, line1, line2, domain, removed };
constexpr CsvColumn columns[] = {
    {"code"}, {"name"},  {"native_name", false}, {"country"},       {"postal_code", false}, {"region", false},
    {"city"}, {"line1"}, {"line2", false},       {"domain", false}, {"removed", false}};

// One line of a file, on its way to the job.
struct DirectoryChange {
  CompanyCode code;
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

  CompanyCode own_code() {
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

  CompanyRecord record(CompanyCode const& own) {
    wire::Errors errors;
    CompanyRecord out;
    out.code = own;
    auto const latin = people::read_company_name(table_[name], "/name", errors);
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

// What a file would change: its changes without those that say what is there already, and what is there of the
// others.
struct Difference {
  std::vector<DirectoryChange> changes;
  std::map<std::string, StoredCompany, std::less<>> known;  // by code
  int64_t unchanged = 0;
};

Difference difference(db::ReadTx& tx, std::vector<DirectoryChange> file) {
  std::vector<std::string> codes_of_file;
  for (auto const& change : file) codes_of_file.push_back(change.code);
  std::sort(codes_of_file.begin(), codes_of_file.end());
  Difference out;
  for (auto& company : store::companies(tx, codes_of_file)) out.known.emplace(company.code, std::move(company));
  for (auto& change : file) {
    auto const at = out.known.find(change.code);
    bool const there = change.record ? at != out.known.end() &&
                                           wire::to_json<CompanyRecord>(at->second) == wire::to_json(*change.record)
                                     : at == out.known.end();
    if (there)
      ++out.unchanged;
    else
      out.changes.push_back(std::move(change));
  }
  return out;
}

std::vector<jobs::InputLine> input_lines(std::vector<DirectoryChange> const& changes, size_t from, size_t to) {
  std::vector<jobs::InputLine> out;
  for (size_t n = from; n < std::min(changes.size(), to); ++n) out.push_back({int64_t(n), wire::to_json(changes[n])});
  return out;
}

JobId create_import(db::Tx& tx, std::string_view source, size_t total, std::optional<PersonId> initiator_id) {
  return jobs::create_job(tx, {.kind = std::string(import_job),
                               .state = wire::to_json(State{std::string(source.substr(0, 1000))}),
                               .total = int64_t(total),
                               .initiator_id = initiator_id,
                               .prepared = false});
}

void write_change(db::Tx& tx, DirectoryChange const& change) {
  auto const found = store::companies(tx, {change.code});
  std::optional<std::string> const kept_code = found.empty() ? std::nullopt : found.front().kept_code;
  if (change.record) {
    store::put_company(tx, {*change.record, kept_code});
    if (!kept_code) settle_keys(tx, *change.record);
  } else if (!found.empty()) {
    // What was merged into it did not leave the operator's directory.
    auto const merged = store::merged_into(tx, {change.code});
    for (auto const& company : merged) store::set_kept(tx, company.code, {});
    store::delete_company(tx, change.code);
    for (auto const& company : merged) settle_keys(tx, company);
  }
  if (kept_code)
    for (auto const& kept : store::companies(tx, {*kept_code})) settle_keys(tx, kept);
}

bool write_chunk(db::Tx& tx, jobs::Chunk& chunk, keys::Vault const& vault) {
  store::lock_directory(tx);
  auto const input = jobs::next_input(tx, chunk.job_id, chunk.size);
  for (auto const& line : input) write_change(tx, from_json<DirectoryChange>(line.data));
  if (!input.empty()) jobs::drop_input(tx, chunk.job_id, input.back().position);
  chunk.done += int64_t(input.size());
  bool const more = chunk.done < chunk.total && !input.empty();
  if (!more)
    audit::record(tx, vault,
                  {.smart_account_id = {},
                   .kind = audit::EventKind::companies_imported,
                   .actor = chunk.initiator_id ? audit::actor(audit::ActorKind::staff, *chunk.initiator_id)
                                               : audit::Actor{audit::ActorKind::command, {}},
                   .subject_kind = "job",
                   .subject_id = chunk.job_id.bytes,
                   .data = {{"taken", chunk.done}, {"source", std::string(from_json<State>(chunk.state).source)}}});
  return more;
}

}  // namespace

CompaniesStart start_companies_import(db::Database& database, std::string_view csv, std::string_view source) {
  CompaniesStart out;
  auto const file = Checker(csv, out.report.problems).run();
  if (!out.report.problems.empty()) return out;
  auto const found = database.read([&](db::ReadTx& tx) { return difference(tx, file); });
  out.report.taken = int64_t(found.changes.size());
  out.report.skipped = found.unchanged;
  if (found.changes.empty()) return out;
  auto const id =
      database.write([&](db::Tx& tx) { return create_import(tx, source, found.changes.size(), std::nullopt); });
  // In parts, so that the writer serves others in between; the job begins when all of them are there.
  constexpr size_t at_once = 200;
  for (size_t i = 0; i < found.changes.size(); i += at_once) {
    auto const part = input_lines(found.changes, i, i + at_once);
    database.write([&](db::Tx& tx) { jobs::add_input(tx, id, part); });
  }
  database.write([&](db::Tx& tx) { jobs::start_job(tx, id); });
  out.job_id = id;
  return out;
}

CompaniesFilePreview preview_companies_file(db::ReadTx& tx, DirectoryEditor const&, CompaniesFileText const& in) {
  CsvFaults faults;
  auto file = Checker(in.text, faults).run();
  CompaniesFilePreview out{0, 0, 0, 0, {}, {}, faults.more};
  for (auto& fault : faults.first) {
    if (out.faults.size() < most_previewed)
      out.faults.push_back({fault.line, std::move(fault.column), std::string(fault.code), std::move(fault.reason)});
    else
      ++out.more_faults;
  }
  if (!faults.empty()) return out;
  auto const found = difference(tx, std::move(file));
  out.unchanged = found.unchanged;
  for (auto const& change : found.changes) {
    auto const at = found.known.find(change.code);
    PreviewedCompany shown{change.code, {}, CompanyEffect::removed, {}};
    if (at != found.known.end()) shown.kept_code = at->second.kept_code;
    if (change.record) {
      shown.name = change.record->name;
      shown.effect = at == found.known.end() ? CompanyEffect::added : CompanyEffect::changed;
    }
    ++(shown.effect == CompanyEffect::added     ? out.added
       : shown.effect == CompanyEffect::changed ? out.changed
                                                : out.removed);
    if (out.companies.size() < most_previewed) out.companies.push_back(std::move(shown));
  }
  return out;
}

CompaniesFileImport import_companies_file(db::Tx& tx, DirectoryEditor const& access, CompaniesFile const& in) {
  CsvFaults faults;
  auto const file = Checker(in.text, faults).run();
  if (!faults.empty())
    throw invalid_field("/text", "faulty",
                        "has " + std::to_string(faults.count()) + " faults; the preview tells them line by line");
  auto const found = difference(tx, file);
  CompaniesFileImport out{int64_t(found.changes.size()), {}};
  if (found.changes.empty()) return out;
  auto const id = create_import(tx, in.source, found.changes.size(), access.person_id());
  jobs::add_input(tx, id, input_lines(found.changes, 0, found.changes.size()));
  jobs::start_job(tx, id);
  out.job_id = id;
  return out;
}

jobs::JobKind import_kind(keys::Vault const& vault, std::function<void(db::ReadTx&, PersonId)> prove) {
  return {.name = std::string(import_job),
          .step = [&vault](db::Tx& tx, jobs::Chunk& chunk) { return write_chunk(tx, chunk, vault); },
          .prove = std::move(prove)};
}

}  // namespace menkyo::companies
