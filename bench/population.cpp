#include "bench/population.hpp"

#include <algorithm>
#include <fstream>
#include <future>
#include <sstream>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "audit/seal.hpp"
#include "bench/population_devices.hpp"
#include "licenses/invariants.hpp"
#include "protocol/json.hpp"

namespace menkyo::bench {

namespace {

namespace json = protocol::json;
using access::Permission;

audit::Actor const by_command{audit::ActorKind::command, {}};
constexpr size_t options = 12;
constexpr char administrator_mail[] = "sora@aozora.example";
constexpr char administrator_password[] = "Kaze-wo-uketa-42-no-ho!";

// PRM lends to ADV, ADV to ESS: a group of three is settled with every draw. The options stand alone.
std::string catalog_csv() {
  std::string csv =
      "record,code,family,name_en,name_ja,tag,license_types,enforced,export_controlled,product,entitlement,lender,"
      "borrower,priority\n"
      "family,KAZE,,Kaze routers,風ルーター,,,,,,,,,\n"
      "product,KZ-1,KAZE,Kaze 1,風1,,,,,,,,,\n"
      "substitution,,,,,,,,,,,PRM,ADV,1\n"
      "substitution,,,,,,,,,,,ADV,ESS,1\n"
      "compatibility,,,,,,,,,KZ-1,ADV,,,\n"
      "compatibility,,,,,,,,,KZ-1,ESS,,,\n";
  auto const add = [&](std::string const& code, std::string const& en, std::string const& ja) {
    csv += "entitlement," + code + ",KAZE," + en + "," + ja + ",\"regid.2026-01.example.kaze." + code + ",1.0_" +
           code + "\",perpetual|term,false,false,,,,,\n";
  };
  add("PRM", "Premier", "最上");
  add("ADV", "Advantage", "拡張");
  add("ESS", "Essentials", "基本");
  for (size_t i = 0; i < options; ++i)
    add("OPT-" + std::to_string(10 + i), "Option " + std::to_string(i), "オプション" + std::to_string(i));
  return csv;
}

std::filesystem::path file_of(app::Settings const& settings) {
  return settings.data / "population.json";
}

template <class F>
void in_chunks(size_t count, size_t chunk, F&& f) {
  for (size_t from = 0; from < count; from += chunk) f(from, std::min(count, from + chunk));
}

class Populating {
 public:
  Populating(app::Settings const& settings, Size const& size)
      : out_{Plan(size, system_clock().now()), {}, {}, {}, administrator_mail, administrator_password},
        clock_(out_.plan.from()),
        seeds_(size.seed),
        service_(settings, clock_, seeds_) {}

  Population run() {
    auto const report = catalog::import_catalog(service_.database(), service_.vault(), catalog_csv(),
                                                "population.csv", by_command, service_.groups_changed());
    if (report.problems.count() != 0)
      throw std::logic_error("the catalogue: " + report.problems.first.front().reason);
    // The import left a job that would go through all positions, once there are some, beside whatever is measured.
    while (service_.runner().run_once()) {
    }
    make_account();
    set_password();
    count_devices();
    make_tree();
    make_users();
    make_pools();
    make_options();
    clock_.advance(std::chrono::seconds(1));
    write_devices(service_, clock_, out_);
    clock_.set(out_.plan.until());
    settle_books();
    settle_terms();
    seal_all(service_);
    return std::move(out_);
  }

 private:
  db::Database& database() { return service_.database(); }
  size_t virtual_accounts() const { return out_.plan.size().virtual_accounts; }

  void make_account() {
    database().write([&](db::Tx& tx) {
      auto const created = accounts::create_smart_account(
          tx, service_.vault(),
          {accounts::AccountName("Aozora"),
           wire::Line<3, 253>("aozora.example"),
           {people::Mail(administrator_mail), people::Name("Sora"), people::Name("Ao"), people::Language::ja}},
          by_command);
      out_.smart_account_id = created.smart_account.smart_account_id;
      administrator_.person_id = *people::find_person(tx, service_.vault(), administrator_mail);
    });
  }

  void set_password() {
    auto const token = database().write(
        [&](db::Tx& tx) { return people::make_link(tx, service_.vault(), administrator_.person_id); });
    api::Request request;
    request.method = api::Method::post;
    request.path = "/api/v1/one_time_links/" + token;
    request.headers = {{"content-type", "application/json"}};
    json::Writer(request.body).begin_object().member("password", administrator_password).end_object();
    std::promise<api::Response> answered;
    service_.handle(std::move(request), [&](api::Response r) { answered.set_value(std::move(r)); });
    if (auto const response = answered.get_future().get(); response.status != 200)
      throw std::runtime_error("the password was refused: " + response.body);
  }

  void make_users() {
    using MayManage = access::Access<access::Place, Permission::users_manage>;
    in_chunks(out_.plan.size().users, 100, [&](size_t from, size_t to) {
      database().write([&](db::Tx& tx) {
        for (size_t i = from; i < to; ++i) {
          people::Mail const mail("user" + std::to_string(i) + "@aozora.example");
          people::create_person(tx, service_.vault(), {{mail, "Sora", "Ao", {}}, people::Language::ja}, by_command);
          bool const whole = i % 20 == 0;
          accounts::NewRoleGrant in{
              out_.smart_account_id, mail, whole ? access::Role::sa_user : access::Role::va_user, {}, {}};
          if (!whole) in.virtual_account_id = out_.virtual_accounts[i % virtual_accounts()];
          accounts::grant_role(tx, service_.vault(), api::ProofTraits<MayManage>::prove(tx, administrator_, in), in);
        }
      });
      seal_all(service_);
    });
  }

  void count_devices() {
    devices_.assign(virtual_accounts(), 0);
    silent_.assign(virtual_accounts(), 0);
    changing_.assign(virtual_accounts(), 0);
    for (size_t i = 0; i < out_.plan.size().devices; ++i) {
      auto const d = out_.plan.device(i);
      ++devices_[d.virtual_account];
      silent_[d.virtual_account] += out_.plan.is_silent(d);
      changing_[d.virtual_account] += d.quantity;
    }
  }

  // Up to twenty regions, each level below twelve times as wide as the one above.
  void make_tree() {
    using MayCreate = access::Access<access::Place, Permission::virtual_account_create>;
    constexpr size_t regions = 20, children = 12;
    in_chunks(virtual_accounts(), 100, [&](size_t from, size_t to) {
      database().write([&](db::Tx& tx) {
        out_.virtual_accounts.resize(from);
        out_.tokens.resize(from);
        for (size_t i = from; i < to; ++i) {
          std::optional<VirtualAccountId> parent;
          if (i >= regions) parent = out_.virtual_accounts.at((i - regions) / children);
          accounts::NewVirtualAccount const in{out_.smart_account_id, parent,
                                               accounts::VirtualAccountName("Site " + std::to_string(10'001 + i)),
                                               accounts::Description(""), accounts::CommerceAccess::PRIVATE};
          auto const proof = api::ProofTraits<MayCreate>::prove(tx, administrator_, in);
          auto const va = accounts::create_virtual_account(tx, service_.vault(), proof, in);
          out_.virtual_accounts.push_back(va);
          out_.tokens.push_back(
              devices::create_token(tx, service_.vault(), service_.authority(),
                                    {out_.smart_account_id,
                                     va,
                                     "Roll-out",
                                     clock_.now() + std::chrono::days(3650),
                                     {},
                                     true,
                                     administrator_.person_id,
                                     audit::actor(audit::ActorKind::person, administrator_.person_id)})
                  .text);
        }
      });
      seal_all(service_);
    });
  }

  // One transaction for some virtual accounts: `each(books, va)` of all of them on books with all their groups.
  template <class F>
  void with_books(size_t from, size_t to, std::vector<std::string> const& codes, F&& each) {
    database().write([&](db::Tx& tx) {
      auto const catalog = service_.catalogs().at(tx);
      licenses::Books books(tx, service_.vault(), *catalog);
      std::vector<licenses::GroupKey> keys;
      for (size_t va = from; va < to; ++va)
        for (auto const& code : codes)
          keys.push_back(books.key_of(out_.smart_account_id, out_.virtual_accounts[va],
                                      catalog->find_entitlement(code)->entitlement_id));
      books.load(keys);
      for (size_t va = from; va < to; ++va) each(*catalog, books, va);
      books.store(by_command);
    });
    seal_all(service_);
  }

  licenses::Deposit deposit(catalog::Catalog const& catalog, size_t va, std::string const& code, int64_t quantity) {
    return {out_.smart_account_id,
            out_.virtual_accounts[va],
            catalog.find_entitlement(code)->entitlement_id,
            licenses::LicenseType::PERPETUAL,
            quantity,
            clock_.now(),
            forever,
            {},
            "order",
            "B-" + std::to_string(va) + "/" + code,
            by_command};
  }

  // Enough for two licenses each and more devices to come, but in those few that are short.
  void make_pools() {
    in_chunks(virtual_accounts(), 100, [&](size_t from, size_t to) {
      with_books(from, to, {"PRM"}, [&](auto const& catalog, auto& books, size_t va) {
        for (auto const* code : {"PRM", changing_entitlement, steady_entitlement}) {
          auto d = deposit(catalog, va, code, 2 * devices_[va] + 100'000);
          if (out_.plan.is_short(va)) d.quantity = 1;
          books.deposit(d);
        }
      });
    });
  }

  // The other lots: subscriptions that end some day, some that have not begun, some that have ended.
  void make_options() {
    auto const lots = out_.plan.size().lots - 3 * virtual_accounts();
    std::vector<std::string> codes;
    for (size_t i = 0; i < options; ++i) codes.push_back("OPT-" + std::to_string(10 + i));
    in_chunks(virtual_accounts(), 50, [&](size_t from, size_t to) {
      with_books(from, to, codes, [&](auto const& catalog, auto& books, size_t va) {
        for (size_t lot = va; lot < lots; lot += virtual_accounts())
          books.deposit(option(catalog, va, lot, codes[lot / virtual_accounts() % options]));
      });
    });
  }

  // Nothing of it begins or ends within the next month, so that a kept population stays as it is.
  licenses::Deposit option(catalog::Catalog const& catalog, size_t va, size_t lot, std::string const& code) {
    auto d = deposit(catalog, va, code, int64_t(1 + lot % 500));
    using std::chrono::days;
    d.source_reference = "C-" + std::to_string(lot) + "/1";
    if (lot % 4 == 0) return d;
    d.license_type = licenses::LicenseType::TERM;
    d.subscription = "SUB-" + std::to_string(lot);
    d.ends_at = out_.plan.until() + days(31 + lot % 700);
    if (lot % 20 == 1) d.starts_at = out_.plan.until() + days(31);
    if (lot % 20 == 1) d.ends_at = out_.plan.until() + days(396);
    if (lot % 20 == 2) d.starts_at = clock_.now() - days(365);
    if (lot % 20 == 2) d.ends_at = clock_.now() - days(1);
    return d;
  }

  void settle_books() {
    in_chunks(virtual_accounts(), 100, [&](size_t from, size_t to) {
      with_books(from, to, {"PRM"}, [&](auto const& catalog, auto& books, size_t va) {
        auto const use = [&](char const* code, int64_t quantity) {
          books.change_use(out_.smart_account_id, out_.virtual_accounts[va],
                           catalog.find_entitlement(code)->entitlement_id, quantity);
        };
        use(changing_entitlement, changing_[va]);
        use(steady_entitlement, devices_[va]);
        books.change_devices(out_.smart_account_id, out_.virtual_accounts[va], devices_[va], silent_[va]);
      });
      database().write([&](db::Tx& tx) {
        std::vector<TokenUses> uses;
        for (size_t va = from; va < to; ++va)
          uses.push_back({out_.smart_account_id, out_.virtual_accounts[va], devices_[va]});
        set_token_uses(tx, uses);
      });
    });
  }

  // As the jobs of a server would have done meanwhile.
  void settle_terms() {
    in_chunks(virtual_accounts(), 100, [&](size_t from, size_t to) {
      database().write([&](db::Tx& tx) {
        auto const catalog = service_.catalogs().at(tx);
        for (size_t va = from; va < to; ++va)
          licenses::settle_due(tx, service_.vault(), *catalog, out_.smart_account_id, out_.virtual_accounts[va]);
      });
    });
  }

  Population out_;
  ManualClock clock_;
  FixedSeeds seeds_;
  app::Service service_;
  api::Caller administrator_;
  // By virtual account: how many, how many of them are silent, and what they use of what changes.
  std::vector<int64_t> devices_, silent_, changing_;
};

void write_file(app::Settings const& settings, Plan const& plan) {
  std::string out;
  json::Writer w(out);
  auto const& s = plan.size();
  w.begin_object().member("devices", int64_t(s.devices)).member("virtual_accounts", int64_t(s.virtual_accounts));
  w.member("lots", int64_t(s.lots)).member("changes", int64_t(s.changes)).member("seed", int64_t(s.seed));
  w.member("users", int64_t(s.users));
  w.member("until", to_us(plan.until())).end_object();
  std::ofstream file(file_of(settings), std::ios::binary);
  file << out << "\n";
  if (!file.flush()) throw std::runtime_error("cannot write " + file_of(settings).string());
}

Plan read_file(app::Settings const& settings) {
  std::ifstream file(file_of(settings), std::ios::binary);
  if (!file) throw std::runtime_error("there is no " + file_of(settings).string());
  std::stringstream text;
  text << file.rdbuf();
  auto const j = json::parse(text.str());
  auto const number = [&](char const* name) { return size_t(j.at(name).as_int()); };
  return {{number("devices"), number("virtual_accounts"), number("lots"), number("changes"), number("seed"),
           number("users")},
          from_us(j.at("until").as_int())};
}

}  // namespace

Population populate(app::Settings settings, Size const& size) {
  settings.database_answer_s = 3600;
  auto out = Populating(settings, size).run();
  write_file(settings, out.plan);
  return out;
}

Population open_population(app::Settings const& settings) {
  Population out{read_file(settings), {}, {}, {}, administrator_mail, administrator_password};
  app::Service service(settings);
  service.database().read([&](db::ReadTx& tx) {
    out.smart_account_id = accounts::all_smart_accounts(tx).at(0);
    for (auto const& token : tokens_in_order(tx, out.smart_account_id)) {
      out.virtual_accounts.push_back(token.virtual_account_id);
      out.tokens.push_back(devices::token_text(service.vault(), service.authority(), out.smart_account_id,
                                               token.registration_token_id, token.wrapped_secret));
    }
  });
  return out;
}

std::vector<std::string> faults_of(app::Settings const& settings, Population const& population) {
  app::Service service(settings);
  auto const account = population.smart_account_id;
  auto faults = service.database().read(
      [&](db::ReadTx& tx) { return licenses::broken_invariants(tx, *service.catalogs().at(tx), account); });
  audit::ChainCheck check(
      service.vault(),
      [&](std::string_view text, std::string_view signature) {
        return service.authority().signed_here(keys::event_head_type, text, signature);
      },
      account);
  while (service.database().read([&](db::ReadTx& tx) { return check.further(tx); })) {
  }
  auto const& found = check.report().faults;
  faults.insert(faults.end(), found.begin(), found.end());
  return faults;
}

db::DatabaseConfig unhurried(std::string const& url) {
  db::DatabaseConfig config;
  config.url = url;
  config.answer_limit = std::chrono::hours(1);
  return config;
}

}  // namespace menkyo::bench
