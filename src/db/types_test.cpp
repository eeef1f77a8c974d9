// Values keep their meaning on the way in and out, on both databases alike.
#include <gmock/gmock.h>

#include <limits>

#include "tests/support/test_database.hpp"

namespace menkyo::db {
namespace {

struct Sample {
  int64_t id;
  std::optional<int64_t> number;
  std::optional<std::string> text;
  std::optional<Bytes> bytes;
  std::optional<bool> flag;
  bool operator==(Sample const&) const = default;
};

constexpr auto insert_one = "insert into sample (id, number, text, bytes, flag) values ($1, $2, $3, $4, $5)";
constexpr auto insert_many =
    "insert into sample (id, number, text, bytes, flag) select id, number, text, bytes, flag from "
    "{rows: id bigint, number bigint, text text, bytes bytea, flag boolean} r";
constexpr auto select_all = "select id, number, text, bytes, flag from sample order by id";

Bytes every_byte() {
  Bytes out;
  for (int i = 0; i < 256; ++i) out.push_back(uint8_t(i));
  return out;
}

std::vector<Sample> edge_cases() {
  return {
      {1, {}, {}, {}, {}},
      {2, 0, "", Bytes{}, false},
      {3, std::numeric_limits<int64_t>::max(), "免許 ライセンス", every_byte(), true},
      {4, std::numeric_limits<int64_t>::min(), "😀 e\u0301 \u202e \\ ' \" {} , NULL", Bytes{0}, true},
      {5, -1, std::string(100000, 'x'), Bytes(100000, 0), false},
      {6, 1, "line\nline\ttab", Bytes{0, 0, 255}, {}},
  };
}

class Types : public ::testing::TestWithParam<std::string> {
 protected:
  Types() {
    auto driver = make_driver(db.url());
    driver->open()->script(
        driver->spell_migration("create table sample (\n  id bigint not null primary key,\n  number bigint,\n"
                                "  \"text\" text,\n  bytes bytea,\n  flag boolean\n);"));
    db.open();
  }
  std::vector<Sample> stored() {
    return db->read([](ReadTx& tx) { return tx.all<Sample>(select_all); });
  }
  test::TestDatabase db{GetParam()};
};
MENKYO_ON_BOTH_DATABASES(Types);

TEST_P(Types, come_back_one_by_one) {
  db->write([](Tx& tx) {
    for (auto const& s : edge_cases()) EXPECT_EQ(tx.exec(insert_one, s.id, s.number, s.text, s.bytes, s.flag), 1);
  });
  EXPECT_EQ(stored(), edge_cases());
}

TEST_P(Types, come_back_as_rows) {
  EXPECT_EQ(db->write([](Tx& tx) { return tx.exec_many(insert_many, edge_cases()); }), int64_t(edge_cases().size()));
  EXPECT_EQ(stored(), edge_cases());
}

TEST_P(Types, rows_given_to_a_query_come_back_from_it) {
  auto back = db->read([](ReadTx& tx) {
    return tx.all_many<Sample>(
        "select id, number, text, bytes, flag from "
        "{rows: id bigint, number bigint, text text, bytes bytea, flag boolean} r",
        edge_cases());
  });
  EXPECT_EQ(back, edge_cases());
}

TEST_P(Types, a_statement_takes_nulls_before_and_after_values) {
  // The first use decides nothing about the types of later ones.
  for (int64_t id : {1, 2, 3, 4}) {
    bool const null = id % 2 == 1;
    db->write([&](Tx& tx) {
      tx.exec(insert_one, id, null ? std::nullopt : std::optional<int64_t>(id),
              null ? std::nullopt : std::optional("t"), null ? std::optional(Bytes{1}) : std::nullopt,
              null ? std::optional(true) : std::nullopt);
    });
  }
  EXPECT_EQ(stored(),
            (std::vector<Sample>{
                {1, {}, {}, Bytes{1}, true}, {2, 2, "t", {}, {}}, {3, {}, {}, Bytes{1}, true}, {4, 4, "t", {}, {}}}));
}

TEST_P(Types, any_number_of_rows_goes_through_one_statement) {
  for (int64_t count : {0, 1, 1000}) {
    std::vector<Sample> rows;
    for (int64_t i = 0; i < count; ++i)
      rows.push_back({i, i % 7 ? std::optional(i) : std::nullopt, std::to_string(i), {}, i % 2 == 0});
    auto const changed = db->write([&](Tx& tx) {
      tx.exec("delete from sample");
      return tx.exec_many(insert_many, rows);
    });
    EXPECT_EQ(changed, count);
    EXPECT_EQ(stored(), rows);
    auto const ids = db->read([&](ReadTx& tx) {
      return tx.all_many<int64_t>("select s.id from {rows: id bigint} r join sample s on s.id = r.id order by s.id",
                                  [&] {
                                    std::vector<int64_t> out;
                                    for (auto const& r : rows) out.push_back(r.id);
                                    return out;
                                  }());
    });
    EXPECT_EQ(int64_t(ids.size()), count);
  }
}

TEST_P(Types, rows_of_another_shape_are_refused) {
  struct Narrow {
    int64_t id;
    std::string text;
  };
  struct Swapped {
    std::string text;
    int64_t id;
  };
  auto const insert = "insert into sample (id, text) select id, text from {rows: id bigint, text text} r";
  EXPECT_THROW(db->write([&](Tx& tx) {
    tx.exec_many(insert_many, std::vector<Narrow>{{1, "a"}});
  }),
               std::logic_error);
  EXPECT_THROW(db->write([&](Tx& tx) { tx.exec_many(insert, edge_cases()); }), std::logic_error);
  EXPECT_THROW(db->write([&](Tx& tx) { tx.exec_many(insert, std::vector<Swapped>{{"a", 1}}); }), std::logic_error);
  EXPECT_EQ(stored(), std::vector<Sample>{});
}

TEST_P(Types, what_does_not_fit_is_refused) {
  auto const with_text = [&](std::string const& text) {
    db->write([&](Tx& tx) { tx.exec(insert_one, 1, std::nullopt, text, std::nullopt, std::nullopt); });
  };
  EXPECT_THROW(with_text(std::string("a\0b", 3)), Problem);
  EXPECT_THROW(to_value(UINT64_MAX), std::out_of_range);
  db->write([&](Tx& tx) { tx.exec(insert_one, 1, 300, "x", Bytes{1, 2}, std::nullopt); });
  db->read([&](ReadTx& tx) {
    EXPECT_THROW(tx.one<int8_t>("select number from sample"), ColumnMismatch);
    EXPECT_THROW(tx.one<int64_t>("select text from sample"), ColumnMismatch);
    EXPECT_THROW(tx.one<std::string>("select bytes from sample"), ColumnMismatch);
    EXPECT_THROW(tx.one<Bytes>("select text from sample"), ColumnMismatch);
    EXPECT_THROW(tx.one<bool>("select flag from sample"), ColumnMismatch);  // null
    EXPECT_THROW(tx.one<DeviceId>("select bytes from sample"), ColumnMismatch);
    EXPECT_THROW(tx.one<Sample>("select id, number from sample"), ColumnMismatch);
  });
  EXPECT_EQ(stored().size(), 1u);
}

TEST_P(Types, text_is_compared_by_code_point) {
  std::vector<std::string> const sorted{"", "A", "B", "Z", "a", "b", "ä", "あ", "免", "😀"};
  db->write([&](Tx& tx) {
    for (size_t i = 0; i < sorted.size(); ++i)
      tx.exec(insert_one, int64_t(i), std::nullopt, sorted[sorted.size() - 1 - i], std::nullopt, std::nullopt);
  });
  EXPECT_EQ(db->read([](ReadTx& tx) { return tx.all<std::string>("select text from sample order by text"); }),
            sorted);
}

TEST_P(Types, a_statement_knows_how_many_rows_it_changed) {
  db->write([](Tx& tx) {
    tx.exec_many(insert_many, edge_cases());
    EXPECT_EQ(tx.exec("update sample set number = 1 where id <= $1", 3), 3);
    EXPECT_EQ(tx.exec("update sample set number = 1 where id = $1", 99), 0);
    EXPECT_EQ(tx.exec("delete from sample where id > $1", 4), 2);
    EXPECT_EQ(tx.all<int64_t>("delete from sample where id <= $1 returning id", 2), (std::vector<int64_t>{1, 2}));
  });
  EXPECT_EQ(stored().size(), 2u);
}

TEST_P(Types, more_statements_than_are_kept_prepared) {
  std::vector<std::string> texts;
  for (int i = 0; i < 1200; ++i) texts.push_back("select cast(" + std::to_string(i) + " as bigint)");
  for (int round = 0; round < 2; ++round)
    for (size_t i = 0; i < texts.size(); ++i)
      ASSERT_EQ(db->read([&](ReadTx& tx) { return tx.one<int64_t>(texts[i]); }), int64_t(i));
}

}  // namespace
}  // namespace menkyo::db
