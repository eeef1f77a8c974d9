#include "people/program_tokens.hpp"

#include "base/text.hpp"
#include "people/session.hpp"
#include "people/store_programs.hpp"
#include "protocol/bytes.hpp"

namespace menkyo::people {

namespace {

// The words of RFC 6749 section 5.2.
MENKYO_ENUM(OAuthError, invalid_request, invalid_client, unsupported_grant_type, invalid_scope)

struct OAuthProblem {
  OAuthError error;
  std::string error_description;
};
BOOST_DESCRIBE_STRUCT(OAuthProblem, (), (error, error_description))

// RFC 6749 section 5.1.
struct AccessToken {
  std::string access_token, token_type;
  int64_t expires_in;  // seconds
  std::string scope;
};
BOOST_DESCRIBE_STRUCT(AccessToken, (), (access_token, token_type, expires_in, scope))

constexpr Duration program_use_written_every = std::chrono::minutes(10);

Bytes token_lookup(keys::Vault const& vault, std::string_view token) {
  return vault.lookup("program_token", as_bytes(token));
}

// Neither tokens nor their refusals may be kept by anybody on the way (RFC 6749 section 5.1).
api::Response uncached(int status, std::string body) {
  return {status, {{"content-type", "application/json"}, {"cache-control", "no-store"}}, std::move(body), {}};
}

api::Response refuse(OAuthError error, std::string description) {
  auto response = uncached(error == OAuthError::invalid_client ? 401 : 400,
                           wire::to_json(OAuthProblem{error, std::move(description)}));
  if (error == OAuthError::invalid_client)
    response.headers.emplace_back("www-authenticate", "Basic realm=\"Menkyo\"");
  return response;
}

struct Refusal {
  OAuthError error;
  std::string description;
};

struct ClientProof {
  std::string client_id, client_secret;
};

// Of the header (RFC 6749 section 2.3.1, RFC 7617), or of the form; not of both.
ClientProof read_client(api::Request const& request, std::optional<std::string> const& id,
                        std::optional<std::string> const& secret) {
  auto const header = request.header("authorization");
  if (header.empty()) {
    if (!id || !secret)
      throw Refusal{OAuthError::invalid_client, "Send client_id and client_secret, by HTTP Basic or in the form."};
    return {*id, *secret};
  }
  if (secret)
    throw Refusal{OAuthError::invalid_request, "Send the secret in the header or in the form, not in both."};
  constexpr std::string_view basic = "basic ";
  auto const decoded = is_same_ascii(header.substr(0, basic.size()), basic)
                           ? protocol::from_base64(header.substr(basic.size()))
                           : std::nullopt;
  auto const text = decoded ? std::string(as_text(*decoded)) : std::string();
  auto const colon = text.find(':');
  if (colon == std::string::npos)
    throw Refusal{OAuthError::invalid_client, "The header Authorization must be HTTP Basic with id and secret."};
  // Both halves are encoded as in a form, which changes nothing of ours.
  ClientProof proof{text.substr(0, colon), text.substr(colon + 1)};
  if (id && *id != proof.client_id)
    throw Refusal{OAuthError::invalid_request, "Header and form name different clients."};
  return proof;
}

struct KnownClient {
  ProgramId program_id;
  store::KnownSecret secret;
};
KnownClient know_client(db::ReadTx& tx, keys::Vault const& vault, ClientProof const& proof) {
  auto const id = ProgramId::parse(proof.client_id);
  auto const known =
      id ? store::known_secret(tx, *id, secret_lookup(vault, proof.client_secret), tx.now()) : std::nullopt;
  if (!known)
    throw Refusal{OAuthError::invalid_client,
                  "There is no such program, it has ended, or the secret is another one by now."};
  return {*id, *known};
}

// Whether only reading is asked for: "read", or "write" with "read" or alone. Without a word all that the program
// may.
bool read_scope(std::optional<std::string> const& scope, bool program_only_reads) {
  if (!scope || scope->empty()) return program_only_reads;
  bool writes = false;
  for (std::string_view rest = *scope; !rest.empty();) {
    auto const word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    if (word != "read" && word != "write") throw Refusal{OAuthError::invalid_scope, "The scopes are read and write."};
    writes = writes || word == "write";
  }
  if (writes && program_only_reads) throw Refusal{OAuthError::invalid_scope, "This program may only read."};
  return !writes;
}

struct TokenForm {
  std::optional<std::string> grant_type, scope, client_id, client_secret;
};
BOOST_DESCRIBE_STRUCT(TokenForm, (), (grant_type, scope, client_id, client_secret))

AccessToken make_token(db::Tx& tx, keys::Vault const& vault, api::Request const& request,
                       api::Form<TokenForm> const& in) {
  if (in.fault) throw Refusal{OAuthError::invalid_request, *in.fault};
  auto const& form = in.fields;
  if (!form.grant_type) throw Refusal{OAuthError::invalid_request, "Send grant_type=client_credentials."};
  auto const proof = read_client(request, form.client_id, form.client_secret);
  auto client = know_client(tx, vault, proof);  // a stranger locks nothing
  if (*form.grant_type != "client_credentials")
    throw Refusal{OAuthError::unsupported_grant_type, "The only grant_type is client_credentials."};
  // Once more with the lock: whoever ends the secret or the program meanwhile must find the token, or prevent it.
  store::lock_program(tx, client.program_id);
  client = know_client(tx, vault, proof);
  bool const only_reads = read_scope(form.scope, client.secret.only_reads);
  auto const expires_at = std::min(tx.now() + program_token_period, client.secret.ends_at.value_or(Instant::max()));
  auto token = protocol::to_base64url(tx.random().bytes(32));
  store::delete_oldest_tokens(tx, client.program_id, most_program_tokens - 1);
  store::insert_token(
      tx, {token_lookup(vault, token), client.program_id, client.secret.program_secret_id, only_reads, expires_at});
  store::touch_program(tx, client.program_id, tx.now(), tx.now());
  auto const seconds = std::chrono::duration_cast<std::chrono::seconds>(expires_at - tx.now()).count();
  return {std::move(token), "Bearer", seconds, only_reads ? "read" : "read write"};
}

api::Response answer_token(db::Tx& tx, api::Form<TokenForm> const& in, keys::Vault const& vault,
                           api::Request const& request) {
  try {
    return uncached(200, wire::to_json(make_token(tx, vault, request, in)));
  } catch (Refusal const& refusal) {
    return refuse(refusal.error, refusal.description);
  }
}

struct RevocationForm {
  std::optional<std::string> token, token_type_hint, client_id, client_secret;
};
BOOST_DESCRIBE_STRUCT(RevocationForm, (), (token, token_type_hint, client_id, client_secret))

// RFC 7009: a token that is not there is as good as revoked.
api::Response revoke_token(db::Tx& tx, api::Form<RevocationForm> const& in, keys::Vault const& vault,
                           api::Request const& request) {
  try {
    if (in.fault) throw Refusal{OAuthError::invalid_request, *in.fault};
    auto const& form = in.fields;
    if (!form.token) throw Refusal{OAuthError::invalid_request, "Send the token that is to be revoked."};
    auto const client = know_client(tx, vault, read_client(request, form.client_id, form.client_secret));
    store::delete_token(tx, client.program_id, token_lookup(vault, *form.token));
    return uncached(200, "{}");
  } catch (Refusal const& refusal) {
    return refuse(refusal.error, refusal.description);
  }
}

// RFC 8414 section 2.
struct ServerMetadata {
  std::string issuer, token_endpoint, revocation_endpoint, service_documentation;
  std::vector<std::string> grant_types_supported, token_endpoint_auth_methods_supported, scopes_supported,
      response_types_supported;
};
BOOST_DESCRIBE_STRUCT(ServerMetadata, (),
                      (issuer, token_endpoint, revocation_endpoint, service_documentation, grant_types_supported,
                       token_endpoint_auth_methods_supported, scopes_supported, response_types_supported))

ServerMetadata tell_metadata(db::ReadTx&, mail::Outbox const& outbox) {
  return {outbox.link(""),
          outbox.link("/oauth2/token"),
          outbox.link("/oauth2/revoke"),
          outbox.link("/api/openapi.json"),
          {"client_credentials"},
          {"client_secret_basic", "client_secret_post"},
          {"read", "write"},
          {}};
}

template <auto H, class Out>
api::Route oauth_route(std::string path, std::string operation_id, std::string summary) {
  auto route = api::route<H>(api::Method::post, std::move(path), std::move(operation_id), std::move(summary));
  route.answer = [](wire::Schemas& s) { return wire::schema<Out>(s); };
  route.refusal = [](wire::Schemas& s) { return wire::schema<OAuthProblem>(s); };
  return route;
}

}  // namespace

Bytes secret_lookup(keys::Vault const& vault, std::string_view secret) {
  return vault.lookup("program_secret", as_bytes(secret));
}

std::string_view access_token(api::Request const& request) {
  constexpr std::string_view bearer = "bearer ";
  auto const header = request.header("authorization");
  return is_same_ascii(header.substr(0, bearer.size()), bearer) ? header.substr(bearer.size()) : std::string_view();
}

api::Caller authenticate_program(db::ReadTx& tx, db::Database& database, keys::Vault const& vault,
                                 std::string_view access_token) {
  auto const token = store::live_token(tx, token_lookup(vault, access_token), tx.now());
  if (!token)
    throw Problem(problems::access_token_invalid, "It is unknown, has expired or was revoked; get another one.");
  if (!token->used_at || tx.now() - *token->used_at >= program_use_written_every) {
    // If this write is refused, a later request of the program tries again.
    database.write_async(
        [id = token->program_id](db::Tx& later) {
          store::touch_program(later, id, later.now(), later.now() - program_use_written_every + Duration(1));
        },
        [](std::exception_ptr) {});
  }
  return {token->person_id,
          {},
          token->program_id,
          token->smart_account_id,
          token->program_only_reads || token->token_only_reads};
}

std::vector<api::Route> program_token_routes() {
  return {
      oauth_route<&answer_token, AccessToken>("/oauth2/token", "make_access_token",
                                              "Give a program an access token for its secret (RFC 6749 section 4.4)"),
      oauth_route<&revoke_token, wire::Empty>("/oauth2/revoke", "revoke_access_token",
                                              "Revoke an access token (RFC 7009)"),
      api::route<&tell_metadata>(api::Method::get, "/.well-known/oauth-authorization-server", "get_oauth_metadata",
                                 "See how programs get access tokens (RFC 8414)"),
  };
}

}  // namespace menkyo::people
