#include "support/store.hpp"

namespace menkyo::support::store {

void insert_enquiry(db::Tx& tx, EnquiryRow const& r) {
  tx.exec(
      "insert into enquiry (enquiry_id, number, person_id, subject, status, domain, created_at, changed_at, entries, "
      "version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
      r.enquiry_id, r.number, r.person_id, r.subject, r.status, r.domain, r.created_at, r.changed_at, r.entries,
      r.version);
}

namespace {

std::string enquiries_where(std::string_view condition) {
  return "select enquiry_id, number, person_id, subject, status, domain, created_at, changed_at, entries, version "
         "from enquiry where " +
         std::string(condition);
}

}  // namespace

std::optional<EnquiryRow> enquiry(db::ReadTx& tx, EnquiryId id) {
  static auto const sql = enquiries_where("enquiry_id = $1");
  return tx.one<EnquiryRow>(sql, id);
}

std::optional<EnquiryRow> lock_enquiry(db::Tx& tx, EnquiryId id) {
  static auto const sql = enquiries_where("enquiry_id = $1 {for update}");
  return tx.one<EnquiryRow>(sql, id);
}

std::vector<EnquiryRow> enquiries_of(db::ReadTx& tx, PersonId person, Newest<EnquiryId> const& range) {
  static auto const sql = enquiries_where("person_id = $1 and enquiry_id < $2 order by enquiry_id desc limit $3");
  return tx.all<EnquiryRow>(sql, person, range.before, range.limit);
}

std::vector<EnquiryRow> all_enquiries(db::ReadTx& tx, std::optional<EnquiryStatus> status,
                                      Newest<EnquiryId> const& range) {
  static auto const all = enquiries_where("enquiry_id < $1 order by enquiry_id desc limit $2");
  static auto const of_status = enquiries_where("enquiry_id < $1 and status = $3 order by enquiry_id desc limit $2");
  if (status) return tx.all<EnquiryRow>(of_status, range.before, range.limit, *status);
  return tx.all<EnquiryRow>(all, range.before, range.limit);
}

int64_t count_open(db::ReadTx& tx, PersonId person) {
  return tx.one<int64_t>("select count(*) from enquiry where person_id = $1 and status = 'OPEN'", person).value();
}

void add_entry(db::Tx& tx, EnquiryRow const& row, EnquiryStatus status, EntryRow const& e) {
  tx.exec(
      "insert into enquiry_entry (enquiry_id, position, kind, author_id, wrapped_text, created_at) "
      "values ($1, $2, $3, $4, $5, $6)",
      row.enquiry_id, row.entries + 1, e.kind, e.author_id, e.wrapped_text, e.created_at);
  tx.exec(
      "update enquiry set status = $2, changed_at = $3, entries = $4, version = version + 1 where enquiry_id = $1",
      row.enquiry_id, status, e.created_at, row.entries + 1);
}

std::vector<EntryRow> entries(db::ReadTx& tx, EnquiryId id) {
  return tx.all<EntryRow>(
      "select kind, author_id, wrapped_text, created_at from enquiry_entry where enquiry_id = $1 order by position",
      id);
}

int64_t count_entries(db::ReadTx& tx, PersonId author, Instant since, int64_t limit) {
  return tx
      .one<int64_t>(
          "select count(*) from (select 1 from enquiry_entry where author_id = $1 and created_at >= $2 limit $3) "
          "newest",
          author, since, limit)
      .value();
}

}  // namespace menkyo::support::store
