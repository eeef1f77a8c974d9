#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "companies/import.hpp"
#include "tests/support/world.hpp"

namespace menkyo::companies {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::string const header = "code,name,native_name,country,postal_code,region,city,line1,line2,domain,removed\n";
std::string const kaede =
    "KD-1,Kaede Electric K.K.,楓電機株式会社,JP,108-0075,TOKYO,MINATO,2-16-3 KONAN,KAEDE BUILDING,kaede.example,\n";

class Directory : public ::testing::TestWithParam<std::string> {
 protected:
  Directory() {
    world.serve(routes());
    runner.add(import_kind(world.vault, [this](db::ReadTx&, PersonId) {
      if (has_lost_role) throw Problem(problems::forbidden, "You may not.");
    }));
  }

  ImportReport import(std::string const& csv) {
    auto const start = start_companies_import(*world.database, csv, "companies.csv");
    if (start.job_id) {
      auto const job = runner.run_to_end(*start.job_id);
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
    return client.get("/api/v1/companies?search=" + query);
  }
  std::vector<std::string> found(std::string_view search) {
    std::vector<std::string> out;
    auto const answer = look_up(search);
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (auto const& item : answer.json.at("items").items()) out.push_back(item.at("code").as_string());
    return out;
  }
  int64_t count(std::string const& table) {
    return world.database->read(
        [&](db::ReadTx& tx) { return tx.one<int64_t>("select count(*) from " + table).value(); });
  }
  int64_t events() {
    int64_t n = 0;
    world.database->read([&](db::ReadTx& tx) {
      for (auto const& event : audit::read_events(tx, world.vault, {}, {}, {}, 100))
        n += event.kind == audit::EventKind::companies_imported;
    });
    return n;
  }

  // "CODE twin with CODE ..." of each.
  static std::string described(protocol::json::Value const& company) {
    auto out = company.at("code").as_string();
    if (company.at("has_twin").as_bool()) out += " twin";
    auto const& merged = company.at("merged").items();
    if (!merged.empty()) out += " with";
    if (merged.size() > 9)
      out += " " + std::to_string(merged.size());
    else
      for (auto const& one : merged) out += " " + one.at("code").as_string();
    return out;
  }
  std::vector<std::string> listed(std::string const& query = "") {
    std::vector<std::string> out;
    auto const answer = staff.get("/api/v1/operator/companies" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    for (auto const& item : answer.json.at("items").items()) out.push_back(described(item));
    return out;
  }
  static std::string outcome(test::Answer const& answer) {
    if (answer.status == 200) return described(answer.json);
    if (answer.status != 422 || answer.json.find("fields") == nullptr) return answer.body;
    std::string out;
    for (auto const& error : answer.json.at("fields").items())
      out += (out.empty() ? "" : ", ") + error.at("path").as_string() + " " + error.at("code").as_string();
    return out;
  }
  std::string merge(std::string const& kept, std::string const& merged) {
    return outcome(staff.post("/api/v1/operator/company_mergers",
                              R"({"kept_code":")" + kept + R"(","merged_codes":[)" + merged + "]}"));
  }
  std::string split(std::string const& code) {
    return outcome(staff.post("/api/v1/operator/company_splits", R"({"code":")" + code + R"("})"));
  }
  test::Answer preview(std::string const& csv) {
    return staff.post("/api/v1/operator/companies_file_previews", wire::to_json(CompaniesFileText{csv}));
  }
  test::Answer take(std::string const& csv) {
    return staff.post("/api/v1/operator/companies_file_imports", wire::to_json(CompaniesFile{csv, "companies.csv"}));
  }
  // Of the directory's events.
  std::vector<std::string> kinds() {
    std::vector<std::string> out;
    for (auto const& event :
         world.database->read([&](db::ReadTx& tx) { return audit::read_events(tx, world.vault, {}, {}, {}, 100); }))
      if (auto const name = to_text(event.kind); name.starts_with("compan")) out.emplace_back(name);
    return out;
  }

  test::World world{GetParam()};
  test::ApiClient client = world.as(world.person("taro@example.com"));
  test::ApiClient staff = world.as(world.operator_with(access::OperatorRole::operator_catalog));
  jobs::JobRunner runner{*world.database};
  bool has_lost_role = false;
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
  EXPECT_EQ(client.get("/api/v1/companies").status, 422);
  client.cookies.clear();
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

// ---- Mergers ------------------------------------------------------------------------------------------------------

TEST_P(Directory, shows_which_records_may_mean_the_same) {
  import(header + kaede +
         "KD-9,KAEDE ELECTRIC,,JP,108-0075,TOKYO,MINATO,2-16-3,,,\n"
         "KD-2,Kaede Electric K.K.,,JP,861-1102,熊本県,KOSHI,3802 SUYA,,,\n"
         "ML-1,Minato,港,VA,,,CITTA,VIA 1,,,\n"
         "ML-2,Harbour,港,VA,,,CITTA,VIA 2,,,\n"
         "ML-3,Harbour,,VA,,,BORGO,VIA 2,,,\n");
  EXPECT_THAT(listed("?filter=twins"), ElementsAre("KD-1 twin", "KD-9 twin", "ML-1 twin", "ML-2 twin"));
  EXPECT_THAT(listed(), ElementsAre("ML-2 twin", "ML-3", "KD-1 twin", "KD-2", "KD-9 twin", "ML-1 twin"));
  // One that moves away, or goes, leaves the other alone.
  import(header + "ML-2,Harbour,港,VA,,,BORGO,VIA 2,,,\nKD-9,,,,,,,,,,true\n");
  EXPECT_THAT(listed("?filter=twins"), ElementsAre("ML-2 twin", "ML-3 twin"));
  // Three are no less twins than two.
  import(header + "ML-4,Harbour,,VA,,,BORGO,VIA 3,,,\n");
  import(header + "ML-2,,,,,,,,,,true\n");
  EXPECT_THAT(listed("?filter=twins"), ElementsAre("ML-3 twin", "ML-4 twin"));
}

TEST_P(Directory, lists_each_record_once_page_by_page) {
  import(header + kaede +
         "KD-2,Kaede Electric K.K.,楓電機株式会社,JP,861-1102,熊本県,KOSHI,3802 SUYA,,,\n"
         "ML-1,Minato,港,VA,,,CITTA,VIA 1,,,\n");
  std::vector<std::string> seen;
  std::string cursor;
  do {
    auto const page = staff.get("/api/v1/operator/companies?limit=1" + cursor);
    ASSERT_EQ(page.status, 200) << page.body;
    for (auto const& item : page.json.at("items").items()) seen.push_back(item.at("code").as_string());
    auto const* next = page.json.find("next_cursor");
    cursor = next == nullptr ? "" : "&cursor=" + next->as_string();
  } while (!cursor.empty());
  EXPECT_THAT(seen, ElementsAre("KD-1", "KD-2", "ML-1"));
  EXPECT_THAT(listed("?search=kaede"), ElementsAre("KD-1", "KD-2"));
  EXPECT_THAT(listed("?search=%E6%B8%AF"), ElementsAre("ML-1"));
  // No name begins so, but a code is just so.
  EXPECT_THAT(listed("?search=ML-1"), ElementsAre("ML-1"));
  EXPECT_THAT(listed("?search=ML"), IsEmpty());
  EXPECT_EQ(staff.get("/api/v1/operator/companies?search=" + std::string(300, 'k')).status, 422);
}

TEST_P(Directory, makes_two_records_one) {
  import(header + kaede + "KD-9,Maple Electric,,JP,108-0075,TOKYO,MINATO,2-16-3,,,\n");
  EXPECT_EQ(merge("KD-1", R"("KD-9")"), "KD-1 with KD-9");
  EXPECT_THAT(found("maple"), ElementsAre("KD-1"));
  EXPECT_THAT(found("kaede"), ElementsAre("KD-1"));
  EXPECT_THAT(listed(), ElementsAre("KD-1 with KD-9"));
  EXPECT_THAT(listed("?search=KD-9"), ElementsAre("KD-1 with KD-9"));
  // Twice is once.
  EXPECT_EQ(merge("KD-1", R"("KD-9")"), "KD-1 with KD-9");
  EXPECT_THAT(kinds(), UnorderedElementsAre("companies_imported", "companies_merged"));
  // The operator's next file changes both, and brings nobody back.
  EXPECT_EQ(import(header + "KD-9,Acer Electric,,JP,108-0075,TOKYO,MINATO,2-16-4,,,\n").taken, 1);
  EXPECT_THAT(found("maple"), IsEmpty());
  EXPECT_THAT(found("acer"), ElementsAre("KD-1"));
  EXPECT_EQ(import(header + "KD-1,Kaede Denki,,JP,108-0075,TOKYO,MINATO,2-16-3 KONAN,,,\n").taken, 1);
  EXPECT_THAT(found("kaede e"), IsEmpty());
  EXPECT_THAT(found("acer"), ElementsAre("KD-1"));
  EXPECT_THAT(found("kaede d"), ElementsAre("KD-1"));
}

TEST_P(Directory, undoes_a_merger) {
  import(header + kaede + "KD-9,Kaede Electric,,JP,108-0075,TOKYO,MINATO,2-16-3,,,\n");
  merge("KD-1", R"("KD-9")");
  EXPECT_THAT(listed("?filter=twins"), IsEmpty());
  EXPECT_EQ(split("KD-9"), "KD-9 twin");
  EXPECT_THAT(found("kaede"), ElementsAre("KD-1", "KD-9"));
  EXPECT_EQ(split("KD-9"), "KD-9 twin");
  EXPECT_THAT(kinds(), UnorderedElementsAre("companies_imported", "companies_merged", "company_split"));
  EXPECT_EQ(split("NO-1"), "/code unknown");
}

TEST_P(Directory, brings_along_what_was_merged_before) {
  import(header + "A,Alpha,,VA,,,CITTA,VIA 1,,,\nB,Beta,,VA,,,CITTA,VIA 1,,,\nC,Gamma,,VA,,,CITTA,VIA 1,,,\n");
  merge("B", R"("C")");
  EXPECT_EQ(merge("A", R"("B")"), "A with B C");
  EXPECT_THAT(found("gamma"), ElementsAre("A"));
  EXPECT_EQ(split("B"), "B");
  EXPECT_THAT(found("gamma"), ElementsAre("A"));
  // When the record that was kept leaves, what was merged into it stands for itself again.
  import(header + "A,,,,,,,,,,true\n");
  EXPECT_THAT(listed(), ElementsAre("B", "C"));
  EXPECT_THAT(found("gamma"), ElementsAre("C"));
  // One that leaves takes its name along.
  merge("B", R"("C")");
  import(header + "C,,,,,,,,,,true\n");
  EXPECT_THAT(listed(), ElementsAre("B"));
  EXPECT_THAT(found("gamma"), IsEmpty());
  EXPECT_EQ(count("company"), 1);
  EXPECT_EQ(count("company_key"), 1);
}

TEST_P(Directory, refuses_mergers_that_mean_nothing) {
  std::string csv = header;
  std::string twenty;
  for (int i = 100; i < 160; ++i)
    csv += "C-" + std::to_string(i) + ",Name " + std::to_string(i) + ",,VA,,,CITTA,VIA,,,\n";
  import(csv);
  auto const codes = [](int from, int to) {
    std::string out;
    for (int i = from; i < to; ++i) out += (out.empty() ? "\"C-" : ",\"C-") + std::to_string(i) + "\"";
    return out;
  };
  EXPECT_EQ(merge("C-100", ""), "/merged_codes empty");
  EXPECT_EQ(merge("C-100", codes(101, 122)), "/merged_codes too_many");
  EXPECT_EQ(merge("C-1", codes(101, 102)), "/kept_code unknown");
  EXPECT_EQ(merge("C-100", R"("C-101","C-1","C-100")"), "/merged_codes/1 unknown, /merged_codes/2 same");
  EXPECT_EQ(merge("C-100", codes(101, 102)), "C-100 with C-101");
  EXPECT_EQ(merge("C-101", codes(102, 103)), "/kept_code merged");
  EXPECT_EQ(merge("C-102", codes(101, 102)), "/merged_codes/0 merged");
  merge("C-100", codes(102, 122));
  merge("C-100", codes(122, 142));
  EXPECT_EQ(merge("C-100", codes(142, 160)), "/merged_codes too_many");
  merge("C-142", codes(143, 153));
  EXPECT_EQ(merge("C-100", codes(142, 143)), "/merged_codes too_many");
  EXPECT_EQ(merge("C-100", codes(153, 160)), "C-100 with 48");
  EXPECT_EQ(
      client.post("/api/v1/operator/company_mergers", R"({"kept_code":"C-100","merged_codes":["C-101"]})").status,
      404);
}

// ---- Files in the portal ------------------------------------------------------------------------------------------

TEST_P(Directory, previews_a_file_and_changes_nothing) {
  import(header + kaede + "ML-1,Minato,,VA,,,CITTA,VIA 1,,,\nML-2,Minato,,VA,,,CITTA,VIA 1,,,\n");
  merge("ML-1", R"("ML-2")");
  auto const file =
      header + kaede + "ML-1,,,,,,,,,,true\nML-2,Minato Harbour,,VA,,,CITTA,VIA 1,,,\nNEW,New,,VA,,,CITTA,VIA 1,,,\n";
  auto const answer = preview(file);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.body,
            R"({"added":1,"changed":1,"removed":1,"unchanged":1,"companies":[)"
            R"({"code":"ML-1","effect":"removed"},{"code":"ML-2","name":"Minato Harbour","effect":"changed",)"
            R"("kept_code":"ML-1"},{"code":"NEW","name":"New","effect":"added"}],"faults":[],"more_faults":0})");
  EXPECT_THAT(listed(), ElementsAre("KD-1", "ML-1 with ML-2"));
  auto const faulty = preview(header + "A,,,VA,,,CITTA,VIA 1,,,\nB,Beta,,VA,,,CITTA\n");
  EXPECT_EQ(faulty.status, 200) << faulty.body;
  ASSERT_EQ(faulty.json.at("faults").items().size(), 2U);
  EXPECT_EQ(faulty.json.at("added").as_int(), 0);
  EXPECT_EQ(faulty.json.at("faults").items()[0].at("column").as_string(), "name");
  EXPECT_EQ(faulty.json.at("faults").items()[1].at("line").as_int(), 3);
  EXPECT_EQ(client.post("/api/v1/operator/companies_file_previews", R"({"text":"code"})").status, 404);
}

TEST_P(Directory, takes_a_file_over_by_a_job_in_the_name_of_its_sender) {
  auto const answer = take(header + kaede);
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.json.at("taken").as_int(), 1);
  EXPECT_THAT(listed(), IsEmpty());
  EXPECT_EQ(runner.run_to_end(*JobId::parse(answer.json.at("job_id").as_string())).status, jobs::JobStatus::done);
  EXPECT_THAT(listed(), ElementsAre("KD-1"));
  EXPECT_EQ(world.database->read([&](db::ReadTx& tx) {
    return audit::read_events(tx, world.vault, {}, {}, {}, 1).front().actor.kind;
  }),
            audit::ActorKind::staff);
  auto const again = take(header + kaede);
  EXPECT_EQ(again.body, R"({"taken":0})");
  EXPECT_EQ(take(header + "A,,,VA,,,CITTA,VIA 1,,,\n").status, 422);
  has_lost_role = true;
  auto const late = take(header + "A,Alpha,,VA,,,CITTA,VIA 1,,,\n");
  EXPECT_EQ(runner.run_to_end(*JobId::parse(late.json.at("job_id").as_string())).status, jobs::JobStatus::failed);
  EXPECT_THAT(listed(), ElementsAre("KD-1"));
}

}  // namespace
}  // namespace menkyo::companies
