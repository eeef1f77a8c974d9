#pragma once
// Who sent a request, as found out inside its transaction.

#include <optional>

#include "base/id.hpp"

namespace menkyo::api {

struct Caller {
  PersonId person_id;    // empty: nobody signed in
  SessionId session_id;  // empty for a program
  // A program that acts for the person, within these bounds.
  ProgramId program_id{};
  std::optional<SmartAccountId> only_account{};
  bool only_reads = false;

  bool signed_in() const { return bool(person_id); }
  bool is_program() const { return bool(program_id); }
};

// Of an operation that needs no access to anything, yet is for programs too.
struct AnyCaller : Caller {};

}  // namespace menkyo::api
