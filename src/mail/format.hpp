#pragma once
// A message as it goes over the wire: RFC 5322, with plain text and HTML as alternatives (RFC 2046 section 5.1.4).
// Pure functions. Everything that comes from outside stands in base 64 - encoded words in headers (RFC 2047), bodies
// as a whole - so that nothing in it can end a line.

#include "mail/mail.hpp"

namespace menkyo::mail {

struct Sender {
  std::string address = "no-reply@localhost";
  std::string name = "Menkyo";
};

// Lines end with CR LF. The same `id` and time give the same bytes: a message that is sent again is known again.
// `message.to` has an envelope address.
std::string to_rfc5322(Message const& message, MailId id, Sender const& sender, Instant created_at);

}  // namespace menkyo::mail
