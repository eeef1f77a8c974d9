#pragma once
// What must hold after every step: the service compared with the model and with itself. Each function gives sentences
// about what does not; each is shown to notice damage by a test.

#include "audit/seal.hpp"
#include "tests/simulation/model.hpp"

namespace menkyo::simulation {

using Faults = std::vector<std::string>;

// One effect per message and action: the events of this instant are those that the model says, each as often and by
// whom. Nothing may come of what was refused, lost or repeated.
void check_effects(db::ReadTx& tx, Model const& model, Faults& faults);
// Every device is as its last accepted message left it, every report kept once, every registration one device.
void check_messages(db::ReadTx& tx, Model const& model, Faults& faults);
// No token lets in more devices than it may, or other ones than it did; revoked ones are.
void check_tokens(db::ReadTx& tx, Model const& model, Faults& faults);
// Every order line once, as it was written; no import under way but those that should be.
void check_orders(db::ReadTx& tx, Model const& model, Faults& faults);
// The tree and the roles.
void check_people(db::ReadTx& tx, Model const& model, Faults& faults);

// The sealed event chains of the account and of the operator's own log, followed link by link.
class Chains {
 public:
  explicit Chains(test::DeviceWorld& world);
  // After a restore.
  void begin_again();
  // Seals what there is.
  void seal();
  // Checks what was added since the last call.
  void check(Faults& faults);
  // Everything anew; nothing may be unsealed.
  void check_all(Faults& faults);

 private:
  audit::ChainCheck make(SmartAccountId account);

  test::DeviceWorld& world_;
  std::map<SmartAccountId, audit::ChainCheck> checks_;
};

}  // namespace menkyo::simulation
