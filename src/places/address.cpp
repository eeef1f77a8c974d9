#include "places/address.hpp"

#include "base/text.hpp"

namespace menkyo::places {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_capital(char c) {
  return c >= 'A' && c <= 'Z';
}

// The letters and digits of a code, with nothing between them; nullopt if there is anything else.
std::optional<std::string> compact(std::string_view text) {
  constexpr std::string_view postal_mark = "〒";
  if (text.starts_with(postal_mark)) text.remove_prefix(postal_mark.size());
  std::string out;
  for (char c : text) {
    if (c == ' ' || c == '-') continue;
    if (c >= 'a' && c <= 'z') c = char(c - 'a' + 'A');
    if (!is_digit(c) && !is_capital(c)) return {};
    out += c;
  }
  return out;
}

// The code with the spaces and hyphens of the form, if it has that form.
std::optional<std::string> in_form(std::string_view form, std::string_view code) {
  std::string out;
  for (char const slot : form) {
    if (slot == ' ' || slot == '-') {
      out += slot;
      continue;
    }
    if (code.empty()) return {};
    char const c = code.front();
    code.remove_prefix(1);
    bool const fits = slot == '#'   ? is_digit(c)
                      : slot == '@' ? is_capital(c)
                      : slot == '*' ? is_digit(c) || is_capital(c)
                                    : c == slot;
    if (!fits) return {};
    out += c;
  }
  if (!code.empty()) return {};
  return out;
}

std::optional<std::string> in_form_of(Country const& country, std::string const& code) {
  std::vector<std::string> readings{code, std::string(country.code) + code};
  if (code.starts_with(country.code)) readings.push_back(code.substr(country.code.size()));
  for (auto const& reading : readings)
    for (auto form : country.postal_code_forms)
      if (auto found = in_form(form, reading)) return found;
  return {};
}

void require_latin(std::string_view text, std::string const& path, std::string_view example, wire::Errors& errors) {
  if (!is_latin(text))
    wire::add_error(errors, path, "not_latin", "must be written in Latin letters, such as " + std::string(example));
}

// One line of an address, within its limits again: a character may have become several.
template <class T>
T read_line(T const& text, std::string const& path, std::string_view example, wire::Errors& errors) {
  T line(plain_line(text));
  wire::Codec<T>::check(line, path, errors);
  require_latin(line, path, example, errors);
  return line;
}

// What is not blank.
template <class T>
std::optional<std::string> given(std::optional<T> const& text) {
  auto line = plain_line(text.value_or(T()));
  if (line.empty()) return {};
  return line;
}

void read_region(Country const& country, PostalAddress const& in, std::string const& path, PostalAddress& out,
                 wire::Errors& errors) {
  auto const text = given(in.region);
  if (!text) {
    if (country.region_required) wire::add_error(errors, path, "missing", "is required in this country");
    return;
  }
  if (country.regions.empty()) {
    out.region = read_line(*in.region, path, "KOWLOON", errors);
  } else if (auto const* region = find_region(country, *text)) {
    out.region = std::string(region->code);
  } else {
    auto const& first = country.regions.front();
    wire::add_error(errors, path, "unknown_region",
                    "must be a region of the country by its code or name, such as " + std::string(first.code) +
                        " or " + std::string(first.name_en));
  }
}

void normalize(PostalAddress const& in, std::string const& path, PostalAddress& out, wire::Errors& errors) {
  out.city = read_line(in.city, path + "/city", "MINATO", errors);
  out.line1 = read_line(in.line1, path + "/line1", "9-7-1 AKASAKA", errors);
  if (given(in.line2)) out.line2 = read_line(*in.line2, path + "/line2", "MIDTOWN TOWER", errors);
  auto const* country = read_country(in.country, path + "/country", errors);
  if (!country) return;
  out.country = std::string(country->code);
  read_region(*country, in, path + "/region", out, errors);
  if (auto const code = given(in.postal_code)) {
    if (auto read = read_postal_code(*country, *code, path + "/postal_code", errors)) out.postal_code = *read;
  } else if (country->postal_code_required) {
    wire::add_error(errors, path + "/postal_code", "missing",
                    "is required in this country, such as " + std::string(country->postal_code_example));
  }
}

}  // namespace

std::optional<std::string> read_postal_code(Country const& country, std::string_view text, std::string const& path,
                                            wire::Errors& errors) {
  size_t const before = errors.size();
  if (country.postal_code_forms.empty()) {
    auto code = read_line(wire::Text<1, 20>(std::string(text)), path, "1000", errors);
    if (errors.size() != before) return {};
    return code;
  }
  auto const line = plain_line(text);
  if (line.empty()) {
    wire::add_error(errors, path, "empty", "must not be empty");
    return {};
  }
  auto const code = compact(line);
  auto found = code ? in_form_of(country, *code) : std::nullopt;
  if (!found)
    wire::add_error(errors, path, "not_a_postal_code", "must look like " + std::string(country.postal_code_example));
  return found;
}

Region const* region_of(PostalAddress const& address) {
  auto const* country = find_country(address.country);
  return country && address.region ? find_region(*country, *address.region) : nullptr;
}

std::optional<PostalAddress> normalize_address(PostalAddress const& address, std::string const& path,
                                               wire::Errors& errors) {
  size_t const before = errors.size();
  PostalAddress out;
  normalize(address, path, out, errors);
  if (errors.size() != before) return {};
  return out;
}

}  // namespace menkyo::places
