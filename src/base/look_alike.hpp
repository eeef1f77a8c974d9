#pragma once
// Domains that people could take for others by their looks: Unicode Technical Standard 39 ("Unicode Security
// Mechanisms"), with the data of ICU. Domains come as normalize_domain (base/text.hpp) spells them. Pure functions,
// safe from any thread.

#include <string_view>

namespace menkyo {

// Whether a label of the domain mixes scripts more than "moderately restrictive" allows (section 5.2: Latin beside
// one other script, but not beside Cyrillic or Greek; Japanese, Chinese and Korean may mix theirs), or is written in
// other letters than ASCII that all look like ASCII (section 4), such as Cyrillic "аррӏе". Ordinary names in one's
// own script are neither.
bool looks_deceptive(std::string_view domain);

// Whether two domains are different and look the same (section 4: their skeletons are equal, letter case aside):
// examp1e.com and example.com, rnodern.example and modern.example.
bool look_alike(std::string_view a, std::string_view b);

}  // namespace menkyo
