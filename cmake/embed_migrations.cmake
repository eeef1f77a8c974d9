# Writes a C++ table of the migrations in FOLDER to OUT.
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(table "")
set(last "")
foreach(file IN LISTS files)
  get_filename_component(base ${file} NAME)
  if(NOT base MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)(\\.(sqlite|postgres))?\\.sql$")
    message(FATAL_ERROR "${base}: a migration is called NNNN_name.sql, NNNN_name.sqlite.sql or NNNN_name.postgres.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  set(kind "${CMAKE_MATCH_4}")
  file(READ ${file} sql)
  string(REGEX REPLACE "^0+" "" plain ${number})
  if(kind STREQUAL "")
    string(APPEND table "    {${plain}, \"${name}\", R\"sql(${sql})sql\", {}, {}},\n")
  elseif(kind STREQUAL "postgres")
    file(READ ${FOLDER}/${number}_${name}.sqlite.sql other)
    string(APPEND table "    {${plain}, \"${name}\", {}, R\"sql(${other})sql\", R\"sql(${sql})sql\"},\n")
  endif()
endforeach()
file(WRITE ${OUT} "// Generated from migrations/*.sql.
#include \"db/migrate.hpp\"

namespace menkyo::db {

namespace {
constexpr Migration table[] = {
${table}};
}  // namespace

std::span<const Migration> migrations() { return table; }

}  // namespace menkyo::db
")
