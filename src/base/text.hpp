#pragma once
// Names as people compare and order them, and the one spelling of domains and mail addresses. Pure functions, safe
// from any thread. Input is UTF-8; what is not becomes U+FFFD.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace menkyo {

// Unicode normalization form KC (Unicode Standard Annex 15): full-width letters become ordinary ones.
std::string to_nfkc(std::string_view text);

// A line of text as it is stored: NFKC, without what cannot be seen (Unicode's Default_Ignorable_Code_Point:
// zero-width and direction marks among them), white space and controls as single spaces, none at the ends. After a
// Latin letter or a digit, the long vowel sign, minus and dashes that Japanese keyboards write for a hyphen are one.
// What it gives stays as it is.
std::string plain_line(std::string_view text);

// Whether all of it is Latin letters, ASCII, or one of the few other signs that addresses in them have.
bool is_latin(std::string_view text);

// Whether they differ at most in the case of ASCII letters, as names of protocols may (RFC 9110 section 11.1).
bool is_same_ascii(std::string_view a, std::string_view b);

// Equal for names that people take for the same: NFKC with case folding (toNFKC_Casefold, Unicode 15.0 section 3.13),
// white space at the ends removed and elsewhere one space.
std::string fold_name(std::string_view text);

// The words of a name, folded as above: letters with their marks, and digits; whatever else stands between words.
// Full stops and apostrophes do not ("K.K." is one word), and "&" is the word "and".
std::vector<std::string> folded_words(std::string_view text);

// Orders names by the bytes of their keys: folded as above, hiragana and katakana alike, numbers by their value. It
// holds no character below U+0020 and at most `max_bytes` bytes; longer names are cut, so keys are not unique. Not a
// collation key of ICU on purpose: those change with its version, and these are stored.
std::string sort_key(std::string_view text, size_t max_bytes = 200);

// A domain in lower-case ASCII (IDNA 2008, RFC 5891, as libidn2 looks names up, with the letter-digit-hyphen rule);
// nullopt if it cannot be one. A final dot is removed. The same for every spelling of a name: letter case, width,
// dots as Japanese keyboards give them (U+3002), A-labels (xn--) or letters.
std::optional<std::string> normalize_domain(std::string_view text);

// A mail address in the spelling by which it is looked up: trimmed, NFKC and case folding for all of it, the domain
// in ASCII. nullopt if it has not the shape local@domain (RFC 5321 section 4.5.3.1: 64 and 255 bytes at most).
std::optional<std::string> normalize_mail(std::string_view text);

}  // namespace menkyo
