#include "tests/simulation/vendor.hpp"

#include <algorithm>

#include "orders/orders.hpp"
#include "tests/simulation/scene.hpp"

namespace menkyo::simulation {

using std::chrono::hours;

namespace {

constexpr std::array<char const*, 7> codes{"PRM", "ADV", "ESS", "HI", "LO", "ENF", "EXP"};

}  // namespace

Vendor::Vendor(test::DeviceWorld& world, Model& model, Random& random)
    : world_(world), model_(model), random_(random) {
  open();
}

void Vendor::open() {
  jobs::RunnerConfig config;
  config.largest_chunk = 1;  // so that what a round does does not follow from how fast the machine is
  runner_.emplace(*world_.db, config);
  runner_->add(orders::import_kind(world_.vault, world_.catalogs, [](db::ReadTx&, PersonId) {}));
  leads_ = false;
}

std::string Vendor::act() {
  if (one_in(2)) return hand_in();
  auto const starts_at = world_.now() + hours(int64_t(chance(5)) * 24);
  auto const ends_at = one_in(3) ? forever : starts_at + hours(24 * int64_t(1 + chance(20)));
  deposit(codes[chance(codes.size())], int64_t(1 + chance(6)), ends_at, starts_at);
  return "deposit";
}

void Vendor::deposit(std::string const& code, int64_t quantity, Instant ends_at, Instant starts_at) {
  world_.deposit(code, quantity, ends_at, starts_at);
  model_.deposited({code, quantity, starts_at, ends_at});
}

std::vector<OrderLine> Vendor::new_file() {
  std::vector<OrderLine> lines;
  auto const order = "A-" + std::to_string(++orders_);
  for (int64_t n = 1; n <= int64_t(1 + chance(3)); ++n) {
    auto const starts_at = std::chrono::floor<hours>(world_.now()) + hours(int64_t(chance(3)) * 24);
    lines.push_back({order,
                     n,
                     {codes[chance(codes.size())], int64_t(1 + chance(3)), starts_at,
                      one_in(3) ? forever : starts_at + hours(24 * int64_t(2 + chance(20)))}});
  }
  return lines;
}

std::string Vendor::csv_of(std::vector<OrderLine> const& lines) const {
  std::string csv =
      "order,line,ordered_at,account_domain,virtual_account,entitlement,license_type,quantity,starts_at,ends_at,"
      "subscription\n";
  for (auto const& line : lines)
    csv += line.order + "," + std::to_string(line.number) + ",2026-01-01,aozora.example," + model_.first.text() +
           "," + line.lot.code + (line.lot.ends_at == forever ? ",perpetual," : ",term,") +
           std::to_string(line.lot.quantity) + "," + to_rfc3339(line.lot.starts_at) + "," +
           (line.lot.ends_at == forever ? "" : to_rfc3339(line.lot.ends_at)) + ",\n";
  return csv;
}

std::string Vendor::hand_in() {
  auto lines = !files_.empty() && one_in(3) ? files_[chance(files_.size())] : new_file();
  std::string what = "import orders";
  if (one_in(6)) {
    lines.front().lot.quantity += 10;
  } else if (one_in(8)) {
    lines.back().lot.code = "NONE";
  } else {
    files_.push_back(lines);
  }
  int64_t skipped = 0;
  bool refused = false;
  std::vector<OrderLine> fresh;
  for (auto const& line : lines) {
    auto const known = model_.order_lines.find(line.reference());
    if (known == model_.order_lines.end())
      fresh.push_back(line);
    else if (known->second == line)
      ++skipped;
    else
      what = "import orders: conflict", refused = true;
  }
  if (lines.back().lot.code == "NONE") what = "import orders: unknown", refused = true;
  auto const started = orders::start_orders_import(*world_.db, world_.catalogs, csv_of(lines), "orders.csv");
  auto const& report = started.report;
  if (report.problems.empty() == refused) throw Unexpected(what + ": the file was judged otherwise");
  if (refused) {
    if (started.job_id) throw Unexpected(what + ": a job was made");
    return what;
  }
  if (report.skipped != skipped || report.taken != int64_t(fresh.size()) ||
      started.job_id.has_value() == fresh.empty())
    throw Unexpected("of a file, " + std::to_string(report.taken) + " lines were taken and " +
                     std::to_string(report.skipped) + " passed over, not " + std::to_string(fresh.size()) + " and " +
                     std::to_string(skipped));
  if (fresh.empty()) return what + " again";
  std::sort(fresh.begin(), fresh.end(), [this](OrderLine const& a, OrderLine const& b) {
    return std::tuple(world_.id_of(a.lot.code), a.order, a.number) <
           std::tuple(world_.id_of(b.lot.code), b.order, b.number);
  });
  model_.imports[*started.job_id] = {std::move(fresh)};
  return what;
}

// A lease that nobody gave back is waited for; one's own is renewed when a third of it is used up.
bool Vendor::may_work() {
  using std::chrono::seconds;
  auto const now = world_.now();
  auto const period = seconds(15);
  if (!leads_ && model_.leased_until > now) return false;
  if (!leads_ || now + period * 2 / 3 >= model_.leased_until) model_.leased_until = now + period;
  return leads_ = true;
}

std::string Vendor::work() {
  bool const works = may_work();
  runner_->run_once();
  if (!works) return "import waits for a lease";
  if (model_.imports.empty()) return "";
  for (auto at = model_.imports.begin(); at != model_.imports.end();) {
    take(at->second);
    if (at->second.lines.empty())
      at = model_.imports.erase(at);
    else
      ++at;
  }
  return "import goes on";
}

// The next line: deposited, passed over because another import was faster, or the end of the import.
void Vendor::take(Import& import) {
  auto const line = import.lines.front();
  import.lines.erase(import.lines.begin());
  auto const [known, is_new] = model_.order_lines.emplace(line.reference(), line);
  if (!is_new && !(known->second == line)) return import.lines.clear();
  if (is_new) model_.deposited(line.lot);
  if (import.lines.empty()) model_.effect("orders_imported", {}, "it", by_command());
}

}  // namespace menkyo::simulation
