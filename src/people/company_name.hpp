#pragma once
// Inside people/: names of companies, as forms want them and as people look for them. Pure functions, safe from any
// thread.

#include "people/people.hpp"

namespace menkyo::people {

// In Latin letters, folded, with at least one letter or digit. Nothing if it is blank; or appends not_latin or
// too_long.
std::optional<CompanyName> read_company_name(std::string_view text, std::string const& path, wire::Errors& errors);

// Equal for what people take for the same name: letter case, width, blanks and punctuation do not count, nor does the
// legal form, before the name or after it (a choice of those in ISO 20275). A name of nothing but a legal form keeps
// it. What a name begins with gives what its key begins with. At most 200 bytes, so keys are not unique.
std::string company_key(std::string_view name);

// The keys under which a company is found: that of each name, and the name with its legal form, for whoever is still
// typing that. Sorted, each once.
std::vector<std::string> company_keys(std::string_view name, std::string_view native_name);

}  // namespace menkyo::people
