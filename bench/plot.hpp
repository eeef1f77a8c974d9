#pragma once
// Lines in a picture: SVG text that follows the reader's light or dark theme.

#include <string>
#include <utility>
#include <vector>

namespace menkyo::bench {

struct Line {
  std::string name;
  std::vector<std::pair<double, double>> points;  // x > 0 and y >= 0, by x
};

struct Plot {
  std::string title, x_name, y_name;
  std::vector<Line> lines;  // at most 8; each is named at its end
};

// x is logarithmic, y begins at 0. Throws std::invalid_argument if there are too many lines or no points.
std::string svg_of(Plot const& plot);

// 12000 as "12 k".
std::string short_number(double value);

}  // namespace menkyo::bench
