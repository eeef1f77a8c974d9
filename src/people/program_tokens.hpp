#pragma once
// Inside people/: how programs prove themselves.

#include "people/programs.hpp"

namespace menkyo::people {

// For whom a program asks, by its access token (RFC 6750). Notes now and then that the program is used, in a write of
// its own. Problem access_token_invalid.
api::Caller authenticate_program(db::ReadTx& tx, db::Database& database, keys::Vault const& vault,
                                 std::string_view access_token);

Bytes secret_lookup(keys::Vault const& vault, std::string_view secret);
std::vector<api::Route> program_token_routes();

}  // namespace menkyo::people
