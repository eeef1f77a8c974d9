#include "accounts/domain_claims.hpp"

#include <libpsl.h>

#include <algorithm>
#include <array>
#include <vector>

#include "accounts/free_mail_domains.hpp"
#include "base/look_alike.hpp"
#include "base/text.hpp"

namespace menkyo::accounts {

namespace {

// Names that no registry gives out, and all names below them, with their sources. Of the names of RFC 6761,
// "example" (with example.com) and "test" are missing on purpose: its sections 6.2 and 6.5 tell applications to treat
// them like any other, and documentation, samples and laboratories use them.
// clang-format off
constexpr std::array<std::string_view, 12> reserved{
    "localhost", "invalid",                                             // RFC 6761
    "local", "intranet", "internal", "private", "corp", "home", "lan",  // RFC 6762 with its appendix G
    "onion",                                                            // RFC 7686
    "alt",                                                              // RFC 9476
    "arpa",                                                             // RFC 3172, with home.arpa of RFC 8375
};
// clang-format on

bool is_at_or_below(std::string_view domain, std::string_view above) {
  return domain == above ||
         (domain.size() > above.size() && domain.ends_with(above) && domain[domain.size() - above.size() - 1] == '.');
}

std::string_view parent(std::string_view domain) {
  auto const dot = domain.find('.');
  return dot == std::string_view::npos ? std::string_view() : domain.substr(dot + 1);
}

// Never freed: it may be the copy inside libpsl, and is used until the end.
psl_ctx_t const* public_suffixes() {
  static psl_ctx_t const* const list = psl_latest(nullptr);
  return list;
}

bool is_public_suffix(std::string const& domain, int without = 0) {
  return psl_is_public_suffix2(public_suffixes(), domain.c_str(), PSL_TYPE_ANY | without) == 1;
}

// What one registrant holds: the suffix and one label. Empty for a suffix itself.
std::string_view registrable(std::string const& domain) {
  auto const* found = psl_registrable_domain(public_suffixes(), domain.c_str());
  return found ? std::string_view(found) : std::string_view();
}

std::vector<std::string_view> split_words(std::initializer_list<std::string_view> texts) {
  std::vector<std::string_view> words;
  for (auto text : texts)
    for (size_t begin; (begin = text.find_first_not_of(" \n")) != std::string_view::npos;) {
      text.remove_prefix(begin);
      words.push_back(text.substr(0, text.find_first_of(" \n")));
      text.remove_prefix(words.back().size());
    }
  std::sort(words.begin(), words.end());
  return words;
}

// Looked for no higher than what one registrant holds: if a provider's domain is a suffix too, others have registered
// the names below it.
bool is_free_mail(std::string const& domain) {
  static auto const providers = split_words({free_mail_in_japan, free_mail_elsewhere, free_mail_published});
  auto const last = registrable(domain);
  for (std::string_view d = domain; d.size() >= last.size() && !last.empty(); d = parent(d))
    if (std::binary_search(providers.begin(), providers.end(), d)) return true;
  return false;
}

std::optional<ClaimRefusal> refusal_of(std::string const& domain) {
  auto const last = std::string_view(domain).substr(domain.rfind('.') + 1);
  // The last label of a name is alphabetic, so that addresses and names cannot be confused (RFC 1123 section 2.1).
  if (domain.empty() || (last[0] >= '0' && last[0] <= '9')) return ClaimRefusal::not_a_domain;
  if (std::any_of(reserved.begin(), reserved.end(), [&](auto name) { return is_at_or_below(domain, name); }))
    return ClaimRefusal::reserved_name;
  if (is_public_suffix(domain, PSL_TYPE_NO_STAR_RULE)) return ClaimRefusal::public_suffix;
  if (last.size() == domain.size()) return ClaimRefusal::not_a_domain;
  if (is_free_mail(domain)) return ClaimRefusal::free_mail;
  return {};
}

ClaimKind kind_of(std::string const& domain, std::string const& mail_domain) {
  if (domain == mail_domain) return ClaimKind::own;
  // A suffix between the two, or at the mail domain, means that somebody else registered the name before it.
  bool const one_registrant = !registrable(mail_domain).empty() && registrable(domain) == registrable(mail_domain);
  return one_registrant && is_at_or_below(domain, mail_domain) ? ClaimKind::prefix : ClaimKind::different;
}

bool deceptive(std::string const& domain, std::string const& mail_domain) {
  if (looks_deceptive(domain) || looks_deceptive(mail_domain)) return true;
  return look_alike(domain, mail_domain) || look_alike(registrable(domain), registrable(mail_domain));
}

}  // namespace

DomainClaim judge_claim(std::string_view mail, std::string_view wanted) {
  auto const address = normalize_mail(mail);
  if (!address) throw invalid_field("/mail", "not_a_mail", "must be a mail address");
  DomainClaim claim{.kind = ClaimKind::refused,
                    .refusal = {},
                    .domain = normalize_domain(wanted).value_or(""),
                    .mail_domain = address->substr(address->rfind('@') + 1),
                    .shared_mail = false,
                    .look_alike = false};
  claim.shared_mail = is_public_suffix(claim.mail_domain) || is_free_mail(claim.mail_domain);
  claim.refusal = refusal_of(claim.domain);
  if (claim.refusal) return claim;
  claim.kind = kind_of(claim.domain, claim.mail_domain);
  claim.look_alike = deceptive(claim.domain, claim.mail_domain);
  return claim;
}

bool is_of_organization(std::string_view mail, std::string_view account_domain) {
  auto const address = normalize_mail(mail);
  auto const account = normalize_domain(account_domain);
  if (!address || !account) return false;
  auto const domain = address->substr(address->rfind('@') + 1);
  if (registrable(domain).empty() || registrable(domain) != registrable(*account) || is_free_mail(domain))
    return false;
  return is_at_or_below(domain, *account) || is_at_or_below(*account, domain);
}

FieldError refused_field(ClaimRefusal refusal, std::string path) {
  // In the order of ClaimRefusal.
  static constexpr std::array<std::string_view, 4> details{
      "must be a domain such as example.com",
      "is reserved or of local use and belongs to nobody; apply for a domain that your organization has registered",
      "is a suffix below which others register names; apply for the domain that your organization has registered",
      "belongs to a provider that gives mailboxes to anybody; apply for a domain of your organization, with a "
      "business "
      "address or with proof in the note"};
  return {std::move(path), std::string(to_text(refusal)), std::string(details[size_t(refusal)])};
}

std::string prefixed_domain(std::string_view prefix, std::string_view mail_domain, std::string path) {
  auto const labels = normalize_domain(prefix);
  // normalize_domain drops a final dot, as domains may have one and prefixes may not.
  auto const domain = labels ? normalize_domain(std::string(prefix) + "." + std::string(mail_domain)) : std::nullopt;
  if (!domain || *domain != *labels + "." + std::string(mail_domain) || is_at_or_below(*labels, mail_domain))
    throw invalid_field(std::move(path), "not_a_prefix",
                        "must be what stands before the mail domain and its dot, such as jp or tokyo.jp");
  return *domain;
}

}  // namespace menkyo::accounts
