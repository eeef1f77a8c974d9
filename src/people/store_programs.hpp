#pragma once
#include "people/programs.hpp"

namespace menkyo::people::store {

struct ProgramRow {
  ProgramId program_id;
  PersonId person_id;
  std::optional<SmartAccountId> smart_account_id;
  std::string name;
  bool only_reads;
  Instant created_at;
  std::optional<Instant> ends_at, used_at;
  int64_t version;
};
void insert_program(db::Tx& tx, ProgramRow const& row);
// Not those that were ended, here and below. `lock_program` also keeps others from changing it until the end of the
// transaction.
std::optional<ProgramRow> program(db::ReadTx& tx, ProgramId id);
std::optional<ProgramRow> lock_program(db::Tx& tx, ProgramId id);
std::vector<ProgramRow> programs_of_person(db::ReadTx& tx, PersonId person, int64_t limit);
// In the order of their identifiers, behind `after`.
std::vector<ProgramRow> programs_of_account(db::ReadTx& tx, SmartAccountId account, std::optional<ProgramId> after,
                                            int64_t limit);
std::vector<ProgramNameOf> program_names(db::ReadTx& tx, std::vector<ProgramId> const& programs);  // the ended too
void update_program(db::Tx& tx, ProgramId id, std::string const& name, bool only_reads,
                    std::optional<Instant> ends_at);
// With its secrets and tokens.
void end_program(db::Tx& tx, ProgramId id, Instant at);

struct SecretRow {
  Bytes secret_lookup;
  ProgramSecretId program_secret_id;
  ProgramId program_id;
  std::string last_characters;
  Instant created_at;
  std::optional<Instant> ends_at;
};
void insert_secret(db::Tx& tx, SecretRow const& row);
// Those that hold at `now`, of all these programs, in the order in which they were made.
std::vector<SecretRow> secrets_of(db::ReadTx& tx, std::vector<ProgramId> const& programs, Instant now);
void end_secrets_later(db::Tx& tx, ProgramId program, ProgramSecretId but, Instant at);
// What was got with them holds on to its own end.
void delete_expired_secrets(db::Tx& tx, ProgramId program);
// With the tokens that were got with it. False if the program has no such secret.
bool delete_secret(db::Tx& tx, ProgramId program, ProgramSecretId secret);

// A program whose secret holds, that has not come to its end, and whose maker can sign in.
struct KnownSecret {
  ProgramSecretId program_secret_id;
  bool only_reads;
  std::optional<Instant> ends_at;  // of the program
};
std::optional<KnownSecret> known_secret(db::ReadTx& tx, ProgramId program, Bytes const& secret_lookup, Instant now);

struct TokenRow {
  Bytes token_lookup;
  ProgramId program_id;
  ProgramSecretId program_secret_id;
  bool only_reads;
  Instant expires_at;
};
void insert_token(db::Tx& tx, TokenRow const& row);
// Those of a program that expire first, but the `kept` last.
void delete_oldest_tokens(db::Tx& tx, ProgramId program, int64_t kept);
void delete_token(db::Tx& tx, ProgramId program, Bytes const& token_lookup);
int64_t delete_expired_tokens(db::Tx& tx, Instant now, int64_t limit);

struct LiveToken {
  ProgramId program_id;
  PersonId person_id;
  std::optional<SmartAccountId> smart_account_id;
  bool program_only_reads, token_only_reads;
  std::optional<Instant> used_at;  // of the program
};
std::optional<LiveToken> live_token(db::ReadTx& tx, Bytes const& token_lookup, Instant now);
void touch_program(db::Tx& tx, ProgramId program, Instant now, Instant used_before);

}  // namespace menkyo::people::store
