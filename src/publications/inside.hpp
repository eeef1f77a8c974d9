#pragma once
// What the files of publications/ share among themselves.

#include "publications/store.hpp"

namespace menkyo::publications {

// An edition as it is read, with the facts of the installation in it.
EditionText read_out(store::EditionRow row, Imprint const& imprint);

}  // namespace menkyo::publications
