#pragma once
// SQL of published texts, and of who accepted them.
#include "publications/publications.hpp"

namespace menkyo::publications::store {

struct PublicationRow {
  PublicationId publication_id;
  Kind kind;
  std::string product_code;  // empty for all kinds but one
  int64_t current_edition;
  int64_t version;
};
// False if there is one of that kind and product; nothing is changed then.
bool insert(db::Tx& tx, PublicationRow const& row);
std::optional<PublicationRow> find(db::ReadTx& tx, PublicationId id);
// Holds off everybody else who would change it.
std::optional<PublicationRow> lock(db::Tx& tx, PublicationId id);
// The only one of its kind; not for agreements of products.
std::optional<PublicationRow> find_only(db::ReadTx& tx, Kind kind);
void count_version(db::Tx& tx, PublicationId id);
void set_current_edition(db::Tx& tx, PublicationId id, int64_t edition);

// A publication with the titles of the edition in force, or of its draft.
struct ListedRow {
  PublicationId publication_id;
  Kind kind;
  std::string product_code;
  int64_t current_edition, version;
  std::string title_ja, title_en;
  std::optional<Instant> published_at;
  bool has_draft;
};
std::optional<ListedRow> listed(db::ReadTx& tx, PublicationId id);
// By kind and product behind those given, at most `limit`.
std::vector<ListedRow> listed_after(db::ReadTx& tx, std::string const& kind, std::string const& product_code,
                                    int64_t limit);

struct EditionRow {
  PublicationId publication_id;
  int64_t edition;
  std::string title_ja, title_en, body_ja, body_en;
  std::optional<Instant> published_at;
};
std::optional<EditionRow> edition(db::ReadTx& tx, PublicationId id, int64_t edition);
// Published ones stay as they are.
void put_draft(db::Tx& tx, EditionRow const& row);
// Published ones stay.
void delete_draft(db::Tx& tx, PublicationId id, int64_t edition);
// One without editions.
void delete_publication(db::Tx& tx, PublicationId id);
void publish_draft(db::Tx& tx, PublicationId id, int64_t edition, Instant at);
// Newest first, older than `before`, without what they say; drafts only if asked for.
std::vector<Edition> editions_before(db::ReadTx& tx, PublicationId id, int64_t before, bool with_draft,
                                     int64_t limit);

// An agreement in force, and whether an account has accepted it.
struct AgreementRow {
  PublicationId publication_id;
  Kind kind;
  std::string product_code;
  int64_t edition;
  std::string title_ja, title_en;
  Instant published_at;
  std::optional<Instant> accepted_at;
  std::optional<PersonId> person_id;
};
std::vector<AgreementRow> agreements_after(db::ReadTx& tx, SmartAccountId account, std::string const& kind,
                                           std::string const& product_code, int64_t limit);
std::optional<AgreementRow> agreement(db::ReadTx& tx, SmartAccountId account, PublicationId id, int64_t edition);

struct AcceptanceRow {
  SmartAccountId smart_account_id;
  PublicationId publication_id;
  int64_t edition;
  PersonId person_id;
  Instant accepted_at;
};
// False if the account accepted that edition before; nothing is changed then.
bool insert_acceptance(db::Tx& tx, AcceptanceRow const& row);

// Where a list of acceptances goes on.
struct AcceptanceKey {
  Instant accepted_at;
  PublicationId publication_id;
  int64_t edition;
};
// Newest first, older than `before`.
std::vector<AgreementRow> acceptances_before(db::ReadTx& tx, SmartAccountId account, AcceptanceKey const& before,
                                             int64_t limit);

}  // namespace menkyo::publications::store
