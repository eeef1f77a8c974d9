#pragma once
// The two drivers behind make_driver().

#include "db/database.hpp"

namespace menkyo::db {

std::unique_ptr<Driver> make_sqlite_driver(std::string const& path);
std::unique_ptr<Driver> make_postgres_driver(std::string const& url, Duration answer_limit);

}  // namespace menkyo::db
