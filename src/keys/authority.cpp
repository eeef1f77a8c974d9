#include "keys/authority.hpp"

#include "keys/store.hpp"
#include "protocol/error.hpp"
#include "protocol/messages.hpp"

namespace menkyo::keys {

namespace {

using std::chrono::days;

// Validity: the root outlives what it signs; devices renew yearly, so an issuing CA of ten years is replaced in time.
constexpr Duration root_validity = days(365 * 25);
constexpr Duration issuing_validity = days(365 * 12);
constexpr Duration signer_validity = days(365 * 12);
// Devices' clocks may be behind by up to the tolerance of the protocol (an hour).
constexpr Duration backdated = std::chrono::hours(2);

struct NewKey {
  std::string purpose;
  protocol::Key key;
  Bytes certificate;
  Instant not_after;
};

protocol::CertificateRequest request(std::string name, std::string const& installation, Random& random, Instant now,
                                     Duration validity) {
  return {{std::move(name), installation, ""}, random.bytes(16), now - backdated, now + validity};
}

std::vector<NewKey> make_keys(std::string const& installation, Random& random, Instant now) {
  auto const make = [] { return protocol::Key::generate(protocol::Algorithm::es256); };
  auto root = make(), issuing = make(), signer = make();
  auto const root_certificate =
      protocol::make_root(request("Menkyo root", installation, random, now, root_validity), root);
  protocol::Issuer const issuer{root_certificate, root};
  auto const issuing_certificate = protocol::make_issuing(
      request("Menkyo issuing CA", installation, random, now, issuing_validity), issuing, issuer);
  auto const signer_certificate =
      protocol::make_signer(request("Menkyo signer", installation, random, now, signer_validity), signer, issuer);
  return {{"root", root, root_certificate, now + root_validity},
          {"issuing", issuing, issuing_certificate, now + issuing_validity},
          {"signer", signer, signer_certificate, now + signer_validity}};
}

constexpr std::string_view answer_types[] = {
    protocol::typ::register_answer,
    protocol::typ::authorize_answer,
    protocol::typ::report_answer,
    protocol::typ::renew_identity_answer,
    protocol::typ::deregister_answer,
    protocol::typ::resync_answer,
    event_head_type,
};

}  // namespace

void ensure_installation(db::Database& database, Vault const& vault) {
  if (database.read([](db::ReadTx& tx) { return store::installation(tx).has_value(); })) return;
  Random random(database.next_seed());
  InstallationId const id{random.uuid7(database.now())};
  auto const keys = make_keys(id.text(), random, database.now());
  database.write([&](db::Tx& tx) {
    if (store::installation(tx)) return;  // another server was quicker
    store::insert_installation(tx, {id, 1, false});
    for (auto const& k : keys)
      store::insert_signing_key(tx,
                                {tx.new_id<KeyId>(), k.purpose, k.certificate,
                                 vault.seal("signing_key", k.key.pkcs8_der(), tx.random()), tx.now(), k.not_after});
  });
}

bool is_sample(db::ReadTx& tx) {
  auto const row = store::installation(tx);
  return row && row->is_sample;
}

void mark_sample(db::Tx& tx) {
  store::mark_sample(tx);
}

std::unique_ptr<Authority> Authority::load(db::Database& database, Vault const& vault) {
  return database.read([&](db::ReadTx& tx) {
    auto authority = std::make_unique<Authority>();
    auto const installation = store::installation(tx);
    if (!installation) throw std::logic_error("the installation was not made");
    authority->installation_ = installation->installation_id.text();
    authority->epoch_ = installation->epoch;
    std::optional<protocol::Key> signer;
    KeyId signer_id;
    auto const rows = store::signing_keys(tx);
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      auto const open = [&] {
        return protocol::Key::from_pkcs8_der(vault.open("signing_key", row->wrapped_private_key));
      };
      if (row->purpose == "root") authority->root_ = row->certificate;
      if (row->purpose == "issuing") authority->issuing_ = {row->certificate, open()};
      if (row->purpose == "signer") {
        authority->signer_ = row->certificate;
        signer = open();
        signer_id = row->key_id;
      }
    }
    if (!signer || authority->root_.empty()) throw std::logic_error("the installation lacks a key");
    authority->root_sha256_ = protocol::sha256(ByteView(authority->root_));
    for (auto const typ : answer_types) {
      protocol::JwsHeader header;
      header.typ = typ;
      header.kid = signer_id.text();
      header.x5c = {authority->signer_};
      authority->signers_.emplace(std::string(typ), protocol::CompactSigner(*signer, header));
    }
    return authority;
  });
}

protocol::CompactSigner const& Authority::signer_for(std::string_view typ) const {
  auto const found = signers_.find(typ);
  if (found == signers_.end()) throw std::logic_error("no signer for " + std::string(typ));
  return found->second;
}

std::string Authority::sign(std::string_view typ, std::string_view payload) const {
  return signer_for(typ).sign(payload);
}

std::vector<std::string> Authority::sign_together(std::vector<Unsigned> const& answers) const {
  std::vector<std::string> out;
  for (auto const& a : answers) out.push_back(signer_for(a.typ).shared_signing_input(a.payload));
  if (!out.empty()) protocol::sign_together(out, signer_for(answers.front().typ).key());
  return out;
}

bool Authority::signed_here(std::string_view typ, std::string_view payload, std::string_view jws) const {
  auto const& key = signer_for(typ).key();
  try {
    auto const parsed = protocol::parse_compact(jws);
    protocol::verify(parsed, key, {typ, ""});
    return parsed.payload == payload;
  } catch (protocol::Error const&) {
    return false;
  }
}

Bytes Authority::issue(std::string const& device_id, std::string const& account_id, protocol::Key const& device_key,
                       Bytes serial, Instant not_before, Instant not_after) const {
  return protocol::make_device_certificate(
      {{device_id, account_id, ""}, std::move(serial), not_before - backdated, not_after}, device_key, issuing_);
}

}  // namespace menkyo::keys
