#include "people/people.hpp"
#include "people/session.hpp"

namespace menkyo::people {

namespace {

using Secret = wire::Exact<1, 200>;

MENKYO_ENUM(SignInStep, password)

struct SignInStart {
  Mail mail;
};
BOOST_DESCRIBE_STRUCT(SignInStart, (), (mail))
struct SignInStarted {
  SignInStep step;
};
BOOST_DESCRIBE_STRUCT(SignInStarted, (), (step))

struct SignIn {
  Mail mail;
  Secret password;
};
BOOST_DESCRIBE_STRUCT(SignIn, (), (mail, password))
struct SignedIn {
  Person person;
};
BOOST_DESCRIBE_STRUCT(SignedIn, (), (person))

struct OneTimeLinkQuery {
  Secret token;
};
BOOST_DESCRIBE_STRUCT(OneTimeLinkQuery, (), (token))
struct OneTimeLink {
  LinkPurpose purpose;
  std::string mail;
};
BOOST_DESCRIBE_STRUCT(OneTimeLink, (), (purpose, mail))
struct OneTimeLinkUse {
  Secret token;
  Secret password;
};
BOOST_DESCRIBE_STRUCT(OneTimeLinkUse, (), (token, password))

// The first of two steps: later versions may send somebody elsewhere (federation). It knows nothing about the
// address.
SignInStarted start_sign_in(db::ReadTx&, SignInStart const&) {
  return {SignInStep::password};
}

api::Response answer_sign_in(db::Database& database, SignIn const& in, keys::Vault const& vault,
                             api::Request const& request) {
  auto const started = sign_in(database, vault, request, in.mail, in.password);
  return {200,
          {{"content-type", "application/json"},
           {"cache-control", "no-store"},
           {"set-cookie", set_cookie(request.secure, started.token, session_longest_period)}},
          wire::to_json(SignedIn{started.person}),
          {}};
}

api::Response sign_out(db::Tx& tx, keys::Vault const& vault, api::Request const& request) {
  if (auto const token = session_token(request); !token.empty()) end_session(tx, vault, token);
  return {200,
          {{"content-type", "application/json"}, {"set-cookie", set_cookie(request.secure, "", Duration{})}},
          "{}",
          {}};
}

OneTimeLink get_one_time_link(db::ReadTx& tx, OneTimeLinkQuery const& in, keys::Vault const& vault) {
  auto const link = load_link(tx, vault, in.token);
  return {link.purpose, link.person.mail};
}

void use_one_time_link(db::Database& database, OneTimeLinkUse const& in, keys::Vault const& vault) {
  set_password_by_link(database, vault, in.token, in.password);
}

}  // namespace

std::vector<api::Route> routes() {
  using enum api::Method;
  std::vector<api::Route> out{
      api::route<&start_sign_in>(post, "/api/v1/sign_in/start", "sign_in_start", "Begin to sign in"),
      api::route<&answer_sign_in>(post, "/api/v1/sign_in", "sign_in", "Sign in with a password"),
      api::route<&sign_out>(post, "/api/v1/sign_out", "sign_out", "Sign out"),
      api::route<&get_one_time_link>(get, "/api/v1/one_time_links/{token}", "get_one_time_link",
                                     "See what a one-time link is for"),
      api::route<&use_one_time_link>(post, "/api/v1/one_time_links/{token}", "use_one_time_link",
                                     "Set a password with a one-time link"),
  };
  // Two of them answer by themselves because they set a cookie.
  out[1].answer = [](wire::Schemas& s) { return wire::schema<SignedIn>(s); };
  out[2].answer = [](wire::Schemas& s) { return wire::schema<wire::Empty>(s); };
  return out;
}

}  // namespace menkyo::people
