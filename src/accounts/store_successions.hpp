#pragma once
// SQL of successions.
#include "accounts/successions.hpp"

namespace menkyo::accounts::store {

struct SuccessionRow {
  SuccessionId succession_id;
  PersonId requester_id;
  SuccessionStatus status;
  std::string domain;
  Bytes wrapped_proof;
  Instant created_at;
  std::optional<SmartAccountId> smart_account_id;
  std::optional<Instant> decided_at;
  std::optional<PersonId> decided_by;
  std::optional<Bytes> wrapped_reason;
  std::optional<Instant> due_at;
  std::optional<PersonId> told_until;
  std::optional<Instant> told_at;
  std::optional<Instant> ended_at;
  int64_t version;
};
void insert_succession(db::Tx& tx, SuccessionRow const& row);
std::optional<SuccessionRow> succession(db::ReadTx& tx, SuccessionId id);
// The same, and nobody changes it until the end of the transaction.
std::optional<SuccessionRow> lock_succession(db::Tx& tx, SuccessionId id);
// Newest first.
std::vector<SuccessionRow> successions_of(db::ReadTx& tx, PersonId requester, Newest<SuccessionId> const& range);
std::vector<SuccessionRow> all_successions(db::ReadTx& tx, std::optional<SuccessionStatus> status,
                                           Newest<SuccessionId> const& range);
std::optional<SuccessionRow> waiting_succession(db::ReadTx& tx, SmartAccountId account);
// Of a person since the identifier `since`; counted up to `limit`.
int64_t count_successions(db::ReadTx& tx, PersonId requester, SuccessionId since, int64_t limit);
int64_t count_open_successions(db::ReadTx& tx, PersonId requester);

// Everything else that changes after the request was made, and one version more.
void update_succession(db::Tx& tx, SuccessionRow const& row);

// Of told_until and told_at alone, without a new version.
void set_succession_told(db::Tx& tx, SuccessionRow const& row);

struct ObjectionRow {
  PersonId person_id;
  bool by_administrator;
  Bytes wrapped_text;
  Instant created_at;
};
// False if that person has objected already.
bool insert_objection(db::Tx& tx, SuccessionId id, ObjectionRow const& row);
bool has_objected(db::ReadTx& tx, SuccessionId id, PersonId person);
std::vector<ObjectionRow> objections(db::ReadTx& tx, SuccessionId id, int64_t limit);
int64_t count_objections(db::ReadTx& tx, SuccessionId id);

}  // namespace menkyo::accounts::store
