#pragma once
// Who may claim which domain for a Smart Account. Pure rules without a database: the same question has the same
// answer in whatever spelling it comes (letter case, width, final dot, letters or A-labels). Safe from any thread.
//
// What is a public suffix - a domain below which unrelated parties hold names - is read from the Public Suffix List
// (publicsuffix.org) once, when first asked: the newer of the file that Debian's package publicsuffix keeps up to
// date and the copy inside libpsl, so that updates of the machine take effect with the next start. Both sections of
// the list count. ICANN (com, co.jp): registries, which no customer is. PRIVATE (github.io, blogspot.com): a company
// lets others have names below; an account called so would look responsible for all of them, and the company has a
// domain of its own name. Endings that the list does not know are taken for suffixes by its own rule "*", since it
// ages.

#include <optional>
#include <string>
#include <string_view>

#include "base/enum.hpp"
#include "base/problem.hpp"

namespace menkyo::accounts {

// own: the requester's mail domain; needs no approval.
// prefix: labels before the requester's mail domain, within what one registrant holds; an administrator of the
// account
//   of the mail domain approves or, while there is none, the operator.
// different: anything else, also a domain above or beside the mail domain; the operator alone decides.
// refused: nobody can claim it by a request; staff can still open such an account.
MENKYO_ENUM(ClaimKind, own, prefix, different, refused)

// not_a_domain: not one by its spelling (also an IP address, an underscore, a single label), or longer than DNS
// takes. reserved_name: names that belong to nobody, since each network gives them a meaning of its own, or none can
// have them. public_suffix: see above. free_mail: at or below a domain at which anybody gets a mailbox
// (free_mail_domains.hpp).
MENKYO_ENUM(ClaimRefusal, not_a_domain, reserved_name, public_suffix, free_mail)

struct DomainClaim {
  ClaimKind kind;
  std::optional<ClaimRefusal> refusal;  // if and only if refused
  std::string domain;                   // the wanted one as normalize_domain spells it; empty if it cannot
  // The requester's: the account that a prefix claim belongs to has this domain.
  std::string mail_domain;
  // The mail address proves nothing of an organization, because anybody gets one at that domain or below that suffix.
  // The requester should apply with a business address, or with proof in the note.
  bool shared_mail;
  // The wanted domain or the requester's could be taken for another one, or one for the other (base/look_alike.hpp).
  // Whoever approves should see them in A-labels and look twice; it is no refusal, because such names exist honestly.
  bool look_alike;
  bool operator==(DomainClaim const&) const = default;
};

// `mail` is the requester's address, `wanted` the account domain asked for. Throws Problem invalid (/mail,
// not_a_mail) if the address is none, which one that was signed up with cannot be.
DomainClaim judge_claim(std::string_view mail, std::string_view wanted);

// Whether somebody with that mail address belongs to whoever has that account: its domain is the account's, above it
// or below it, and one registrant holds both. False for an address that is none, and where anybody gets one.
bool is_of_organization(std::string_view mail, std::string_view account_domain);

// What the requester is told of a refusal, and what to do instead; `path` points to the field of the domain.
FieldError refused_field(ClaimRefusal refusal, std::string path);

// The account domain that a prefix such as "jp" or "tokyo.jp" stands for: the prefix, a dot, and `mail_domain`.
// Throws Problem invalid (not_a_prefix at `path`) for what is no label or labels with single dots between: empty,
// with dots or hyphens at the ends, with characters that domains have not, ending in the mail domain already, or too
// long with it.
std::string prefixed_domain(std::string_view prefix, std::string_view mail_domain, std::string path);

}  // namespace menkyo::accounts
