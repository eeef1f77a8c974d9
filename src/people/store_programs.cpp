#include "people/store_programs.hpp"

#include <algorithm>

namespace menkyo::people::store {

namespace {

std::string programs_where(std::string_view condition) {
  return "select program_id, person_id, smart_account_id, name, only_reads, created_at, ends_at, used_at, version "
         "from program where ended_at is null and " +
         std::string(condition);
}

}  // namespace

void insert_program(db::Tx& tx, ProgramRow const& p) {
  tx.exec(
      "insert into program (program_id, person_id, smart_account_id, name, only_reads, created_at, ends_at, used_at, "
      "ended_at, version) values ($1, $2, $3, $4, $5, $6, $7, $8, null, $9)",
      p.program_id, p.person_id, p.smart_account_id, p.name, p.only_reads, p.created_at, p.ends_at, p.used_at,
      p.version);
}

std::optional<ProgramRow> program(db::ReadTx& tx, ProgramId id) {
  static auto const sql = programs_where("program_id = $1");
  return tx.one<ProgramRow>(sql, id);
}

std::optional<ProgramRow> lock_program(db::Tx& tx, ProgramId id) {
  static auto const sql = programs_where("program_id = $1 {for update}");
  return tx.one<ProgramRow>(sql, id);
}

std::vector<ProgramRow> programs_of_person(db::ReadTx& tx, PersonId person, int64_t limit) {
  static auto const sql = programs_where("person_id = $1 order by program_id limit $2");
  return tx.all<ProgramRow>(sql, person, limit);
}

std::vector<ProgramRow> programs_of_account(db::ReadTx& tx, SmartAccountId account, std::optional<ProgramId> after,
                                            int64_t limit) {
  static auto const sql = programs_where("smart_account_id = $1 and program_id > $2 order by program_id limit $3");
  return tx.all<ProgramRow>(sql, account, after.value_or(ProgramId{}), limit);
}

std::vector<ProgramNameOf> program_names(db::ReadTx& tx, std::vector<ProgramId> const& programs) {
  return tx.all_many<ProgramNameOf>(
      "select p.program_id, p.name from {rows: id bytea} r join program p on p.program_id = r.id", programs);
}

void update_program(db::Tx& tx, ProgramId id, std::string const& name, bool only_reads,
                    std::optional<Instant> ends_at) {
  tx.exec("update program set name = $2, only_reads = $3, ends_at = $4, version = version + 1 where program_id = $1",
          id, name, only_reads, ends_at);
}

void end_program(db::Tx& tx, ProgramId id, Instant at) {
  tx.exec("delete from program_token where program_id = $1", id);
  tx.exec("delete from program_secret where program_id = $1", id);
  tx.exec("update program set ended_at = $2, version = version + 1 where program_id = $1", id, at);
}

void insert_secret(db::Tx& tx, SecretRow const& s) {
  tx.exec(
      "insert into program_secret (secret_lookup, program_secret_id, program_id, last_characters, created_at, "
      "ends_at) values ($1, $2, $3, $4, $5, $6)",
      s.secret_lookup, s.program_secret_id, s.program_id, s.last_characters, s.created_at, s.ends_at);
}

std::vector<SecretRow> secrets_of(db::ReadTx& tx, std::vector<ProgramId> const& programs, Instant now) {
  auto rows = tx.all_many<SecretRow>(
      "select s.secret_lookup, s.program_secret_id, s.program_id, s.last_characters, s.created_at, s.ends_at from "
      "{rows: id bytea} r join program_secret s on s.program_id = r.id",
      programs);
  std::erase_if(rows, [now](SecretRow const& s) { return s.ends_at && *s.ends_at <= now; });
  std::sort(rows.begin(), rows.end(),
            [](auto const& a, auto const& b) { return a.program_secret_id < b.program_secret_id; });
  return rows;
}

void end_secrets_later(db::Tx& tx, ProgramId program, ProgramSecretId but, Instant at) {
  tx.exec(
      "update program_secret set ends_at = $3 where program_id = $1 and program_secret_id <> $2 and (ends_at is null "
      "or ends_at > $3)",
      program, but, at);
}

void delete_expired_secrets(db::Tx& tx, ProgramId program) {
  tx.exec("delete from program_secret where program_id = $1 and ends_at <= $2", program, tx.now());
}

bool delete_secret(db::Tx& tx, ProgramId program, ProgramSecretId secret) {
  tx.exec("delete from program_token where program_id = $1 and program_secret_id = $2", program, secret);
  return tx.exec("delete from program_secret where program_id = $1 and program_secret_id = $2", program, secret) == 1;
}

std::optional<KnownSecret> known_secret(db::ReadTx& tx, ProgramId program, Bytes const& secret_lookup, Instant now) {
  return tx.one<KnownSecret>(
      "select s.program_secret_id, p.only_reads, p.ends_at from program_secret s join program p on p.program_id = "
      "s.program_id join person m on m.person_id = p.person_id where s.secret_lookup = $1 and s.program_id = $2 and "
      "(s.ends_at is null or s.ends_at > $3) and p.ended_at is null and (p.ends_at is null or p.ends_at > $3) and "
      "m.disabled_at is null",
      secret_lookup, program, now);
}

void insert_token(db::Tx& tx, TokenRow const& t) {
  tx.exec(
      "insert into program_token (token_lookup, program_id, program_secret_id, only_reads, expires_at) values ($1, "
      "$2, $3, $4, $5)",
      t.token_lookup, t.program_id, t.program_secret_id, t.only_reads, t.expires_at);
}

void delete_oldest_tokens(db::Tx& tx, ProgramId program, int64_t kept) {
  tx.exec(
      "delete from program_token where token_lookup in (select token_lookup from program_token where program_id = $1 "
      "order by expires_at desc, token_lookup limit 1000 offset $2)",
      program, kept);
}

void delete_token(db::Tx& tx, ProgramId program, Bytes const& token_lookup) {
  tx.exec("delete from program_token where token_lookup = $1 and program_id = $2", token_lookup, program);
}

int64_t delete_expired_tokens(db::Tx& tx, Instant now, int64_t limit) {
  return tx.exec(
      "delete from program_token where token_lookup in (select token_lookup from program_token where expires_at <= "
      "$1 order by expires_at limit $2)",
      now, limit);
}

std::optional<LiveToken> live_token(db::ReadTx& tx, Bytes const& token_lookup, Instant now) {
  return tx.one<LiveToken>(
      "select p.program_id, p.person_id, p.smart_account_id, p.only_reads, t.only_reads, p.used_at from "
      "program_token "
      "t join program p on p.program_id = t.program_id join person m on m.person_id = p.person_id where "
      "t.token_lookup = $1 and t.expires_at > $2 and p.ended_at is null and (p.ends_at is null or p.ends_at > $2) "
      "and "
      "m.disabled_at is null",
      token_lookup, now);
}

void touch_program(db::Tx& tx, ProgramId program, Instant now, Instant used_before) {
  tx.exec("update program set used_at = $2 where program_id = $1 and (used_at is null or used_at < $3)", program, now,
          used_before);
}

}  // namespace menkyo::people::store
