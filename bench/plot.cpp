#include "bench/plot.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>
#include <set>
#include <stdexcept>

namespace menkyo::bench {

namespace {

constexpr double width = 760, height = 380, left = 64, right = 190, top = 44, bottom = 52, text_height = 16;
// Told apart by people with any kind of colour vision, on white and on black: M. Okabe and K. Ito, Color Universal
// Design, 2002, with its yellow and black replaced by greys.
constexpr std::array colors{"#0072b2", "#e69f00", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#808080", "#a0a0a0"};

template <class... A>
std::string format(char const* with, A... values) {
  char text[256];
  std::snprintf(text, sizeof text, with, values...);
  return text;
}

std::string escaped(std::string const& text) {
  std::string out;
  for (auto const c : text) out += c == '<' ? "&lt;" : c == '&' ? "&amp;" : std::string(1, c);
  return out;
}

std::string text(double x, double y, char const* anchor, std::string const& what) {
  return format("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor) + escaped(what) + "</text>\n";
}

std::string rule(double x1, double y1, double x2, double y2) {
  return format("<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>\n", x1, y1, x2, y2);
}

// 1, 2 or 5 times a power of ten, of which four or more reach `most`.
double step_to(double most) {
  auto const power = std::pow(10, std::floor(std::log10(most / 4)));
  for (auto const times : {5.0, 2.0})
    if (most / (times * power) >= 4) return times * power;
  return power;
}

struct Scales {
  double least_x, most_x, most_y;

  double x(double value) const {
    auto const share = most_x > least_x ? std::log(value / least_x) / std::log(most_x / least_x) : 0.5;
    return left + share * (width - left - right);
  }
  double y(double value) const { return height - bottom - value / most_y * (height - top - bottom); }
};

Scales scales_of(Plot const& plot) {
  Scales scales{1e300, 0, 0};
  for (auto const& line : plot.lines)
    for (auto const& [x, y] : line.points) {
      scales.least_x = std::min(scales.least_x, x);
      scales.most_x = std::max(scales.most_x, x);
      scales.most_y = std::max(scales.most_y, y);
    }
  if (scales.most_y <= 0) throw std::invalid_argument("there is nothing to plot");
  auto const step = step_to(scales.most_y);
  scales.most_y = step * std::ceil(scales.most_y / step);
  return scales;
}

// Where the names stand: beside the lines' ends, but not on each other.
std::vector<double> name_places(Plot const& plot, Scales const& scales) {
  std::vector<size_t> order(plot.lines.size());
  std::iota(order.begin(), order.end(), size_t{0});
  auto const end_of = [&](size_t i) { return scales.y(plot.lines[i].points.back().second); };
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return end_of(a) > end_of(b); });
  std::vector<double> out(order.size());
  double lowest = height;
  for (auto const i : order) lowest = out[i] = std::min(end_of(i), lowest - text_height);
  return out;
}

std::string line_of(Line const& line, Scales const& scales, char const* color, double name_y) {
  std::string path, dots;
  for (auto const& [x, y] : line.points) {
    path += format("%c%.1f %.1f", path.empty() ? 'M' : 'L', scales.x(x), scales.y(y));
    dots += format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"%s\"/>\n", scales.x(x), scales.y(y), color);
  }
  return format("<path fill=\"none\" stroke-width=\"2\" stroke=\"%s\" d=\"", color) + path + "\"/>\n" + dots +
         format("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"%s\"/>\n", width - right + 16, name_y, color) +
         text(width - right + 26, name_y + 4, "start", line.name);
}

}  // namespace

std::string short_number(double value) {
  if (value >= 1e6) return format("%g M", value / 1e6);
  return value >= 1e4 ? format("%g k", value / 1e3) : format("%g", value);
}

std::string svg_of(Plot const& plot) {
  if (plot.lines.size() > colors.size()) throw std::invalid_argument("a plot has at most 8 lines");
  auto const scales = scales_of(plot);
  std::string out =
      format("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" role=\"img\">\n", width, height) +
      "<title>" + escaped(plot.title) +
      "</title>\n<style>text{font:12px sans-serif;fill:#333}.grid{stroke:#8884;fill:none}"
      "@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>\n";
  out += text(left, 22, "start", plot.title);
  for (double y = 0; y <= scales.most_y * 1.001; y += step_to(scales.most_y))
    out +=
        rule(left, scales.y(y), width - right, scales.y(y)) + text(left - 8, scales.y(y) + 4, "end", short_number(y));
  std::set<double> places;
  for (auto const& line : plot.lines)
    for (auto const& [x, y] : line.points) places.insert(x);
  for (auto const x : places)
    out += rule(scales.x(x), top, scales.x(x), height - bottom) +
           text(scales.x(x), height - bottom + 18, "middle", short_number(x));
  out += text((left + width - right) / 2, height - 12, "middle", plot.x_name) +
         format("<text transform=\"translate(14 %g) rotate(-90)\" text-anchor=\"middle\">", height / 2) +
         escaped(plot.y_name) + "</text>\n";
  auto const name_y = name_places(plot, scales);
  for (size_t i = 0; i < plot.lines.size(); ++i) out += line_of(plot.lines[i], scales, colors[i], name_y[i]);
  return out + "</svg>\n";
}

}  // namespace menkyo::bench
