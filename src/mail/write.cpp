#include <toml++/toml.h>

#include <kainjow/mustache.hpp>
#include <map>

#include "mail/mail.hpp"

namespace menkyo::mail {

// The files of templates/.
std::string_view ja_toml();
std::string_view en_toml();
std::string_view layout_txt();
std::string_view layout_html();

namespace {

using kainjow::mustache::data;

struct Fact {
  std::string label, value;
};

// One table of a language's file, with its {{words}} still in it.
struct Template {
  std::string subject, heading;
  std::vector<std::string> before;  // paragraphs above the facts and the button
  std::vector<Fact> facts;
  std::string button;  // it leads to {{link}}; empty: none
  std::vector<std::string> after;
  std::string greeting, footer, stop;  // the same in all of a language
};

std::vector<std::string> texts(toml::table const& table, std::string_view name) {
  std::vector<std::string> out;
  if (auto const* list = table.get_as<toml::array>(name))
    for (auto const& item : *list) out.push_back(item.value_or(std::string()));
  return out;
}

std::map<std::string, Template, std::less<>> read_templates(toml::table const& file) {
  auto const text = [](toml::table const& table, std::string_view name) {
    return table[name].value_or(std::string());
  };
  auto const& common = *file.get_as<toml::table>("common");
  std::map<std::string, Template, std::less<>> out;
  for (auto const& [key, node] : file) {
    if (key == "common" || key == "phrases") continue;
    auto const& table = *node.as_table();
    Template t{text(table, "subject"), text(table, "heading"), texts(table, "before"),   {},
               text(table, "button"),  texts(table, "after"),  text(common, "greeting"), text(common, "footer"),
               text(common, "stop")};
    if (auto const* facts = table.get_as<toml::array>("facts"))
      for (auto const& fact : *facts)
        t.facts.push_back({text(*fact.as_table(), "label"), text(*fact.as_table(), "value")});
    out.emplace(key.str(), std::move(t));
  }
  return out;
}

toml::table const& file_of(Language language) {
  static toml::table const all[] = {toml::parse(ja_toml()), toml::parse(en_toml())};
  return all[size_t(language)];
}

Template const& find_template(Letter const& letter) {
  static std::map<std::string, Template, std::less<>> const all[] = {read_templates(file_of(Language::ja)),
                                                                     read_templates(file_of(Language::en))};
  auto const& of_language = all[size_t(letter.language)];
  auto const found = of_language.find(letter.template_name);
  if (found == of_language.end()) throw std::logic_error("there is no mail " + letter.template_name);
  return found->second;
}

// Puts the words in. A missing one must not leave a hole in a mail that cannot be called back.
class Filler {
 public:
  explicit Filler(Words const& words) : words_(words) {
    for (auto const& [name, value] : words) values_.set(name, value);
  }
  bool knows(std::string_view name) const {
    return std::any_of(words_.begin(), words_.end(), [&](auto const& word) { return word.first == name; });
  }
  std::string operator()(std::string const& text) const {
    for (size_t at = 0; (at = text.find("{{", at)) != std::string::npos; ++at) {
      auto const name = text.substr(at + 2, text.find("}}", at) - at - 2);
      if (!knows(name)) throw std::logic_error("a mail needs the word " + name);
    }
    kainjow::mustache::mustache mustache(text);
    mustache.set_custom_escape([](std::string const& plain) { return plain; });
    return mustache.render(values_);
  }

 private:
  Words const& words_;
  data values_;
};

data list_of(std::vector<std::string> const& paragraphs, Filler const& fill) {
  data out{data::type::list};
  for (auto const& paragraph : paragraphs) out << data{fill(paragraph)};
  return out;
}

// What is empty is left out.
data list_of(std::vector<Fact> const& facts, Filler const& fill) {
  data out{data::type::list};
  for (auto const& fact : facts) {
    auto const value = fill(fact.value);
    if (value.empty()) continue;
    data one;
    one.set("label", fact.label);
    one.set("value", value);
    out << one;
  }
  return out;
}

kainjow::mustache::mustache read_layout(std::string_view text, bool is_html) {
  kainjow::mustache::mustache layout{std::string(text)};
  if (!is_html) layout.set_custom_escape([](std::string const& plain) { return plain; });
  return layout;
}

// Read once for each thread: that takes longer than all the rest.
std::string lay_out(data const& values, bool is_html) {
  thread_local auto plain = read_layout(layout_txt(), false), html = read_layout(layout_html(), true);
  return (is_html ? html : plain).render(values);
}

}  // namespace

std::string phrase(Language language, std::string_view name) {
  auto const text = file_of(language)["phrases"][name].value<std::string>();
  if (!text) throw std::logic_error("there is no phrase " + std::string(name));
  return *text;
}

Message write(Letterhead const& head, Letter const& letter) {
  auto const& t = find_template(letter);
  auto words = letter.words;
  words.emplace_back("service_name", head.service_name);
  words.emplace_back("public_url", head.public_url);
  Filler const fill(words);
  auto const subject = fill(t.subject);
  data values;
  values.set("language", std::string(to_text(letter.language)));
  values.set("service_name", head.service_name);
  values.set("subject", subject);
  values.set("heading", fill(t.heading));
  // Whoever is not known by name yet is not greeted.
  if (fill.knows("name")) values.set("greeting", fill(t.greeting));
  values.set("before", list_of(t.before, fill));
  values.set("has_facts", !t.facts.empty());
  values.set("facts", list_of(t.facts, fill));
  if (!t.button.empty()) {
    values.set("button", fill(t.button));
    values.set("link", fill("{{link}}"));
  }
  values.set("after", list_of(t.after, fill));
  values.set("footer", fill(t.footer));
  // For readers who are no people of the service, and can end the mails by a link alone.
  if (fill.knows("stop_link")) values.set("stop", fill(t.stop));
  return {letter.to, letter.language, subject, lay_out(values, false), lay_out(values, true)};
}

}  // namespace menkyo::mail
