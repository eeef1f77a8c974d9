#pragma once
// A whole installation for tests of the device side: database, keys, a small catalogue, one Smart Account with two
// virtual accounts, and the desk that takes device messages. No sockets.

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "devices/desk.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {

// The catalogue of the world. Not enforced, each lending to the next: PRM -> ADV -> ESS. Enforced: the pair HI -> LO,
// and ENF, which stands alone. Export-controlled: EXP. Product KZ-1 may use all of these; OTHER belongs to product
// KZ-2 alone.
struct Quantities : std::map<std::string, int64_t> {
  using std::map<std::string, int64_t>::map;
};

struct TokenWish {
  std::optional<int64_t> max_uses;
  Duration lives = std::chrono::hours(24 * 365);
  bool export_controlled_allowed = true;
  bool second_virtual_account = false;
};

struct DeviceWorldConfig {
  devices::Policy policy{};
  uint64_t seed = 1;
};

// Thread-safe where said; the rest belongs to the test's own thread.
class DeviceWorld {
 public:
  explicit DeviceWorld(std::string const& database_kind, DeviceWorldConfig config = {});
  ~DeviceWorld();

  // What the service takes for now, and everybody with a right clock too.
  Instant now() { return db->now(); }
  void advance(Duration d) { db.clock.advance(d); }

  // Into the first virtual account unless told otherwise; `ends_at` forever makes it perpetual.
  LotId deposit(std::string const& code, int64_t quantity, Instant ends_at = forever,
                std::optional<Instant> starts_at = {});
  LotId deposit_to(VirtualAccountId va, std::string const& code, int64_t quantity);
  devices::CreatedToken token(TokenWish const& wish = {});
  void revoke(RegistrationTokenId id);
  int64_t token_uses(RegistrationTokenId id);

  // One request to the desk and its answer. Thread-safe.
  api::Response exchange(std::string body, std::string const& content_type = "application/jose");
  // What the operator's and people's functions do. Throw Problem.
  void remove(DeviceId device, bool by_person = true);
  devices::Looked look(DeviceId device);
  int settle(VirtualAccountId va);
  // Runs every timer that is due, in order; returns what became of devices.
  std::vector<std::pair<DeviceId, devices::Looked>> run_timers();
  // As after a restore from a backup: the next epoch, and everything that servers keep in memory is gone.
  void begin_epoch(std::optional<int64_t> epoch = {});
  void reopen_desk();
  // As when the program ends and begins again: database, keys and desk anew. Time goes on from where it was, whatever
  // the clock says.
  void restart();
  // The same with the database as save() found it, in an epoch that was not yet.
  void save();
  void restore();

  Quantities granted(DeviceId device);
  licenses::PositionRow position(std::string const& code);
  int64_t events(std::string const& kind);
  int64_t count(std::string_view sql);
  EntitlementId id_of(std::string const& code);
  std::string code_of(EntitlementId id);
  // Sentences about what is broken: ledger, positions, totals, devices counted, tokens within their limits, and use
  // that neither a registered device nor the history explains.
  std::vector<std::string> broken();
  std::vector<std::string> broken_in(db::ReadTx& tx);

  TestDatabase db;
  keys::Vault vault{keys::MasterKey{7}};
  catalog::CatalogCache catalogs;
  std::unique_ptr<keys::Authority> authority;
  std::unique_ptr<devices::Desk> desk;
  devices::Policy policy;
  SmartAccountId account;
  VirtualAccountId va, second_va;

  // For devices' nonces. Thread-safe.
  Bytes chance(size_t count);

 private:
  std::shared_ptr<const catalog::Catalog> catalog();
  void restart_after(std::function<void()> const& between);

  std::mutex chance_mutex_;
  Random chance_;
};

// What broken() says beside the invariants of licenses, in whichever installation's database.
std::vector<std::string> broken_device_rows(db::ReadTx& tx);

}  // namespace menkyo::test
