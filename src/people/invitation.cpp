#include "people/invitation.hpp"

#include "people/password.hpp"

namespace menkyo::people {

StartedSession accept_invitation(db::Database& database, keys::Vault const& vault, mail::Outbox const& outbox,
                                 PasswordPolicy policy, api::Request const& request, AcceptedInvitation const& in) {
  auto const link = database.read([&](db::ReadTx& tx) { return load_link(tx, vault, in.token); });
  if (link.purpose != LinkPurpose::accept_invitation) throw Problem(problems::link_invalid);
  std::vector<FieldError> errors;
  auto const introduced = read_introduction(in, policy, Mail(link.mail), errors);
  if (!errors.empty()) throw Problem(problems::invalid, {}, std::move(errors));
  Random random(database.next_seed());
  auto const hash = hash_password(in.password, random);
  return database.write([&](db::Tx& tx) {
    auto const before = store::credentials_for_update(tx, link.person_id);
    if (!before || !store::use_link(tx, link_lookup(vault, in.token), tx.now()))
      throw Problem(problems::link_invalid);
    auto profile = lock_profile(tx, vault, link.person_id);
    profile.given_name = introduced.given_name;
    profile.family_name = introduced.family_name;
    profile.native_name = introduced.native_name;
    profile.country = introduced.country;
    put_profile(tx, vault, link.person_id, profile);
    set_language(tx, link.person_id, in.language);
    set_password(tx, vault, outbox, request, *before, hash, {});
    return start_session(tx, vault, request, link.person_id);
  });
}

}  // namespace menkyo::people
