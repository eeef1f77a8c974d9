#pragma once
// SQL of enquiries.
#include "support/enquiries.hpp"

namespace menkyo::support::store {

struct EnquiryRow {
  EnquiryId enquiry_id;
  int64_t number;
  PersonId person_id;
  EnquirySubject subject;
  EnquiryStatus status;
  std::optional<std::string> domain;
  Instant created_at, changed_at;
  int64_t entries;
  int64_t version;
};
void insert_enquiry(db::Tx& tx, EnquiryRow const& row);
std::optional<EnquiryRow> enquiry(db::ReadTx& tx, EnquiryId id);
// The same, and nobody changes it until the end of the transaction.
std::optional<EnquiryRow> lock_enquiry(db::Tx& tx, EnquiryId id);
// Newest first.
std::vector<EnquiryRow> enquiries_of(db::ReadTx& tx, PersonId person, Newest<EnquiryId> const& range);
std::vector<EnquiryRow> all_enquiries(db::ReadTx& tx, std::optional<EnquiryStatus> status, Newest<EnquiryId> const& range);
int64_t count_open(db::ReadTx& tx, PersonId person);

struct EntryRow {
  EnquiryEntryKind kind;
  PersonId author_id;
  std::optional<Bytes> wrapped_text;
  Instant created_at;
};
// Puts an entry behind the others and the enquiry into that status; `row` is as it was locked.
void add_entry(db::Tx& tx, EnquiryRow const& row, EnquiryStatus status, EntryRow const& entry);
std::vector<EntryRow> entries(db::ReadTx& tx, EnquiryId id);
// Of that person since then; counted up to `limit`.
int64_t count_entries(db::ReadTx& tx, PersonId author, Instant since, int64_t limit);

}  // namespace menkyo::support::store
