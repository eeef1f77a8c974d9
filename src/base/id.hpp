#pragma once
// Typed identifiers: UUIDv7 (RFC 9562 section 5.7) inside, prefixed text outside ("va_01h...").

#include <array>
#include <compare>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"

namespace menkyo {

template <class Tag>
struct Id {
  std::array<uint8_t, 16> bytes{};

  auto operator<=>(Id const&) const = default;
  explicit operator bool() const { return *this != Id{}; }
  // Behind every identifier there is.
  static Id last() {
    Id id;
    id.bytes.fill(0xff);
    return id;
  }

  std::string text() const { return std::string(Tag::prefix) + "_" + to_base32(bytes); }
  static std::optional<Id> parse(std::string_view text) {
    constexpr std::string_view prefix = Tag::prefix;
    if (!text.starts_with(prefix) || text.size() <= prefix.size() || text[prefix.size()] != '_') return {};
    auto const raw = id_from_base32(text.substr(prefix.size() + 1));
    if (!raw) return {};
    return Id{*raw};
  }
};

// A stretch of a list that begins with the newest: at most `limit` of those before `before`.
template <class AnyId>
struct Newest {
  AnyId before = AnyId::last();
  int64_t limit;
};

// The kinds of thing that have an identifier. The prefix is part of the API and never changes.
namespace tag {
#define MENKYO_ID_TAG(Name, text)                    \
  struct Name {                                      \
    static constexpr std::string_view prefix = text; \
  }
MENKYO_ID_TAG(SmartAccount, "sa");
MENKYO_ID_TAG(VirtualAccount, "va");
MENKYO_ID_TAG(Person, "per");
MENKYO_ID_TAG(Session, "ses");
MENKYO_ID_TAG(RoleGrant, "rgr");
MENKYO_ID_TAG(OneTimeLink, "otl");
MENKYO_ID_TAG(Event, "evt");
MENKYO_ID_TAG(Product, "prd");
MENKYO_ID_TAG(Entitlement, "ent");
MENKYO_ID_TAG(Lot, "lot");
MENKYO_ID_TAG(LedgerEntry, "led");
MENKYO_ID_TAG(RegistrationToken, "tok");
MENKYO_ID_TAG(Device, "dev");
MENKYO_ID_TAG(Job, "job");
MENKYO_ID_TAG(Key, "key");
MENKYO_ID_TAG(Request, "req");
MENKYO_ID_TAG(Installation, "ins");
MENKYO_ID_TAG(Mail, "mail");
MENKYO_ID_TAG(SignUp, "sup");
MENKYO_ID_TAG(AccountRequest, "acr");
MENKYO_ID_TAG(AccessRequest, "asr");
MENKYO_ID_TAG(PersonAddress, "adr");
MENKYO_ID_TAG(Program, "prg");
MENKYO_ID_TAG(ProgramSecret, "psc");
MENKYO_ID_TAG(CustomTag, "ctg");
MENKYO_ID_TAG(UserGroup, "ugr");
MENKYO_ID_TAG(GroupGrant, "ggr");
MENKYO_ID_TAG(Assistance, "ast");
MENKYO_ID_TAG(Publication, "pub");
MENKYO_ID_TAG(Enquiry, "enq");
MENKYO_ID_TAG(Succession, "suc");
MENKYO_ID_TAG(NotificationAddress, "nad");
MENKYO_ID_TAG(PartnerRequest, "prq");
#undef MENKYO_ID_TAG
}  // namespace tag

using SmartAccountId = Id<tag::SmartAccount>;
using VirtualAccountId = Id<tag::VirtualAccount>;
using PersonId = Id<tag::Person>;
using SessionId = Id<tag::Session>;
using RoleGrantId = Id<tag::RoleGrant>;
using OneTimeLinkId = Id<tag::OneTimeLink>;
using EventId = Id<tag::Event>;
using ProductId = Id<tag::Product>;
using EntitlementId = Id<tag::Entitlement>;
using LotId = Id<tag::Lot>;
using LedgerEntryId = Id<tag::LedgerEntry>;
using RegistrationTokenId = Id<tag::RegistrationToken>;
using DeviceId = Id<tag::Device>;
using JobId = Id<tag::Job>;
using KeyId = Id<tag::Key>;
using RequestId = Id<tag::Request>;
using InstallationId = Id<tag::Installation>;
using MailId = Id<tag::Mail>;
using SignUpId = Id<tag::SignUp>;
using AccountRequestId = Id<tag::AccountRequest>;
using AccessRequestId = Id<tag::AccessRequest>;
using PersonAddressId = Id<tag::PersonAddress>;
using ProgramId = Id<tag::Program>;
using ProgramSecretId = Id<tag::ProgramSecret>;
using CustomTagId = Id<tag::CustomTag>;
using UserGroupId = Id<tag::UserGroup>;
using GroupGrantId = Id<tag::GroupGrant>;
using AssistanceId = Id<tag::Assistance>;
using PublicationId = Id<tag::Publication>;
using EnquiryId = Id<tag::Enquiry>;
using SuccessionId = Id<tag::Succession>;
using NotificationAddressId = Id<tag::NotificationAddress>;
using PartnerRequestId = Id<tag::PartnerRequest>;

}  // namespace menkyo

template <class Tag>
struct std::hash<menkyo::Id<Tag>> {
  size_t operator()(menkyo::Id<Tag> const& id) const noexcept {
    // The last eight bytes of a UUIDv7 are random.
    size_t h;
    std::memcpy(&h, id.bytes.data() + 8, sizeof h);
    return h;
  }
};
