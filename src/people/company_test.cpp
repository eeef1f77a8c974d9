#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "people/company_directory.hpp"
#include "people/session.hpp"
#include "tests/support/people_stage.hpp"

namespace menkyo::people {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(CompanyKey, is_the_same_however_the_name_is_written) {
  struct Group {
    std::string key;
    std::vector<std::string> names;
  };
  for (auto const& group : std::vector<Group>{
           {"楓電機工業",
            {"楓電機工業株式会社", "株式会社楓電機工業", "楓電機工業（株）", "(株)楓電機工業", "㈱楓電機工業",
             "楓電機工業㈱", "楓電機工業 ㍿", "株式会社　楓電機工業", "楓電機工業 株式会社", "楓電機工業",
             "楓電機工業有限会社", "（有）楓電機工業", "楓電機工業合同会社", "楓電機工業\u200b株式会社"}},
           {"kaedeelectric",
            {"Kaede Electric K.K.", "KAEDE ELECTRIC KK", "Ｋａｅｄｅ　Ｅｌｅｃｔｒｉｃ　Ｋ．Ｋ．",
             "Kaede-Electric Co., Ltd.", "Kaede Electric Co.,Ltd", "Kaede Electric Co.Ltd.", "Kaede Electric Inc.",
             "Kaede Electric, Incorporated", "Kaede Electric Corporation", "Kaede Electric G.K.",
             "kaede electric kabushiki kaisha", "Kaede Electric", "KaedeElectric", "Kaede Electric Company, Limited",
             "Kaede Electric LLC", "\"Kaede Electric\""}},
           {"nordlichtmaschinenbau",
            {"Nordlicht Maschinenbau GmbH", "Nordlicht Maschinenbau GmbH & Co. KG", "NORDLICHT MASCHINENBAU AG"}},
           {"millerandsons", {"Miller & Sons Ltd.", "Miller and Sons, Inc.", "Ｍｉｌｌｅｒ＆Ｓｏｎｓ"}},
           {"miller", {"Miller & Co.", "MILLER"}},
           {"ダイヤ", {"ダイヤ株式会社", "ﾀﾞｲﾔ㈱"}},
           {"müller", {"Müller S.A.", "MU\u0308LLER SA"}},
           {"3m", {"3M Company", "3M"}},
           {"oneil", {"O'Neil Ltd", "O’Neil"}},
           {"nusantara", {"PT Nusantara Tbk", "PT. Nusantara"}},
           {"한강", {"주식회사 한강", "(주)한강", "한강㈜"}},
           // A name of nothing but legal forms keeps one.
           {"limited", {"Limited", "Limited Inc."}},
           {"株式会社", {"株式会社"}},
           {"株", {"(株)"}},
           // Nothing that somebody could look for.
           {"", {"", " ", "...", "\u200b", "- , -", "😀"}},
       })
    for (auto const& name : group.names) EXPECT_EQ(company_key(name), group.key) << name;
  EXPECT_NE(company_key("Kaede Electric"), company_key("Kaede Electronics"));
  EXPECT_NE(company_key("楓電機"), company_key("楓電機工業"));
}

TEST(CompanyKey, ends_between_characters) {
  for (size_t shift : {0U, 1U, 2U}) {
    std::string name(shift, 'a');
    for (int i = 0; i < 1000; ++i) name += "電";
    auto const key = company_key(name);
    EXPECT_LE(key.size(), 200U);
    EXPECT_GT(key.size(), 195U);
    EXPECT_TRUE(is_utf8(key));
  }
}

TEST(CompanyKeys, find_the_name_while_its_legal_form_is_typed) {
  EXPECT_THAT(company_keys("Kaede Electric K.K.", "楓電機株式会社"),
              ElementsAre("kaedeelectric", "kaedeelectrickk", "楓電機", "楓電機株式会社"));
  EXPECT_THAT(company_keys("Kaede", ""), ElementsAre("kaede"));
}

std::string const header = "code,name,native_name,country,postal_code,region,city,line1,line2,domain,removed\n";
std::string const kaede =
    "KD-1,Kaede Electric K.K.,楓電機株式会社,JP,108-0075,TOKYO,MINATO,2-16-3 KONAN,KAEDE BUILDING,kaede.example,\n";

class Directory : public test::PeopleStage {
 protected:
  Directory() {
    runner.emplace(*db);
    runner->add(companies_import_kind(vault));
    client.emplace(*dispatcher);
    client->cookies["menkyo_session"] = db->write([&](db::Tx& tx) {
      auto const id = create_person(tx, vault, {{"taro@example.com", "Taro", "Yamada", {}}, Language::ja}, {});
      return start_session(tx, vault, {}, id).token;
    });
  }

  ImportReport import(std::string const& csv) {
    auto const start = start_companies_import(*db, csv, "companies.csv");
    if (start.job_id) {
      auto const job = runner->run_to_end(*start.job_id);
      EXPECT_EQ(job.status, jobs::JobStatus::done) << job.problem.value_or("");
      EXPECT_EQ(job.done, start.report.taken);
    }
    return start.report;
  }
  static std::vector<std::string> faults(ImportReport const& report) {
    std::vector<std::string> out;
    for (auto const& fault : report.problems.first)
      out.push_back(std::to_string(fault.line) + " " + fault.column + " " + std::string(fault.code));
    return out;
  }
  test::Answer look_up(std::string_view search) {
    std::string query;
    for (unsigned char c : search) {
      static constexpr char digits[] = "0123456789ABCDEF";
      query += {'%', digits[c >> 4], digits[c & 15]};
    }
    return client->get("/api/v1/companies?search=" + query);
  }
  std::vector<std::string> found(std::string_view search) {
    std::vector<std::string> out;
    auto const answer = look_up(search);
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (auto const& item : answer.json.at("items").items()) out.push_back(item.at("code").as_string());
    return out;
  }
  int64_t count(std::string const& table) {
    return db->read([&](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from " + table).value(); });
  }
  int64_t events() {
    int64_t n = 0;
    db->read([&](db::ReadTx& tx) {
      for (auto const& event : audit::read_events(tx, vault, {}, {}, {}, 100))
        n += event.kind == audit::EventKind::companies_imported;
    });
    return n;
  }

  std::optional<jobs::JobRunner> runner;
  std::optional<test::ApiClient> client;
};
MENKYO_ON_BOTH_DATABASES(Directory);

TEST_P(Directory, is_looked_up_while_somebody_types) {
  EXPECT_EQ(
      import(header + kaede +
             "KD-2,Kaede Electric K.K.,楓電機株式会社,JP,861-1102,熊本県,KOSHI,3802 SUYA,,,false\n"
             "ML-1,Ｍｉｎａｔｏ Logistics,,jp,231-0002,JP-14,YOKOHAMA,5-57-2 KAIGANDORI,,ＭＩＮＡＴＯ.example,\n")
          .taken,
      3);
  for (auto const* typed :
       {"Ka", "kaede", "KAEDE E", "ｋａｅｄｅ", "Kaede Electric K", "Kaede Electric K.", "Kaede Electric K.K.",
        "Kaede Electric Co., Ltd.", "楓電", "楓電機株", "㈱楓電機", "株式会社楓", "  kaede  "})
    EXPECT_THAT(found(typed), ElementsAre("KD-1", "KD-2")) << typed;
  EXPECT_THAT(found("mina"), ElementsAre("ML-1"));
  EXPECT_THAT(found("kaede%"), ElementsAre("KD-1", "KD-2"));
  for (auto const* typed : {"Electric", "Kaede Motor", "カエデ", "%%", "__", "..", "😀😀", "' or 1=1"})
    EXPECT_THAT(found(typed), IsEmpty()) << typed;
  EXPECT_EQ(look_up("mina").body,
            R"({"items":[{"country":"JP","postal_code":"231-0002","region":"JP-14","city":"YOKOHAMA",)"
            R"("line1":"5-57-2 KAIGANDORI","code":"ML-1","name":"Minato Logistics","domain":"minato.example",)"
            R"("region_name_en":"Kanagawa","region_name_ja":"神奈川県"}]})");
}

TEST_P(Directory, tells_no_more_than_ten_and_nothing_to_strangers) {
  std::string csv = header;
  for (int i = 100; i < 140; ++i)
    csv += "C-" + std::to_string(i) + ",Kaede " + std::to_string(i) + " K.K.,楓" + std::to_string(i) +
           ",VA,,,CITTA,VIA 1,,,\n";
  import(csv);
  EXPECT_THAT(found("kaede"),
              ElementsAre("C-100", "C-101", "C-102", "C-103", "C-104", "C-105", "C-106", "C-107", "C-108", "C-109"));
  EXPECT_THAT(found("Kaede 13").size(), 10U);
  for (auto const* typed : {"", "k", "\n"}) EXPECT_EQ(look_up(typed).status, 422) << typed;
  EXPECT_EQ(look_up(std::string(10000, 'k')).status, 422);
  EXPECT_EQ(look_up("\u202ekk").status, 422);
  EXPECT_EQ(client->get("/api/v1/companies").status, 422);
  client->cookies.clear();
  EXPECT_EQ(look_up("kaede").status, 401);
}

TEST_P(Directory, takes_the_same_file_again) {
  auto const file = header + kaede + "ML-1,Minato,,VA,,,CITTA,VIA 1,,,\n";
  EXPECT_EQ(import(file).taken, 2);
  auto const again = import(file);
  EXPECT_EQ(again.taken, 0);
  EXPECT_EQ(again.skipped, 2);
  EXPECT_EQ(events(), 1);
  auto const changed = import(header + "ML-1,Minato Harbour,港,VA,,,CITTA,VIA 2,,,\n");
  EXPECT_EQ(changed.taken, 1);
  EXPECT_THAT(found("minato"), ElementsAre("ML-1"));
  EXPECT_THAT(found("minato h"), ElementsAre("ML-1"));
  EXPECT_EQ(count("company"), 2);
  EXPECT_EQ(import(header + "ML-1,,,,,,,,,,true\nNO-1,,,,,,,,,,true\n").taken, 1);
  EXPECT_THAT(found("minato"), IsEmpty());
  EXPECT_EQ(count("company"), 1);
  EXPECT_EQ(count("company_key"), 4);
  EXPECT_EQ(count("job_input"), 0);
  EXPECT_EQ(events(), 3);
}

TEST_P(Directory, takes_a_file_whole_or_not_at_all) {
  EXPECT_THAT(faults(import("")), ElementsAre("1 character 1 malformed"));
  EXPECT_THAT(faults(import("code,name\nA,B\n")),
              ElementsAre("1 country column_missing", "1 city column_missing", "1 line1 column_missing"));
  EXPECT_THAT(faults(import(header)), ElementsAre("1 code missing"));
  auto const fault = [&](std::string const& line) { return faults(import(header + kaede + line + "\n")); };
  EXPECT_THAT(fault("KD-1,Other,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 code repeated"));
  EXPECT_THAT(fault(",Other,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 code missing"));
  EXPECT_THAT(fault("A/B,Other,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 code invalid"));
  EXPECT_THAT(fault(std::string(65, 'x') + ",Other,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 code too_long"));
  EXPECT_THAT(fault("A,,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 name missing"));
  EXPECT_THAT(fault("A,楓,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 name invalid"));
  EXPECT_THAT(fault("A," + std::string(201, 'x') + ",,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 name too_long"));
  EXPECT_THAT(fault("A,Other," + std::string(201, 'x') + ",VA,,,CITTA,VIA 1,,,"),
              ElementsAre("3 native_name too_long"));
  EXPECT_THAT(fault("A,Other,,XX,,,CITTA,VIA 1,,,"), ElementsAre("3 country unknown"));
  EXPECT_THAT(fault("A,Other,,JP,107,TOKIO,港,VIA 1,,,"),
              ElementsAre("3 city invalid", "3 region unknown", "3 postal_code invalid"));
  EXPECT_THAT(fault("A,Other,,JP,,,,,,,"),
              ElementsAre("3 city missing", "3 line1 missing", "3 region missing", "3 postal_code missing"));
  EXPECT_THAT(fault("A,Other,,VA,,,CITTA,VIA 1,,no domain,"), ElementsAre("3 domain invalid"));
  EXPECT_THAT(fault("A,Other,,VA,,,CITTA,VIA 1,,,yes"), ElementsAre("3 removed invalid"));
  EXPECT_THAT(fault("A,\xff,,VA,,,CITTA,VIA 1,,,"), ElementsAre("3 character 3 encoding"));
  EXPECT_EQ(count("company"), 0);
  EXPECT_EQ(count("job"), 0);
  EXPECT_EQ(events(), 0);
}

}  // namespace
}  // namespace menkyo::people
