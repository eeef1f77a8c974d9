#pragma once
// Programs that act for a person: OAuth 2 clients of the grant "client credentials" (RFC 6749 section 4.4). A program
// may never do more than its maker may at the time of each call, less if it is for one Smart Account or only reads,
// and nothing that is the maker's own: its profile, its sessions, its programs.

#include "people/people.hpp"

namespace menkyo::people {

inline constexpr int64_t most_programs = 50;            // of a person
inline constexpr int64_t most_program_secrets = 5;      // at a time
inline constexpr int64_t most_program_tokens = 100;     // of a program; another one ends the oldest
inline constexpr Duration program_token_period = std::chrono::hours(1);
inline constexpr int64_t longest_overlap_hours = 720;

using ProgramName = wire::Line<1, 100>;

struct ProgramSecret {
  ProgramSecretId program_secret_id;
  std::string last_characters;
  Instant created_at;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(ProgramSecret, (), (program_secret_id, last_characters, created_at, ends_at))

struct Program {
  ProgramId program_id;                            // the client_id of OAuth
  std::optional<SmartAccountId> smart_account_id;  // the only one in which it may do anything
  std::string name;
  bool only_reads;
  Instant created_at;
  std::optional<Instant> ends_at, used_at;  // `used_at` is exact to ten minutes
  int64_t version;
  std::vector<ProgramSecret> secrets;
};
BOOST_DESCRIBE_STRUCT(Program, (),
                      (program_id, smart_account_id, name, only_reads, created_at, ends_at, used_at, version, secrets))

struct NewProgram {
  ProgramName name;
  bool only_reads;
  std::optional<Instant> ends_at;
};
BOOST_DESCRIBE_STRUCT(NewProgram, (), (name, only_reads, ends_at))

// Told once; only a keyed hash of it is kept.
struct MadeProgram {
  Program program;
  std::string client_secret;
};
BOOST_DESCRIBE_STRUCT(MadeProgram, (), (program, client_secret))

// For one Smart Account, in which the caller has proved that the maker has a role, or for all of the maker's. The
// maker is told by mail. Problem too_many_programs, invalid.
MadeProgram make_program(db::Tx& tx, keys::Vault const& vault, mail::Outbox const& outbox, api::Request const& request,
                         PersonId maker, std::optional<SmartAccountId> account, NewProgram const& in);

// A program as those see it who administer the Smart Account that it is for.
struct MakersProgram {
  PersonId maker_id;
  Program program;
};
std::vector<MakersProgram> programs_of_account(db::ReadTx& tx, SmartAccountId account, std::optional<ProgramId> after,
                                               int64_t limit);
// Takes effect with the next call. Problem not_found if there is no such program of this account, or no more.
void end_program_of_account(db::Tx& tx, keys::Vault const& vault, SmartAccountId account, ProgramId program,
                            audit::Actor const& actor);

struct ProgramNameOf {
  ProgramId program_id;
  std::string name;
};
// Those that were ended too; in no particular order.
std::vector<ProgramNameOf> name_programs(db::ReadTx& tx, std::vector<ProgramId> const& programs);

// The operations on one's own programs, and those by which a program gets and gives back access tokens.
std::vector<api::Route> program_routes();

}  // namespace menkyo::people
