#pragma once
// Texts that the operator publishes in Japanese and in English: pages that everybody may read, and agreements that
// customers accept. A text has editions. The newest may be a draft, which changes until it is published; a published
// edition never changes, and every one of them can be read for ever.
//
// Texts are written in the small part of Markdown that docs/decisions/0036-publications.md names; the portal shows it
// and never takes HTML from it. What depends on the installation stands in them as {words} (imprint.hpp), which are
// filled in when somebody reads.

#include <optional>
#include <string>
#include <vector>

#include "access/access.hpp"
#include "api/page.hpp"
#include "catalog/catalog.hpp"
#include "publications/imprint.hpp"

namespace menkyo::publications {

using access::Access;
using access::OperatorPermission;
using access::Permission;

// There is one text of each kind, and one product_agreement for each product that has one.
MENKYO_ENUM(Kind, privacy, security, cookies, terms, contact, account_agreement, licensing_notice, product_agreement)
bool is_agreement(Kind kind);  // else a page for everybody

using Title = wire::Line<0, 200>;
using Body = wire::Text<0, 30'000>;

// ---- The operator's side ------------------------------------------------------------------------------------------

struct Edition {
  int64_t edition;  // from 1
  std::string title_ja, title_en;
  std::optional<Instant> published_at;  // absent: the draft
};
BOOST_DESCRIBE_STRUCT(Edition, (), (edition, title_ja, title_en, published_at))

struct EditionText : Edition {
  std::string body_ja, body_en;
};
BOOST_DESCRIBE_STRUCT(EditionText, (Edition), (body_ja, body_en))

struct Publication {
  PublicationId publication_id;
  Kind kind;
  std::optional<std::string> product_code;  // of a product_agreement
  std::string title_ja, title_en;           // of the edition in force, or of the draft before the first
  int64_t current_edition;                  // 0: nothing is published
  std::optional<Instant> published_at;      // when that one was
  bool has_draft;
  int64_t version;
};
BOOST_DESCRIBE_STRUCT(Publication, (),
                      (publication_id, kind, product_code, title_ja, title_en, current_edition, published_at,
                       has_draft, version))

struct NewProductAgreement {
  wire::Line<1, 64> product_code;
};
BOOST_DESCRIBE_STRUCT(NewProductAgreement, (), (product_code))

struct Draft {
  PublicationId publication_id;
  std::optional<int64_t> if_match;
  Title title_ja, title_en;
  Body body_ja, body_en;
};
BOOST_DESCRIBE_STRUCT(Draft, (), (publication_id, if_match, title_ja, title_en, body_ja, body_en))

struct Publishing {
  PublicationId publication_id;
  std::optional<int64_t> if_match;
};
BOOST_DESCRIBE_STRUCT(Publishing, (), (publication_id, if_match))

using Editor = Access<access::Operator, OperatorPermission::publications_edit>;

// Brings the text that the program has for each kind of which the database has none: pages are published with it,
// agreements wait as drafts, because what customers are asked to accept is the operator's decision. Safe to repeat,
// and for several servers at once.
void bring_first_texts(db::Database& database);

// With an empty draft. Problem invalid (no such product in the catalogue), name_taken (it has one).
PublicationId create_product_agreement(db::Tx& tx, keys::Vault const& vault, Editor const& access,
                                       catalog::Catalog const& catalog, NewProductAgreement const& in);
// Makes the draft, or changes it. Problem changed_meanwhile. Changes nothing if nothing differs.
void save_draft(db::Tx& tx, keys::Vault const& vault, Editor const& access, Draft const& in);
// The draft goes, and with it the agreement of a product that was never published. Problem changed_meanwhile,
// conflict (the only text of its kind). Nothing happens if there is no draft.
void discard_draft(db::Tx& tx, keys::Vault const& vault, Editor const& access, Publishing const& in);
// The draft becomes the edition in force. Problem changed_meanwhile, conflict (no draft, or one that says what is in
// force), invalid (a language is missing).
void publish(db::Tx& tx, keys::Vault const& vault, Editor const& access, Publishing const& in);

// ---- The customers' side ------------------------------------------------------------------------------------------

struct AgreementKey {
  SmartAccountId smart_account_id;
  PublicationId publication_id;
  int64_t edition;
};
BOOST_DESCRIBE_STRUCT(AgreementKey, (), (smart_account_id, publication_id, edition))

using Accepter = Access<access::SmartAccount, Permission::agreements_accept>;

// For the account, by the caller and now; nothing changes if somebody accepted that edition before. Problem
// not_found, changed_meanwhile if another edition is in force by now.
void accept(db::Tx& tx, keys::Vault const& vault, Accepter const& access, AgreementKey const& in);

// The operations on all of this. They need the services Vault, Cursors, CatalogCache and Imprint.
std::vector<api::Route> routes();
std::vector<api::Route> agreement_routes();

}  // namespace menkyo::publications
