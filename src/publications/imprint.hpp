#pragma once
// Who runs this installation and where to write, as the settings say and as published texts tell.

#include <string>
#include <string_view>

#include "api/route.hpp"
#include "base/language.hpp"

namespace menkyo::publications {

// Addresses are URIs (mailto:, https: or tel:). What is empty was not set; texts say so.
struct Imprint {
  std::string service_name, url;  // the url without a slash at the end
  std::string operator_name, operator_address, data_location;
  std::string contact, privacy_contact, security_contact;
};

// A mail address or URI of the settings as a URI; empty if it is neither.
std::string contact_uri(std::string_view text);

// The text with {service_name}, {url}, {operator_name}, {operator_address}, {data_location}, {contact},
// {privacy_contact} and {security_contact} filled in; other words in braces stay as they are. An address becomes a
// link, and {contact} stands in for the other two where they are not set.
std::string fill_in(std::string_view text, Imprint const& imprint, Language language);

// /.well-known/security.txt (RFC 9116); not_found while there is no security_contact.
std::vector<api::Route> imprint_routes();

}  // namespace menkyo::publications

template <>
inline constexpr bool menkyo::api::is_service<menkyo::publications::Imprint> = true;
