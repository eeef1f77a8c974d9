// Puts measured figures into a document, so that nobody types them: what size_bench and page_bench wrote with --json
// becomes tables between the lines "<!-- figures: NAME -->" and "<!-- end of figures -->".
//
//   bench_figures DOCUMENT NAME=FILE.json...
//
// Files of one name follow each other. NAME is "sizes" or "pages".

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "protocol/json.hpp"

namespace menkyo::bench {
namespace {

namespace json = protocol::json;

std::string read(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read " + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

template <class... A>
std::string format(char const* with, A... values) {
  char text[256];
  std::snprintf(text, sizeof text, with, values...);
  return text;
}

double number(json::Value const& object, char const* name) {
  return object.at(name).as_double();
}

char const* title(json::Value const& size) {
  return size.at("database").as_string() == "sqlite" ? "SQLite" : "PostgreSQL";
}

std::string head(json::Value const& size) {
  return format("**%s, %lld devices, %lld virtual accounts, %lld lots**\n\n", title(size),
                (long long)(size.at("devices").as_int()), (long long)(size.at("virtual_accounts").as_int()),
                (long long)(size.at("lots").as_int()));
}

std::string row(json::Value const& work) {
  return format("| %s | %.0f | %.0f | %.0f | %.1f | %.1f |", work.at("name").as_string().c_str(),
                number(work, "per_second"), number(work, "server_us"), number(work, "client_us"),
                number(work, "p50_ms"), number(work, "p99_ms"));
}

std::string sizes(json::Value const& figures) {
  std::string out;
  std::map<std::string, json::Value const*> smallest;
  for (auto const& size : figures.at("sizes").items()) {
    auto const& small = *smallest.emplace(size.at("database").as_string(), &size).first->second;
    out += head(size);
    out += format(
        "%.0f bytes on disk for each device; start %.0f ms; memory of the server %.0f MB idle, %.0f MB under "
        "check-ins.\n\n",
        number(size, "bytes_per_device"), 1e3 * number(size, "start_s"), number(size, "idle_bytes") / 1e6,
        number(size, "loaded_bytes") / 1e6);
    out +=
        "| | /s | server, µs | client, µs | p50, ms | p99, ms | of the composed limit | server, to the smallest |\n"
        "|---|---|---|---|---|---|---|---|\n";
    auto const& raw = size.at("storage");
    out += format("| storage, raw loop | %.0f | %.0f | | | | | %.2f |\n", number(raw, "per_second"),
                  number(raw, "processor_us"),
                  number(raw, "processor_us") / number(small.at("storage"), "processor_us"));
    auto const& works = size.at("works").items();
    for (size_t i = 0; i < works.size(); ++i)
      out +=
          row(works[i]) + format(" %.2f | %.2f |\n", number(works[i], "of_limit_by_processor"),
                                 number(works[i], "server_us") / number(small.at("works").items()[i], "server_us"));
    for (auto const& work : size.at("series").items()) out += row(work) + " | |\n";
    out += "\n";
  }
  return out;
}

std::string pages(json::Value const& figures) {
  std::string out;
  for (auto const& size : figures.at("sizes").items()) {
    out += head(size) + "| | /s | server, µs | client, µs | p50, ms | p99, ms |\n|---|---|---|---|---|---|\n";
    for (auto const& work : size.at("works").items()) out += row(work) + "\n";
    out += "\n";
  }
  return out;
}

void put(std::string& document, std::string const& name, std::string const& text) {
  auto const begin = "<!-- figures: " + name + " -->\n", end = std::string("<!-- end of figures -->");
  auto const from = document.find(begin);
  auto const to = from == std::string::npos ? from : document.find(end, from);
  if (to == std::string::npos) throw std::runtime_error("the document has no place for " + name);
  document.replace(from + begin.size(), to - from - begin.size(), "\n" + text);
}

void run(std::string const& path, std::map<std::string, std::vector<std::string>> const& files) {
  auto document = read(path);
  for (auto const& [name, paths] : files) {
    if (name != "sizes" && name != "pages") throw std::runtime_error("there are no figures named " + name);
    std::string text;
    for (auto const& file : paths) {
      auto const figures = json::parse(read(file), {16, size_t{4} << 20, 100'000});
      text += name == "sizes" ? sizes(figures) : pages(figures);
    }
    put(document, name, text);
  }
  std::ofstream out(path, std::ios::binary);
  out << document;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

}  // namespace
}  // namespace menkyo::bench

int main(int argc, char** argv) {
  std::map<std::string, std::vector<std::string>> files;
  for (int i = 2; i < argc; ++i) {
    std::string const word = argv[i];
    if (auto const at = word.find('='); at != std::string::npos)
      files[word.substr(0, at)].push_back(word.substr(at + 1));
  }
  if (files.empty()) {
    std::fprintf(stderr, "bench_figures DOCUMENT sizes=FILE pages=FILE\n");
    return 2;
  }
  try {
    menkyo::bench::run(argv[1], files);
    return 0;
  } catch (std::exception const& error) {
    std::fprintf(stderr, "bench_figures: %s\n", error.what());
    return 1;
  }
}
