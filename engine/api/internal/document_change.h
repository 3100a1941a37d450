// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "documents/value.h"

namespace muster {

/// One place of a document that a change reached, and what stood there before.
struct DocumentChange {
    std::vector<std::string> path;
    std::optional<Value> before;  ///< empty: nothing did
};

/// Where the two differ, as deep in their tables as it goes.
[[nodiscard]] std::vector<DocumentChange> changesBetween(const Value& before, const Value& after);
/// Takes them back, whatever else became of the document.
void putBack(Value& document, const std::vector<DocumentChange>& changes);
/// Puts the keys of each of its tables in order: what says the same reads the same.
void sortKeys(Value& document);
/// SHA-256 in hexadecimal.
[[nodiscard]] std::string hashOf(const std::string& text);

}  // namespace muster
