#include "publications/publications.hpp"

#include "publications/inside.hpp"
#include "publications/store.hpp"

namespace menkyo::publications {

// The texts that the program brings (texts/*.txt, embedded by CMakeLists.txt).
namespace texts {
std::string_view privacy_ja();
std::string_view privacy_en();
std::string_view security_ja();
std::string_view security_en();
std::string_view cookies_ja();
std::string_view cookies_en();
std::string_view terms_ja();
std::string_view terms_en();
std::string_view contact_ja();
std::string_view contact_en();
std::string_view account_agreement_ja();
std::string_view account_agreement_en();
std::string_view licensing_notice_ja();
std::string_view licensing_notice_en();
}  // namespace texts

namespace {

using audit::EventKind;
using store::EditionRow;
using store::PublicationRow;

struct FirstText {
  Kind kind;
  std::string_view ja, en;
};

std::vector<FirstText> first_texts() {
  return {
      {Kind::privacy, texts::privacy_ja(), texts::privacy_en()},
      {Kind::security, texts::security_ja(), texts::security_en()},
      {Kind::cookies, texts::cookies_ja(), texts::cookies_en()},
      {Kind::terms, texts::terms_ja(), texts::terms_en()},
      {Kind::contact, texts::contact_ja(), texts::contact_en()},
      {Kind::account_agreement, texts::account_agreement_ja(), texts::account_agreement_en()},
      {Kind::licensing_notice, texts::licensing_notice_ja(), texts::licensing_notice_en()},
  };
}

// A file's first line is "# " and the title.
std::pair<std::string, std::string> title_and_body(std::string_view file) {
  auto const end = file.find('\n');
  return {std::string(file.substr(2, end - 2)), std::string(file.substr(file.find_first_not_of('\n', end)))};
}

// The row, as the caller saw it, held until the end of the transaction.
PublicationRow lock_as_seen(db::Tx& tx, PublicationId id, std::optional<int64_t> if_match) {
  auto row = store::lock(tx, id);
  if (!row) throw Problem(problems::not_found);
  if (if_match && *if_match != row->version) throw Problem(problems::changed_meanwhile);
  return std::move(*row);
}

void record(db::Tx& tx, keys::Vault const& vault, Editor const& access, EventKind kind, PublicationRow const& row,
            std::vector<audit::Datum> data) {
  data.emplace_back("kind", std::string(to_text(row.kind)));
  if (!row.product_code.empty()) data.emplace_back("product_code", row.product_code);
  audit::record(tx, vault,
                {.smart_account_id = {},
                 .kind = kind,
                 .actor = access.actor(),
                 .subject_kind = "publication",
                 .subject_id = row.publication_id.bytes,
                 .data = std::move(data)});
}

bool says_the_same(EditionRow const& a, EditionRow const& b) {
  return a.title_ja == b.title_ja && a.title_en == b.title_en && a.body_ja == b.body_ja && a.body_en == b.body_en;
}

}  // namespace

bool is_agreement(Kind kind) {
  return kind == Kind::account_agreement || kind == Kind::licensing_notice || kind == Kind::product_agreement;
}

EditionText read_out(EditionRow row, Imprint const& imprint) {
  return {{row.edition, std::move(row.title_ja), std::move(row.title_en), row.published_at},
          fill_in(row.body_ja, imprint, Language::ja),
          fill_in(row.body_en, imprint, Language::en)};
}

void bring_first_texts(db::Database& database) {
  auto const missing = database.read([](db::ReadTx& tx) {
    auto texts = first_texts();
    std::erase_if(texts, [&](FirstText const& text) { return store::find_only(tx, text.kind).has_value(); });
    return texts;
  });
  if (missing.empty()) return;
  database.write([&](db::Tx& tx) {
    for (auto const& text : missing) {
      bool const published = !is_agreement(text.kind);
      PublicationRow const row{tx.new_id<PublicationId>(), text.kind, "", published ? 1 : 0, 1};
      if (!store::insert(tx, row)) continue;  // another server was quicker
      auto [title_ja, body_ja] = title_and_body(text.ja);
      auto [title_en, body_en] = title_and_body(text.en);
      store::put_draft(tx, {row.publication_id, 1, title_ja, title_en, body_ja, body_en,
                            published ? std::optional(tx.now()) : std::nullopt});
    }
  });
}

PublicationId create_product_agreement(db::Tx& tx, keys::Vault const& vault, Editor const& access,
                                       catalog::Catalog const& catalog, NewProductAgreement const& in) {
  if (!catalog.find_product(in.product_code))
    throw invalid_field("/product_code", "unknown", "is no product of the catalogue");
  PublicationRow const row{tx.new_id<PublicationId>(), Kind::product_agreement, in.product_code, 0, 1};
  if (!store::insert(tx, row))
    throw Problem(problems::name_taken, "This product has an agreement.",
                  {{"/product_code", "taken", "has an agreement"}});
  store::put_draft(tx, {row.publication_id, 1, "", "", "", "", {}});
  record(tx, vault, access, EventKind::publication_created, row, {});
  return row.publication_id;
}

void save_draft(db::Tx& tx, keys::Vault const& vault, Editor const& access, Draft const& in) {
  auto const row = lock_as_seen(tx, in.publication_id, in.if_match);
  EditionRow const wanted{
      row.publication_id, row.current_edition + 1, in.title_ja, in.title_en, in.body_ja, in.body_en, {}};
  auto const old = store::edition(tx, row.publication_id, wanted.edition);
  if (old && says_the_same(*old, wanted)) return;
  store::put_draft(tx, wanted);
  store::count_version(tx, row.publication_id);
  record(tx, vault, access, EventKind::publication_changed, row, {{"edition", wanted.edition}});
}

void discard_draft(db::Tx& tx, keys::Vault const& vault, Editor const& access, Publishing const& in) {
  auto const row = lock_as_seen(tx, in.publication_id, in.if_match);
  int64_t const edition = row.current_edition + 1;
  if (!store::edition(tx, row.publication_id, edition)) return;
  bool const stays = row.current_edition > 0;
  if (!stays && row.kind != Kind::product_agreement)
    throw Problem(problems::conflict, "This is the only text of its kind.");
  store::delete_draft(tx, row.publication_id, edition);
  if (stays)
    store::count_version(tx, row.publication_id);
  else
    store::delete_publication(tx, row.publication_id);
  record(tx, vault, access, EventKind::publication_draft_discarded, row, {{"edition", edition}});
}

void publish(db::Tx& tx, keys::Vault const& vault, Editor const& access, Publishing const& in) {
  auto const row = lock_as_seen(tx, in.publication_id, in.if_match);
  auto const draft = store::edition(tx, row.publication_id, row.current_edition + 1);
  if (!draft) throw Problem(problems::conflict, "There is no draft to publish.");
  wire::Errors errors;
  auto const need = [&](std::string const& path, std::string const& text) {
    if (text.empty()) errors.push_back({path, "missing", "is needed to publish"});
  };
  need("/title_ja", draft->title_ja);
  need("/title_en", draft->title_en);
  need("/body_ja", draft->body_ja);
  need("/body_en", draft->body_en);
  if (!errors.empty())
    throw Problem(problems::invalid, "Title and text are needed in both languages.", std::move(errors));
  if (auto const before = store::edition(tx, row.publication_id, row.current_edition);
      before && says_the_same(*before, *draft))
    throw Problem(problems::conflict, "The draft says what is published already.");
  store::publish_draft(tx, row.publication_id, draft->edition, tx.now());
  store::set_current_edition(tx, row.publication_id, draft->edition);
  record(tx, vault, access, EventKind::publication_published, row,
         {{"edition", draft->edition}, {"title_ja", draft->title_ja}, {"title_en", draft->title_en}});
}

}  // namespace menkyo::publications
