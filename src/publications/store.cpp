#include "publications/store.hpp"

namespace menkyo::publications::store {

bool insert(db::Tx& tx, PublicationRow const& row) {
  return tx.exec(
             "insert into publication (publication_id, kind, product_code, current_edition, version) "
             "values ($1, $2, $3, $4, $5) on conflict (kind, product_code) do nothing",
             row.publication_id, row.kind, row.product_code, row.current_edition, row.version) > 0;
}

std::optional<PublicationRow> find(db::ReadTx& tx, PublicationId id) {
  return tx.one<PublicationRow>(
      "select publication_id, kind, product_code, current_edition, version from publication where publication_id = "
      "$1",
      id);
}

std::optional<PublicationRow> lock(db::Tx& tx, PublicationId id) {
  return tx.one<PublicationRow>(
      "select publication_id, kind, product_code, current_edition, version from publication where publication_id = "
      "$1 "
      "{for update}",
      id);
}

std::optional<PublicationRow> find_only(db::ReadTx& tx, Kind kind) {
  return tx.one<PublicationRow>(
      "select publication_id, kind, product_code, current_edition, version from publication where kind = $1 "
      "and product_code = ''",
      kind);
}

void delete_draft(db::Tx& tx, PublicationId id, int64_t edition) {
  tx.exec("delete from publication_edition where publication_id = $1 and edition = $2 and published_at is null", id,
          edition);
}

void delete_publication(db::Tx& tx, PublicationId id) {
  tx.exec("delete from publication where publication_id = $1", id);
}

void count_version(db::Tx& tx, PublicationId id) {
  tx.exec("update publication set version = version + 1 where publication_id = $1", id);
}

void set_current_edition(db::Tx& tx, PublicationId id, int64_t edition) {
  tx.exec("update publication set current_edition = $2, version = version + 1 where publication_id = $1", id,
          edition);
}

std::optional<ListedRow> listed(db::ReadTx& tx, PublicationId id) {
  return tx.one<ListedRow>(
      "select p.publication_id, p.kind, p.product_code, p.current_edition, p.version, e.title_ja, e.title_en, "
      "e.published_at, d.edition is not null from publication p "
      "join publication_edition e on e.publication_id = p.publication_id "
      "and e.edition = case when p.current_edition = 0 then 1 else p.current_edition end "
      "left join publication_edition d on d.publication_id = p.publication_id and d.edition = p.current_edition + 1 "
      "where p.publication_id = $1",
      id);
}

std::vector<ListedRow> listed_after(db::ReadTx& tx, std::string const& kind, std::string const& product_code,
                                    int64_t limit) {
  return tx.all<ListedRow>(
      "select p.publication_id, p.kind, p.product_code, p.current_edition, p.version, e.title_ja, e.title_en, "
      "e.published_at, d.edition is not null from publication p "
      "join publication_edition e on e.publication_id = p.publication_id "
      "and e.edition = case when p.current_edition = 0 then 1 else p.current_edition end "
      "left join publication_edition d on d.publication_id = p.publication_id and d.edition = p.current_edition + 1 "
      "where (p.kind, p.product_code) > ($1, $2) order by p.kind, p.product_code limit $3",
      kind, product_code, limit);
}

std::optional<EditionRow> edition(db::ReadTx& tx, PublicationId id, int64_t edition) {
  return tx.one<EditionRow>(
      "select publication_id, edition, title_ja, title_en, body_ja, body_en, published_at from publication_edition "
      "where publication_id = $1 and edition = $2",
      id, edition);
}

void put_draft(db::Tx& tx, EditionRow const& row) {
  tx.exec(
      "insert into publication_edition (publication_id, edition, title_ja, title_en, body_ja, body_en, published_at) "
      "values ($1, $2, $3, $4, $5, $6, $7) on conflict (publication_id, edition) do update set "
      "title_ja = excluded.title_ja, title_en = excluded.title_en, body_ja = excluded.body_ja, "
      "body_en = excluded.body_en where publication_edition.published_at is null",
      row.publication_id, row.edition, row.title_ja, row.title_en, row.body_ja, row.body_en, row.published_at);
}

void publish_draft(db::Tx& tx, PublicationId id, int64_t edition, Instant at) {
  tx.exec(
      "update publication_edition set published_at = $3 where publication_id = $1 and edition = $2 "
      "and published_at is null",
      id, edition, at);
}

std::vector<Edition> editions_before(db::ReadTx& tx, PublicationId id, int64_t before, bool with_draft,
                                     int64_t limit) {
  return tx.all<Edition>(
      "select edition, title_ja, title_en, published_at from publication_edition where publication_id = $1 "
      "and edition < $2 and (published_at is not null or $3) order by edition desc limit $4",
      id, before, with_draft, limit);
}

// The kinds of agreements stand here once more, because a list walks one index and leaves out what is a page.
std::vector<AgreementRow> agreements_after(db::ReadTx& tx, SmartAccountId account, std::string const& kind,
                                           std::string const& product_code, int64_t limit) {
  return tx.all<AgreementRow>(
      "select p.publication_id, p.kind, p.product_code, e.edition, e.title_ja, e.title_en, e.published_at, "
      "a.accepted_at, a.person_id from publication p "
      "join publication_edition e on e.publication_id = p.publication_id and e.edition = p.current_edition "
      "left join agreement_acceptance a on a.smart_account_id = $1 and a.publication_id = p.publication_id "
      "and a.edition = p.current_edition "
      "where p.kind in ('account_agreement', 'licensing_notice', 'product_agreement') "
      "and (p.kind, p.product_code) > ($2, $3) order by p.kind, p.product_code limit $4",
      account, kind, product_code, limit);
}

std::optional<AgreementRow> agreement(db::ReadTx& tx, SmartAccountId account, PublicationId id, int64_t edition) {
  return tx.one<AgreementRow>(
      "select p.publication_id, p.kind, p.product_code, e.edition, e.title_ja, e.title_en, e.published_at, "
      "a.accepted_at, a.person_id from publication p "
      "join publication_edition e on e.publication_id = p.publication_id "
      "left join agreement_acceptance a on a.smart_account_id = $1 and a.publication_id = p.publication_id "
      "and a.edition = e.edition "
      "where p.publication_id = $2 and e.edition = $3 and e.published_at is not null",
      account, id, edition);
}

bool insert_acceptance(db::Tx& tx, AcceptanceRow const& row) {
  return tx.exec(
             "insert into agreement_acceptance (smart_account_id, publication_id, edition, person_id, accepted_at) "
             "values ($1, $2, $3, $4, $5) on conflict (smart_account_id, publication_id, edition) do nothing",
             row.smart_account_id, row.publication_id, row.edition, row.person_id, row.accepted_at) > 0;
}

std::vector<AgreementRow> acceptances_before(db::ReadTx& tx, SmartAccountId account, AcceptanceKey const& before,
                                             int64_t limit) {
  return tx.all<AgreementRow>(
      "select a.publication_id, p.kind, p.product_code, a.edition, e.title_ja, e.title_en, e.published_at, "
      "a.accepted_at, a.person_id from agreement_acceptance a "
      "join publication p on p.publication_id = a.publication_id "
      "join publication_edition e on e.publication_id = a.publication_id and e.edition = a.edition "
      "where a.smart_account_id = $1 and (a.accepted_at, a.publication_id, a.edition) < ($2, $3, $4) "
      "order by a.accepted_at desc, a.publication_id desc, a.edition desc limit $5",
      account, before.accepted_at, before.publication_id, before.edition, limit);
}

}  // namespace menkyo::publications::store
