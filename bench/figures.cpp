// Puts measured figures into a document, so that nobody types them: what size_bench and page_bench wrote with --json
// becomes tables between the lines "<!-- figures: NAME -->" and "<!-- end of figures -->".
//
//   bench_figures DOCUMENT NAME=FILE.json...
//
// Files of one name follow each other. NAME is "sizes" or "pages". Of sizes there are pictures, too, in the folder
// "figures" beside the document.

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <stdexcept>
#include <vector>

#include "bench/plot.hpp"
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

void write(std::string const& path, std::string const& text) {
  std::ofstream out(path, std::ios::binary);
  out << text;
  if (!out.flush()) throw std::runtime_error("cannot write " + path);
}

// What one message costs the server, by devices; and how many are answered, by connections.
void draw(std::string const& folder, json::Value const& figures) {
  std::map<std::string, Plot> growth, series;
  for (auto const& size : figures.at("sizes").items()) {
    auto const database = size.at("database").as_string();
    auto const devices = number(size, "devices");
    auto& plot = growth[database];
    plot.title = std::string(title(size)) + ": processor time of one message in the server";
    plot.x_name = "known devices";
    plot.y_name = "µs";
    auto const& works = size.at("works").items();
    if (plot.lines.empty())
      for (auto const& work : works) plot.lines.push_back({work.at("name").as_string(), {}});
    for (size_t i = 0; i < works.size(); ++i)
      plot.lines.at(i).points.emplace_back(devices, number(works[i], "server_us"));
    auto const& connections = size.at("series").items();
    if (connections.empty()) continue;
    auto& answered = series[database];
    answered.title = std::string(title(size)) + ": check-ins answered in a second";
    answered.x_name = "connections";
    answered.y_name = "/s";
    answered.lines.push_back({short_number(devices) + " devices", {}});
    for (auto const& work : connections) {
      // "check-in, 64" is drawn; "check-in, new connections" has no number.
      auto const name = work.at("name").as_string();
      auto const many = std::atof(name.substr(name.find(',') + 1).c_str());
      if (many > 0) answered.lines.back().points.emplace_back(many, number(work, "per_second"));
    }
    if (answered.lines.back().points.empty()) answered.lines.pop_back();
  }
  std::filesystem::create_directories(folder);
  for (auto const& [database, plot] : growth) write(folder + "/growth-" + database + ".svg", svg_of(plot));
  for (auto const& [database, plot] : series)
    if (!plot.lines.empty()) write(folder + "/connections-" + database + ".svg", svg_of(plot));
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
      if (name == "sizes") draw((std::filesystem::path(path).parent_path() / "figures").string(), figures);
    }
    put(document, name, text);
  }
  write(path, document);
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
