#include "app/sample.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <future>
#include <iostream>
#include <sstream>

#include "accounts/accounts.hpp"
#include "app/service.hpp"
#include "catalog/import.hpp"
#include "companies/import.hpp"
#include "orders/orders.hpp"
#include "protocol/json.hpp"

namespace menkyo::app {

namespace {

namespace json = protocol::json;
using access::Permission;

audit::Actor const by_command{audit::ActorKind::command, {}};
constexpr json::Limits sample_limits{16, size_t{4} << 20, 100'000};

std::string read_text(std::filesystem::path const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw std::runtime_error("Cannot read " + path.string() + "; --from names the folder of the sample.");
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

std::string text_of(json::Value const& object, std::string_view name) {
  auto const* found = object.find(name);
  return found ? found->as_string() : "";
}

// 20 characters of the password policy's four kinds; about 100 bits of chance.
std::string random_password(Random& random) {
  constexpr std::string_view kinds[] = {"ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789",
                                        "!#%+-=?"};
  std::string out;
  for (size_t i = 0; i < 20; ++i) {
    auto const kind = kinds[i < 4 ? i : random.below(3)];
    out += kind[random.below(kind.size())];
  }
  return out;
}

struct Credential {
  std::string mail, password, where;
};

// One account while it is loaded.
struct Loaded {
  SmartAccountId id;
  std::string domain;
  api::Caller administrator;
};

class Loader {
 public:
  Loader(Service& service, std::filesystem::path folder)
      : service_(service),
        database_(service.database()),
        vault_(service.vault()),
        folder_(std::move(folder)),
        random_(database_.next_seed()) {}

  void run() {
    auto const accounts = json::parse(read_text(folder_ / "accounts.json"), sample_limits);
    load_catalog();
    load_companies();
    load_operator(accounts.at("operator"));
    std::vector<std::pair<Loaded, json::Value const*>> loaded;
    for (auto const& a : accounts.at("smart_accounts").items()) loaded.emplace_back(load_account(a), &a);
    load_orders();
    for (auto const& [account, a] : loaded) load_devices(account, a->at("devices"));
    set_passwords();
    write_credentials();
    database_.write([](db::Tx& tx) { keys::mark_sample(tx); });
  }

 private:
  void load_catalog() {
    auto const report = catalog::import_catalog(database_, vault_, read_text(folder_ / "catalog.csv"), "catalog.csv",
                                                by_command, service_.groups_changed());
    if (report.taken == 0) throw std::runtime_error("The sample's catalogue was not taken.");
    std::cout << "catalogue: " << report.taken << " records" << std::endl;
  }

  void load_companies() {
    auto const start =
        companies::start_companies_import(database_, read_text(folder_ / "companies.csv"), "companies.csv");
    if (!start.job_id) throw std::runtime_error("The sample's companies were not taken.");
    see_through(*start.job_id, "companies");
    std::cout << "directory of companies: " << start.report.taken << " records" << std::endl;
  }

  PersonId make_person(db::Tx& tx, json::Value const& p, std::string const& mail) {
    people::NewPerson person;
    person.profile.mail = people::Mail(mail);
    person.profile.given_name = wire::Line<0, 100>(text_of(p, "given_name"));
    person.profile.family_name = wire::Line<0, 100>(text_of(p, "family_name"));
    if (auto const family = text_of(p, "native_family_name"); !family.empty())
      person.profile.native_name = people::Name(family + " " + text_of(p, "native_given_name"));
    person.language = text_of(p, "language") == "ja" ? people::Language::ja : people::Language::en;
    return people::create_person(tx, vault_, person, by_command);
  }

  void remember(PersonId id, std::string const& mail, std::string const& where) {
    people_.emplace_back(id, Credential{mail, random_password(random_), where});
  }

  void load_operator(json::Value const& op) {
    for (auto const& p : op.at("people").items()) {
      auto const mail = p.at("mail_local_part").as_string() + "@" + op.at("domain").as_string();
      auto const id = database_.write([&](db::Tx& tx) {
        auto const person = make_person(tx, p, mail);
        for (auto const& word : p.at("operator_roles").items()) {
          access::OperatorRole role;
          if (!from_text(word.as_string(), role)) throw std::runtime_error("unknown operator role in the sample");
          accounts::grant_operator_role(tx, vault_, person, role, by_command);
        }
        return person;
      });
      remember(id, mail, "operator");
    }
  }

  Loaded load_account(json::Value const& a) {
    auto const& persons = a.at("people").items();
    auto const domain = a.at("domain").as_string();
    auto const mail_of = [&](json::Value const& p) { return p.at("mail_local_part").as_string() + "@" + domain; };
    Loaded account;
    account.domain = domain;
    database_.write([&](db::Tx& tx) {
      std::vector<PersonId> ids;
      for (auto const& p : persons) ids.push_back(make_person(tx, p, mail_of(p)));
      auto const& first = persons.front();
      auto const created =
          accounts::create_smart_account(tx, vault_,
                                         {accounts::AccountName(a.at("name").as_string()),
                                          wire::Line<3, 253>(domain),
                                          {people::Mail(mail_of(first)), people::Name(text_of(first, "given_name")),
                                           people::Name(text_of(first, "family_name")), people::Language::ja}},
                                         by_command);
      account.id = created.smart_account.smart_account_id;
      account.administrator.person_id = ids.front();
      load_tree(tx, account, a.at("virtual_accounts"), {});
      for (auto const& p : persons) grant_roles(tx, account, p, mail_of(p));
      made_ = std::move(ids);
    });
    for (size_t i = 0; i < persons.size(); ++i) remember(made_[i], mail_of(persons[i]), domain);
    std::cout << domain << ": virtual accounts and " << persons.size() << " people" << std::endl;
    return account;
  }

  template <class Proof, class In>
  static auto prove(db::ReadTx& tx, Loaded const& account, In const& in) {
    return api::ProofTraits<Proof>::prove(tx, account.administrator, in);
  }

  void load_tree(db::Tx& tx, Loaded const& account, json::Value const& list, std::optional<VirtualAccountId> parent) {
    using MayCreate = access::Access<access::Place, Permission::virtual_account_create>;
    using MayEdit = access::Access<access::VirtualAccount, Permission::account_edit>;
    for (auto const& v : list.items()) {
      accounts::CommerceAccess commerce{};
      from_text(v.at("commerce_access").as_string(), commerce);
      accounts::Description const description(v.at("description").as_string());
      VirtualAccountId id;
      if (!parent && v.at("name").as_string() == accounts::default_virtual_account_name) {
        id = accounts::default_virtual_account(tx, account.id);
        accounts::VirtualAccountChange const in{account.id, id, {}, {}, description, commerce};
        accounts::change_virtual_account(tx, vault_, prove<MayEdit>(tx, account, in), in);
      } else {
        accounts::NewVirtualAccount const in{
            account.id, parent, accounts::VirtualAccountName(v.at("name").as_string()), description, commerce};
        id = accounts::create_virtual_account(tx, vault_, prove<MayCreate>(tx, account, in), in);
      }
      load_tree(tx, account, v.at("children"), id);
    }
  }

  void grant_roles(db::Tx& tx, Loaded const& account, json::Value const& p, std::string const& mail) {
    using MayManage = access::Access<access::Place, Permission::users_manage>;
    for (auto const& g : p.at("grants").items()) {
      accounts::NewRoleGrant in{account.id, people::Mail(mail), {}, {}, {}};
      if (!from_text(g.at("role").as_string(), in.role)) throw std::runtime_error("unknown role in the sample");
      if (auto const* va = g.find("virtual_account")) in.virtual_account_id = find(tx, account, va->as_string());
      accounts::grant_role(tx, vault_, prove<MayManage>(tx, account, in), in);
    }
  }

  VirtualAccountId find(db::ReadTx& tx, Loaded const& account, std::string const& names) {
    auto const va = accounts::find_virtual_account(tx, account.id, names);
    if (!va) throw std::runtime_error("the sample names a virtual account that it does not have: " + names);
    return *va;
  }

  void see_through(JobId id, std::string const& what) {
    auto const job = service_.runner().run_to_end(id);
    if (job.status != jobs::JobStatus::done)
      throw std::runtime_error("The sample's " + what + " were not taken: " + job.problem.value_or(""));
  }

  void load_orders() {
    auto const start =
        orders::start_orders_import(database_, service_.catalogs(), read_text(folder_ / "orders.csv"), "orders.csv");
    if (!start.job_id) throw std::runtime_error("The sample's orders were not taken.");
    see_through(*start.job_id, "orders");
    std::cout << "orders: " << start.report.taken << " lines" << std::endl;
  }

  void load_devices(Loaded const& account, json::Value const& plan) {
    int64_t made = 0;
    for (auto const& d : plan.items()) {
      auto const token = database_.write([&](db::Tx& tx) {
        return devices::create_token(tx, vault_, service_.authority(),
                                     {account.id,
                                      find(tx, account, d.at("virtual_account").as_string()),
                                      "Roll-out of " + d.at("product").as_string(),
                                      tx.now() + std::chrono::days(30),
                                      {},
                                      true,
                                      account.administrator.person_id,
                                      audit::actor(audit::ActorKind::person, account.administrator.person_id)});
      });
      int64_t const count = d.at("count").as_int();
      int64_t const silent = count * d.at("silent_percent").as_int() / 100;
      for (int64_t from = 1; from <= count; from += 50) {
        auto const to = std::min(from + 49, count);
        database_.write([&](db::Tx& tx) {
          for (int64_t n = from; n <= to; ++n)
            load_device(tx, account, protocol::parse_token(token.text), d, n, n <= silent);
        });
      }
      made += count;
    }
    std::cout << account.domain << ": " << made << " product instances" << std::endl;
  }

  void load_device(db::Tx& tx, Loaded const& account, protocol::RegistrationToken const& token, json::Value const& d,
                   int64_t n, bool silent) {
    auto name = d.at("host_name").as_string();
    if (auto const at = name.find("{n}"); at != std::string::npos) name.replace(at, 3, std::to_string(n));
    devices::Registration r{{},
                            token,
                            {},
                            protocol::Key::generate(protocol::Algorithm::es256),
                            tx.new_id<DeviceId>(),
                            {},
                            tx.now() + std::chrono::seconds(service_.desk().policy().identity_validity_s)};
    r.message.seq = 1;
    r.message.sent_at = tx.now();
    r.message.product = d.at("product").as_string();
    r.message.udi.product_id = r.message.product;
    r.message.udi.serial_number = "SMP" + to_hex(tx.random().bytes(5));
    r.message.host_name = name;
    r.message.agent_version = "menkyo-agent/" MENKYO_VERSION;
    tx.random().fill(r.message_hash);
    r.certificate = service_.authority().issue(r.device_id.text(), account.id.text(), r.key, tx.random().bytes(16),
                                               tx.now(), r.identity_expires_at);
    service_.desk().with_context(tx, [&](devices::Context const& context) {
      devices::register_device(tx, context, r);
      devices::MessageItem item;
      item.in.smart_account_id = account.id;
      item.in.device_id = r.device_id;
      item.in.key_thumbprint = r.key.thumbprint();
      item.in.kind = devices::MessageKind::authorize;
      item.in.common.seq = 2;
      item.in.common.sent_at = tx.now();
      tx.random().fill(item.in.message_hash);
      tx.random().fill(item.seed);
      for (auto const& w : d.at("wanted").items())
        item.in.wanted.push_back({w.at("entitlement").as_string(), w.at("quantity").as_int()});
      devices::MessageItem* const items[] = {&item};
      devices::answer_messages(tx, context, items);
      if (item.problem) throw *item.problem;
      if (silent)
        devices::backdate_contact(tx, context, account.id, r.device_id,
                                  tx.now() - std::chrono::days(31 + int64_t(tx.random().below(50))));
    });
  }

  // Through the same operation that a person uses, so that the password policy is kept.
  void set_passwords() {
    for (auto& [person, credential] : people_) {
      auto const token = database_.write([&, id = person](db::Tx& tx) { return people::make_link(tx, vault_, id); });
      std::string body;
      json::Writer(body).begin_object().member("password", credential.password).end_object();
      api::Request request;
      request.method = api::Method::post;
      request.path = "/api/v1/one_time_links/" + token;
      request.headers = {{"content-type", "application/json"}};
      request.body = body;
      std::promise<api::Response> answered;
      service_.handle(std::move(request), [&](api::Response r) { answered.set_value(std::move(r)); });
      auto const response = answered.get_future().get();
      if (response.status != 200) throw std::runtime_error("A sample password was refused: " + response.body);
    }
  }

  void write_credentials() {
    auto const path = service_.settings().data / "sample-credentials";
    ::unlink(path.c_str());
    int const file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0) throw std::runtime_error("Cannot write " + path.string());
    std::string text =
        "# Sample people: mail, password, and the domain they work for. Made at random when the sample was loaded.\n";
    for (auto const& [id, c] : people_) text += c.mail + "  " + c.password + "  " + c.where + "\n";
    bool const written = ::write(file, text.data(), text.size()) == ssize_t(text.size()) && ::fsync(file) == 0;
    ::close(file);
    if (!written) throw std::runtime_error("Cannot write " + path.string());
  }

  Service& service_;
  db::Database& database_;
  keys::Vault const& vault_;
  std::filesystem::path folder_;
  Random random_;
  std::vector<std::pair<PersonId, Credential>> people_;
  std::vector<PersonId> made_;
};

}  // namespace

int load_sample(Settings settings, std::filesystem::path const& folder) {
  if (!settings.loopback()) throw std::runtime_error("The sample is served on a loopback address only.");
  Service service(std::move(settings));
  if (service.database().read([](db::ReadTx& tx) { return keys::is_sample(tx); })) {
    std::cout << "The sample is loaded already.\n";
    return 0;
  }
  if (service.database().read([](db::ReadTx& tx) { return accounts::any_smart_account(tx); }))
    throw std::runtime_error(
        "This database holds accounts already; the sample goes into a new one. Use another --data folder, or "
        "remove this one if an earlier load of the sample was interrupted.");
  Loader(service, folder).run();
  return 0;
}

int print_sample_token(Settings settings) {
  Service service(std::move(settings));
  auto& database = service.database();
  if (!database.read([](db::ReadTx& tx) { return keys::is_sample(tx); }))
    throw std::runtime_error("This database does not hold the sample.");
  auto const token = database.write([&](db::Tx& tx) {
    auto const account = accounts::find_account_by_domain(tx, "hanabi-coffee.example");
    auto const va = account ? accounts::find_virtual_account(tx, *account, "本社") : std::nullopt;
    if (!va) throw std::runtime_error("The sample's account is not there any more.");
    return devices::create_token(
        tx, service.vault(), service.authority(),
        {*account, *va, "Sample device", tx.now() + std::chrono::days(1), 1, true, {}, by_command});
  });
  std::cout << "token=" << token.text << "\nproduct=KZ-2300\nwanted=AZ-RTR-M-ESS=1\n";
  return 0;
}

}  // namespace menkyo::app
