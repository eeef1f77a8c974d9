// What everybody reads, and what the operator's staff edit.
#include "publications/inside.hpp"
#include "publications/publications.hpp"

namespace menkyo::publications {

namespace {

// ---- Pages for everybody ----

struct PublishedPage {
  Kind kind;
  int64_t edition, current_edition;
  Instant published_at;
  std::string title_ja, title_en, body_ja, body_en;
};
BOOST_DESCRIBE_STRUCT(PublishedPage, (),
                      (kind, edition, current_edition, published_at, title_ja, title_en, body_ja, body_en))

struct PageQuery {
  Kind kind;
};
BOOST_DESCRIBE_STRUCT(PageQuery, (), (kind))

struct PageEditionQuery {
  Kind kind;
  int64_t edition;
};
BOOST_DESCRIBE_STRUCT(PageEditionQuery, (), (kind, edition))

struct PageEditionsQuery {
  Kind kind;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(PageEditionsQuery, (), (kind, limit, cursor))

// Agreements are for customers, and a page that was never published is for nobody.
store::PublicationRow find_page(db::ReadTx& tx, Kind kind) {
  auto row = is_agreement(kind) ? std::nullopt : store::find_only(tx, kind);
  if (!row || row->current_edition == 0) throw Problem(problems::not_found);
  return std::move(*row);
}

api::Response show_page(db::ReadTx& tx, store::PublicationRow const& page, int64_t edition, Imprint const& imprint,
                        api::Request const& request) {
  auto row = store::edition(tx, page.publication_id, edition);
  if (!row || !row->published_at) throw Problem(problems::not_found);
  auto text = read_out(std::move(*row), imprint);
  PublishedPage const out{page.kind,
                          text.edition,
                          page.current_edition,
                          *text.published_at,
                          std::move(text.title_ja),
                          std::move(text.title_en),
                          std::move(text.body_ja),
                          std::move(text.body_en)};
  return api::revalidated(request, "application/json", wire::to_json(out));
}

api::Response get_page(db::ReadTx& tx, PageQuery const& in, Imprint const& imprint, api::Request const& request) {
  auto const page = find_page(tx, in.kind);
  return show_page(tx, page, page.current_edition, imprint, request);
}

api::Response get_page_edition(db::ReadTx& tx, PageEditionQuery const& in, Imprint const& imprint,
                               api::Request const& request) {
  return show_page(tx, find_page(tx, in.kind), in.edition, imprint, request);
}

// Editions in pages, newest first.
wire::Page<Edition> list_editions(db::ReadTx& tx, api::Cursors const& cursors, std::string const& scope,
                                  PublicationId id, bool with_draft, std::optional<api::Limit> const& wanted,
                                  std::optional<api::CursorText> const& cursor) {
  int64_t const limit = api::page_size(wanted);
  auto const key = cursors.decode(scope, cursor, 1);
  int64_t const before = key.empty() ? std::numeric_limits<int64_t>::max() : std::stoll(key.front());
  return api::make_page(store::editions_before(tx, id, before, with_draft, limit + 1), limit, cursors, scope,
                        [](Edition const& e) { return std::vector{std::to_string(e.edition)}; });
}

wire::Page<Edition> list_page_editions(db::ReadTx& tx, PageEditionsQuery const& in, api::Cursors const& cursors) {
  auto const page = find_page(tx, in.kind);
  return list_editions(tx, cursors, "page_editions " + std::string(to_text(in.kind)), page.publication_id, false,
                       in.limit, in.cursor);
}

// ---- The operator's desk ----

struct PublicationsQuery {
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(PublicationsQuery, (), (limit, cursor))

struct PublicationQuery {
  PublicationId publication_id;
};
BOOST_DESCRIBE_STRUCT(PublicationQuery, (), (publication_id))

struct EditionsQuery {
  PublicationId publication_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(EditionsQuery, (), (publication_id, limit, cursor))

struct EditionQuery {
  PublicationId publication_id;
  int64_t edition;
};
BOOST_DESCRIBE_STRUCT(EditionQuery, (), (publication_id, edition))

// An edition as it was written, and as it is read.
struct EditionSource : EditionText {
  std::string shown_ja, shown_en;
};
BOOST_DESCRIBE_STRUCT(EditionSource, (EditionText), (shown_ja, shown_en))

Publication to_record(store::ListedRow row) {
  return {row.publication_id,
          row.kind,
          row.product_code.empty() ? std::nullopt : std::optional(std::move(row.product_code)),
          std::move(row.title_ja),
          std::move(row.title_en),
          row.current_edition,
          row.published_at,
          row.has_draft,
          row.version};
}

Publication load(db::ReadTx& tx, PublicationId id) {
  auto row = store::listed(tx, id);
  if (!row) throw Problem(problems::not_found);
  return to_record(std::move(*row));
}

wire::Page<Publication> list_publications(db::ReadTx& tx, Editor const& access, PublicationsQuery const& in,
                                          api::Cursors const& cursors) {
  auto const scope = "publications " + access.person_id().text();
  int64_t const limit = api::page_size(in.limit);
  auto key = cursors.decode(scope, in.cursor, 2);
  key.resize(2);
  std::vector<Publication> out;
  for (auto& row : store::listed_after(tx, key[0], key[1], limit + 1)) out.push_back(to_record(std::move(row)));
  return api::make_page(std::move(out), limit, cursors, scope, [](Publication const& p) {
    return std::vector{std::string(to_text(p.kind)), p.product_code.value_or("")};
  });
}

Publication get_publication(db::ReadTx& tx, Editor const&, PublicationQuery const& in) {
  return load(tx, in.publication_id);
}

wire::Page<Edition> list_publication_editions(db::ReadTx& tx, Editor const& access, EditionsQuery const& in,
                                              api::Cursors const& cursors) {
  load(tx, in.publication_id);
  return list_editions(tx, cursors,
                       "publication_editions " + in.publication_id.text() + " " + access.person_id().text(),
                       in.publication_id, true, in.limit, in.cursor);
}

EditionSource get_publication_edition(db::ReadTx& tx, Editor const&, EditionQuery const& in, Imprint const& imprint) {
  auto row = store::edition(tx, in.publication_id, in.edition);
  if (!row) throw Problem(problems::not_found);
  auto shown = read_out(*row, imprint);
  return {{{row->edition, std::move(row->title_ja), std::move(row->title_en), row->published_at},
           std::move(row->body_ja),
           std::move(row->body_en)},
          std::move(shown.body_ja),
          std::move(shown.body_en)};
}

Publication answer_creation(db::Tx& tx, Editor const& access, NewProductAgreement const& in, keys::Vault const& vault,
                            catalog::CatalogCache& cache) {
  return load(tx, create_product_agreement(tx, vault, access, *cache.at(tx), in));
}

Publication answer_draft(db::Tx& tx, Editor const& access, Draft const& in, keys::Vault const& vault) {
  save_draft(tx, vault, access, in);
  return load(tx, in.publication_id);
}

Publication answer_publishing(db::Tx& tx, Editor const& access, Publishing const& in, keys::Vault const& vault) {
  publish(tx, vault, access, in);
  return load(tx, in.publication_id);
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  std::string const page = "/api/v1/pages/{kind}", all = "/api/v1/operator/publications",
                    one = all + "/{publication_id}";
  std::vector<api::Route> out{
      api::route<&get_page>(get, page, "get_page", "Read a page that the operator publishes for everybody"),
      api::route<&get_page_edition>(get, page + "/editions/{edition}", "get_page_edition",
                                    "Read a page as it was published at some time"),
      api::route<&list_page_editions>(get, page + "/editions", "list_page_editions",
                                      "List the published editions of a page, newest first"),
      api::route<&list_publications>(get, all, "list_publications", "List the texts that the operator publishes"),
      api::route<&answer_creation>(post, all, "create_product_agreement",
                                   "Begin the end-user agreement of a product"),
      api::route<&get_publication>(get, one, "get_publication", "Read about one text"),
      api::route<&list_publication_editions>(get, one + "/editions", "list_publication_editions",
                                             "List the editions of a text with its draft, newest first"),
      api::route<&get_publication_edition>(get, one + "/editions/{edition}", "get_publication_edition",
                                           "Read one edition, or the draft"),
      api::route<&answer_draft>(put, one + "/draft", "save_publication_draft", "Make or change the draft of a text"),
      api::route<&discard_draft>(del, one + "/draft", "discard_publication_draft", "Throw the draft of a text away"),
      api::route<&answer_publishing>(post, one + "/publication", "publish_draft", "Publish the draft of a text"),
  };
  // They tag their bytes themselves, and are typed all the same.
  out[0].revalidates = out[1].revalidates = true;
  out[0].answer = out[1].answer = [](wire::Schemas& schemas) { return wire::schema<PublishedPage>(schemas); };
  for (auto& more : {agreement_routes(), imprint_routes()}) out.insert(out.end(), more.begin(), more.end());
  return out;
}

}  // namespace menkyo::publications
