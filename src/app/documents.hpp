#pragma once
// Documents that follow from tables of the program; `menkyo gen` writes them, a test proves them fresh.

#include <filesystem>
#include <string>
#include <vector>

namespace menkyo::app {

struct Document {
  std::filesystem::path path;  // from the project's folder
  std::string text;
};

std::vector<Document> generated_documents();

}  // namespace menkyo::app
