#include "people/invitation.hpp"
#include "people/mail_change.hpp"
#include "people/own_sessions.hpp"
#include "people/people.hpp"
#include "people/profile.hpp"
#include "people/programs.hpp"
#include "people/sign_up.hpp"

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
  std::string mail;                                    // of the inbox to which it was sent
  std::optional<std::string> new_mail;                 // of a change of the address
  std::optional<std::string> given_name, family_name;  // of an invitation, if they are known
};
BOOST_DESCRIBE_STRUCT(OneTimeLink, (), (purpose, mail, new_mail, given_name, family_name))
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

api::Response answer_session(api::Request const& request, StartedSession const& started) {
  return {200,
          {{"content-type", "application/json"},
           {"cache-control", "no-store"},
           {"set-cookie", set_cookie(request.secure, started.token, session_longest_period)}},
          wire::to_json(SignedIn{started.person}),
          {}};
}

api::Response answer_sign_in(db::Database& database, SignIn const& in, keys::Vault const& vault,
                             api::Request const& request) {
  return answer_session(request, sign_in(database, vault, request, in.mail, in.password));
}

api::Response sign_out(db::Tx& tx, keys::Vault const& vault, api::Request const& request) {
  if (auto const token = session_token(request); !token.empty()) end_session(tx, vault, token);
  return {200,
          {{"content-type", "application/json"}, {"set-cookie", set_cookie(request.secure, "", Duration{})}},
          "{}",
          {}};
}

OneTimeLink get_one_time_link(db::ReadTx& tx, OneTimeLinkQuery const& in, keys::Vault const& vault) {
  auto link = load_link(tx, vault, in.token);
  return {link.purpose, std::move(link.mail), std::move(link.new_mail), std::move(link.given_name),
          std::move(link.family_name)};
}

void use_one_time_link(db::Database& database, OneTimeLinkUse const& in, keys::Vault const& vault,
                       mail::Outbox const& outbox, Policy const& policy, api::Request const& request) {
  set_password_by_link(database, vault, outbox, policy.password, request, in.token, in.password);
}

// ---- Sign-up and forgotten passwords
// --------------------------------------------------------------------------------

struct SignUpStarted {
  std::string handle;  // to have the mail sent again
};
BOOST_DESCRIBE_STRUCT(SignUpStarted, (), (handle))
struct SignUpHandle {
  Secret handle;
};
BOOST_DESCRIBE_STRUCT(SignUpHandle, (), (handle))
struct ForgottenPassword {
  Mail mail;
  Language language;
};
BOOST_DESCRIBE_STRUCT(ForgottenPassword, (), (mail, language))

SignUpStarted answer_sign_up(db::Database& database, NewSignUp const& in, keys::Vault const& vault,
                             mail::Outbox const& outbox, Policy const& policy, api::Request const& request) {
  return {sign_up(database, vault, outbox, policy.password, request, in)};
}

void answer_mail_again(db::Tx& tx, SignUpHandle const& in, keys::Vault const& vault, mail::Outbox const& outbox,
                       api::Request const& request) {
  mail_again(tx, vault, outbox, request, in.handle);
}

api::Response answer_activation(db::Database& database, OneTimeLinkUse const& in, keys::Vault const& vault,
                                api::Request const& request) {
  return answer_session(request, activate(database, vault, request, in.token, in.password));
}

api::Response answer_acceptance(db::Database& database, AcceptedInvitation const& in, keys::Vault const& vault,
                                mail::Outbox const& outbox, Policy const& policy, api::Request const& request) {
  return answer_session(request, accept_invitation(database, vault, outbox, policy.password, request, in));
}

void answer_forgotten(db::Tx& tx, ForgottenPassword const& in, keys::Vault const& vault, mail::Outbox const& outbox,
                      api::Request const& request) {
  forgot_password(tx, vault, outbox, request, in.mail, in.language);
}

// ---- One's own account
// ----------------------------------------------------------------------------------------------

struct PasswordChange {
  Secret current_password, password;
};
BOOST_DESCRIBE_STRUCT(PasswordChange, (), (current_password, password))

void answer_password_change(db::Database& database, PasswordChange const& in, keys::Vault const& vault,
                            mail::Outbox const& outbox, Policy const& policy, api::Request const& request) {
  change_password(database, vault, outbox, policy.password, request, in.current_password, in.password);
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
      api::route<&answer_sign_up>(post, "/api/v1/sign_up", "sign_up", "Ask for an account"),
      api::route<&answer_mail_again>(post, "/api/v1/sign_up/mail", "send_sign_up_mail",
                                     "Have the mail of a sign-up sent again"),
      api::route<&answer_activation>(post, "/api/v1/sign_up/activation", "activate_account",
                                     "Activate an account with its link and password, and sign in"),
      api::route<&answer_acceptance>(post, "/api/v1/invitations/acceptance", "accept_invitation",
                                     "Accept an invitation with its link, name and password, and sign in"),
      api::route<&answer_forgotten>(post, "/api/v1/forgotten_passwords", "forgot_password",
                                    "Have a link mailed to set a new password with"),
      api::route<&answer_password_change>(post, "/api/v1/me/password", "change_password",
                                          "Change one's own password"),
      api::route<&get_mail_change>(get, "/api/v1/me/mail_change", "get_my_mail_change",
                                   "See whether a change of one's own mail address waits to be confirmed"),
      api::route<&ask_mail_change>(post, "/api/v1/me/mail_change", "ask_mail_change",
                                   "Ask for another mail address, in place of what was asked for before"),
      api::route<&withdraw_mail_change>(del, "/api/v1/me/mail_change", "withdraw_mail_change",
                                        "Withdraw the change of one's own mail address"),
      api::route<&send_mail_change_again>(post, "/api/v1/me/mail_change/mail", "send_mail_change_mail",
                                          "Have the mails of the change sent again"),
      api::route<&confirm_mail_change>(post, "/api/v1/mail_changes/confirmation", "confirm_mail_change",
                                       "Confirm a change of a mail address, with the link of either end"),
      api::route<&list_sessions>(get, "/api/v1/me/sessions", "list_my_sessions", "List one's own sessions"),
      api::route<&end_other_sessions>(del, "/api/v1/me/sessions", "end_my_other_sessions",
                                      "End all of one's own sessions but this"),
      api::route<&end_own_session>(del, "/api/v1/me/sessions/{session_id}", "end_my_session",
                                   "End one of one's own sessions"),
      api::route<&list_sign_ins>(get, "/api/v1/me/sign_ins", "list_my_sign_ins", "List one's own sign-ins"),
  };
  for (auto& route : profile_routes()) out.push_back(std::move(route));
  for (auto& route : program_routes()) out.push_back(std::move(route));
  for (auto& route : out) {
    // These answer by themselves because they set a cookie.
    if (route.operation_id == "sign_in" || route.operation_id == "activate_account" ||
        route.operation_id == "accept_invitation")
      route.answer = [](wire::Schemas& s) { return wire::schema<SignedIn>(s); };
    if (route.operation_id == "sign_out")
      route.answer = [](wire::Schemas& s) { return wire::schema<wire::Empty>(s); };
    // They find out by themselves who is asking, because they are slow.
    if (route.operation_id == "change_password" || route.operation_id == "ask_mail_change")
      route.needs_session = true;
  }
  return out;
}

}  // namespace menkyo::people
