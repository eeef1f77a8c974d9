#pragma once
// Who sent a request, as found out inside its transaction.

#include <string>

#include "base/id.hpp"

namespace menkyo::api {

struct Caller {
  PersonId person_id;  // empty: nobody signed in
  SessionId session_id;
  bool signed_in() const { return bool(person_id); }
};

}  // namespace menkyo::api
