// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>

#include "api/compare.h"

namespace muster::ctl {

// A comparison in words, for tables.

/// "actions.latency.p99{action=digest}".
[[nodiscard]] std::string rowName(const CompareRow& row);
/// "n/a" when it is unknown.
[[nodiscard]] std::string figureText(const Known& figure, const std::string& unit);
/// "+9.8 %" and "+8.1 % to +11 %"; from 0 the difference itself.
[[nodiscard]] std::pair<std::string, std::string> effectText(const CompareRow& row);
/// A glyph and the word, with the reason of what cannot be compared.
[[nodiscard]] std::string verdictText(const CompareRow& row);
/// "shop.db run 1, shop, 60 samples, 2026-… to …".
[[nodiscard]] std::string sideText(const ComparedSide& side);
/// How many of each verdict.
[[nodiscard]] std::string countsText(const CompareAnswer& answer);

}  // namespace muster::ctl
