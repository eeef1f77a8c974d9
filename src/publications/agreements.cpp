// Agreements of a Smart Account: what is in force, and who accepted it when. Nothing waits for an acceptance.
#include <map>

#include "accounts/organization.hpp"
#include "publications/inside.hpp"
#include "publications/publications.hpp"

namespace menkyo::publications {

namespace {

struct Agreement {
  PublicationId publication_id;
  Kind kind;
  std::optional<std::string> product_code;  // of a product_agreement
  int64_t edition;
  std::string title_ja, title_en;
  Instant published_at;
  std::optional<Instant> accepted_at;      // absent: nobody has accepted it for the account
  std::optional<std::string> accepted_by;  // the person's name, if the caller may know it
};
BOOST_DESCRIBE_STRUCT(Agreement, (),
                      (publication_id, kind, product_code, edition, title_ja, title_en, published_at, accepted_at,
                       accepted_by))

struct AgreementText : Agreement {
  std::string body_ja, body_en;
};
BOOST_DESCRIBE_STRUCT(AgreementText, (Agreement), (body_ja, body_en))

struct AgreementsQuery {
  SmartAccountId smart_account_id;
  std::optional<api::Limit> limit;
  std::optional<api::CursorText> cursor;
};
BOOST_DESCRIBE_STRUCT(AgreementsQuery, (), (smart_account_id, limit, cursor))

// An approver is told of nobody else (domain reference, section 6).
std::map<PersonId, std::string> names_of(db::ReadTx& tx, keys::Vault const& vault, Accepter const& access,
                                         std::vector<store::AgreementRow> const& rows) {
  std::vector<PersonId> ids;
  for (auto const& row : rows)
    if (row.person_id && (*row.person_id == access.person_id() || access.also(Permission::users_manage)))
      ids.push_back(*row.person_id);
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  std::map<PersonId, std::string> out;
  for (auto const& person :
       accounts::persons_shown_to(tx, vault, access.smart_account_id(), access.person_id(), std::move(ids)))
    out[person.id] = people::display_name(person);
  return out;
}

std::vector<Agreement> to_records(db::ReadTx& tx, keys::Vault const& vault, Accepter const& access,
                                  std::vector<store::AgreementRow> rows) {
  auto const names = names_of(tx, vault, access, rows);
  std::vector<Agreement> out;
  for (auto& row : rows) {
    auto const name = row.person_id ? names.find(*row.person_id) : names.end();
    out.push_back({row.publication_id, row.kind,
                   row.product_code.empty() ? std::nullopt : std::optional(std::move(row.product_code)), row.edition,
                   std::move(row.title_ja), std::move(row.title_en), row.published_at, row.accepted_at,
                   name == names.end() ? std::nullopt : std::optional(name->second)});
  }
  return out;
}

// An edition of an agreement that was in force at some time.
store::AgreementRow find_agreement(db::ReadTx& tx, AgreementKey const& in) {
  auto row = store::agreement(tx, in.smart_account_id, in.publication_id, in.edition);
  if (!row || !is_agreement(row->kind)) throw Problem(problems::not_found);
  return std::move(*row);
}

std::string scope_of(std::string_view operation, Accepter const& access) {
  return std::string(operation) + " " + access.smart_account_id().text() + " " + access.person_id().text();
}

wire::Page<Agreement> list_agreements(db::ReadTx& tx, Accepter const& access, AgreementsQuery const& in,
                                      keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = scope_of("agreements", access);
  int64_t const limit = api::page_size(in.limit);
  auto key = cursors.decode(scope, in.cursor, 2);
  key.resize(2);
  auto rows = store::agreements_after(tx, access.smart_account_id(), key[0], key[1], limit + 1);
  return api::make_page(to_records(tx, vault, access, std::move(rows)), limit, cursors, scope,
                        [](Agreement const& a) {
                          return std::vector{std::string(to_text(a.kind)), a.product_code.value_or("")};
                        });
}

wire::Page<Agreement> list_acceptances(db::ReadTx& tx, Accepter const& access, AgreementsQuery const& in,
                                       keys::Vault const& vault, api::Cursors const& cursors) {
  auto const scope = scope_of("agreement_acceptances", access);
  int64_t const limit = api::page_size(in.limit);
  store::AcceptanceKey before{from_us(std::numeric_limits<int64_t>::max()), {}, 0};
  if (auto const key = cursors.decode(scope, in.cursor, 3); !key.empty())
    before = {from_us(std::stoll(key[0])), PublicationId::parse(key[1]).value(), std::stoll(key[2])};
  auto rows = store::acceptances_before(tx, access.smart_account_id(), before, limit + 1);
  return api::make_page(
      to_records(tx, vault, access, std::move(rows)), limit, cursors, scope, [](Agreement const& a) {
        return std::vector{std::to_string(to_us(*a.accepted_at)), a.publication_id.text(), std::to_string(a.edition)};
      });
}

AgreementText get_agreement(db::ReadTx& tx, Accepter const& access, AgreementKey const& in, keys::Vault const& vault,
                            Imprint const& imprint) {
  auto records = to_records(tx, vault, access, {find_agreement(tx, in)});
  auto text = read_out(*store::edition(tx, in.publication_id, in.edition), imprint);
  return {std::move(records.front()), std::move(text.body_ja), std::move(text.body_en)};
}

// A person reads before accepting, so programs may not: hence the caller.
Agreement answer_acceptance(db::Tx& tx, Accepter const& access, AgreementKey const& in, api::Caller const&,
                            keys::Vault const& vault) {
  accept(tx, vault, access, in);
  return std::move(to_records(tx, vault, access, {find_agreement(tx, in)}).front());
}

}  // namespace

void accept(db::Tx& tx, keys::Vault const& vault, Accepter const& access, AgreementKey const& in) {
  auto const agreement = find_agreement(tx, in);
  if (agreement.accepted_at) return;
  if (store::find(tx, in.publication_id)->current_edition != in.edition)
    throw Problem(problems::changed_meanwhile,
                  "Another edition of this agreement is in force by now; read that one.");
  auto const account = access.smart_account_id();
  if (!store::insert_acceptance(tx, {account, in.publication_id, in.edition, access.person_id(), tx.now()})) return;
  audit::record(
      tx, vault,
      {.smart_account_id = account,
       .kind = audit::EventKind::agreement_accepted,
       .actor = access.actor(),
       .subject_kind = "publication",
       .subject_id = in.publication_id.bytes,
       .data = {{"edition", in.edition}, {"title_ja", agreement.title_ja}, {"title_en", agreement.title_en}}});
}

std::vector<api::Route> agreement_routes() {
  using enum api::Method;
  std::string const account = "/api/v1/smart_accounts/{smart_account_id}",
                    edition = account + "/agreements/{publication_id}/editions/{edition}";
  return {
      api::route<&list_agreements>(get, account + "/agreements", "list_agreements",
                                   "List the agreements in force, accepted or not"),
      api::route<&list_acceptances>(get, account + "/agreement_acceptances", "list_agreement_acceptances",
                                    "List who accepted which edition of an agreement, newest first"),
      api::route<&get_agreement>(get, edition, "get_agreement", "Read an edition of an agreement"),
      api::route<&answer_acceptance>(put, edition + "/acceptance", "accept_agreement",
                                     "Accept an agreement for the Smart Account"),
  };
}

}  // namespace menkyo::publications
