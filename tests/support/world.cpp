#include "tests/support/world.hpp"

namespace menkyo::test {

World::World(std::string const& kind) : database(kind) {
  database.open();
  services.add(vault);
  services.add(cursors);
  services.add(outbox);
  services.add(policy);
  authenticator.emplace(*database, vault);
}

void World::serve(std::vector<api::Route> routes) {
  dispatcher.emplace(api::DispatchConfig{.routes = std::move(routes),
                                         .database = &*database,
                                         .services = &services,
                                         .sealer = &vault,
                                         .authenticate = *authenticator,
                                         .otherwise = [](api::Request, api::Reply reply) {
                                           reply({404, {}, "", {}});
                                         }});
}

PersonId World::person(std::string const& mail) {
  return database->write([&](db::Tx& tx) {
    if (auto const known = people::find_person(tx, vault, mail)) return *known;
    auto const name = mail.substr(0, mail.find('@'));
    return people::create_person(tx, vault, {{mail, name, "Test", {}}, people::Language::en}, {});
  });
}

ApiClient World::as(PersonId person) {
  ApiClient client(*dispatcher);
  if (!person) return client;
  auto const token = "session-" + std::to_string(++made_);
  database->write([&](db::Tx& tx) {
    tx.exec(
        "insert into person_session (session_lookup, session_id, person_id, created_at, used_at, expires_at) "
        "values ($1, $2, $3, $4, $4, $5)",
        vault.lookup("person_session", as_bytes(token)), tx.new_id<SessionId>(), person, tx.now(),
        tx.now() + std::chrono::hours(24 * 365));
  });
  client.cookies["menkyo_session"] = token;
  return client;
}

SmartAccountId World::account(std::string const& domain, std::string const& administrator) {
  auto const mail = administrator + "@" + domain;
  auto const id = database->write([&](db::Tx& tx) {
    return accounts::create_smart_account(
               tx, vault, {"Account of " + domain, domain, {mail, "Ada", "Admin", people::Language::en}}, {})
        .smart_account.smart_account_id;
  });
  administrators_[id] = person(mail);
  return id;
}

PersonId World::administrator_of(SmartAccountId account) {
  return administrators_.at(account);
}

VirtualAccountId World::virtual_account(SmartAccountId account, std::string const& name,
                                        std::optional<VirtualAccountId> parent) {
  api::Caller const caller{administrator_of(account), {}};
  return database->write([&](db::Tx& tx) {
    auto const access =
        access::detail::Prover::place<access::Permission::virtual_account_create>(tx, caller, account, parent);
    return accounts::create_virtual_account(tx, vault, access,
                                            {account, parent, name, "", accounts::CommerceAccess::PUBLIC});
  });
}

RoleGrantId World::grant(SmartAccountId account, PersonId person, access::Role role,
                         std::optional<VirtualAccountId> virtual_account, std::optional<Instant> ends_at) {
  return database->write([&](db::Tx& tx) {
    auto const id = tx.new_id<RoleGrantId>();
    tx.exec(
        "insert into role_grant (smart_account_id, role_grant_id, person_id, role, virtual_account_id, created_at, "
        "ends_at) "
        "values ($1, $2, $3, $4, $5, $6, $7)",
        account, id, person, role, virtual_account, tx.now(), ends_at);
    return id;
  });
}

PersonId World::operator_with(access::OperatorRole role) {
  auto const id = person(std::string(to_text(role)) + "@operator.example");
  database->write([&](db::Tx& tx) { accounts::grant_operator_role(tx, vault, id, role, {}); });
  return id;
}

std::vector<SentMail> World::new_mails() {
  auto all = sent_mails(*database, vault);
  all.erase(all.begin(), all.begin() + long(std::exchange(mails_seen_, all.size())));
  return all;
}

std::vector<std::string> World::letters() {
  std::vector<std::string> out;
  for (auto const& mail : new_mails()) out.push_back(mail.template_name + " " + mail.message.to);
  return out;
}

}  // namespace menkyo::test
