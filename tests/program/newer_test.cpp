// A database that a newer version wrote: the real program refuses it in words, and leaves it as it is.

#include <gmock/gmock.h>

#include <fstream>
#include <sstream>

#include "app/service.hpp"
#include "db/database.hpp"
#include "protocol/bytes.hpp"
#include "tests/support/server_process.hpp"
#include "tests/support/test_database.hpp"

namespace menkyo::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Newer : public ::testing::TestWithParam<std::string> {
 protected:
  Newer() : place(GetParam(), false) {
    app::Settings settings;
    settings.data = folder.path;
    settings.database = place.url();
    app::Service service(settings);
  }

  void migrate_further() {
    // Its tables may be others as well.
    db::make_driver(place.url())
        ->open()
        ->script(
            "insert into schema_migration (number, name, applied_at) values (9999, 'from_the_future', 1); alter "
            "table "
            "counter rename to tally");
  }

  // All bytes of the SQLite file; of PostgreSQL the columns of all tables and what the small tables hold.
  std::string contents() {
    if (GetParam() == "sqlite") {
      std::ifstream file(place.url().substr(std::string("sqlite:").size()), std::ios::binary);
      std::stringstream text;
      text << file.rdbuf();
      EXPECT_GT(text.str().size(), 4096U);
      return to_hex(protocol::sha256(std::string_view(text.str())));
    }
    std::string out;
    auto const session = db::make_driver(place.url())->open();
    db::RowSink const sink = [&](db::Row const& row) { out += std::string(row.text(0)) + "\n"; };
    for (auto const* sql :
         {"select table_name || ' ' || column_name || ' ' || data_type from information_schema.columns where "
          "table_schema = 'public' order by 1",
          "select cast(s as text) from schema_migration s order by 1", "select cast(i as text) from installation i",
          "select cast(k as text) from signing_key k order by 1", "select cast(l as text) from lease l"})
      session->run(sql, {}, &sink);
    EXPECT_THAT(out, HasSubstr("tally value bigint"));
    return out;
  }

  TemporaryFolder folder;
  TestDatabase place;
};
MENKYO_ON_BOTH_DATABASES(Newer);

TEST_P(Newer, is_refused_and_left_alone) {
  migrate_further();
  auto const before = contents();
  for (auto const& words : std::vector<std::vector<std::string>>{
           {"serve", "--listen", "127.0.0.1:0"}, {"verify"}, {"operator", "--mail", "sora@aozora.example"}}) {
    auto all = words;
    for (auto const& word : {std::string("--data"), folder.path.string(), std::string("--database"), place.url()})
      all.push_back(word);
    auto const ended = run_program(all);
    EXPECT_EQ(ended.status, 1) << words.front();
    EXPECT_EQ(
        ended.output,
        "The database has the migration 9999 (from_the_future), which this version of Menkyo does not know. Run "
        "the version that wrote it, or a newer one.\n")
        << words.front();
    EXPECT_EQ(contents(), before) << words.front();
  }
}

}  // namespace
}  // namespace menkyo::test
