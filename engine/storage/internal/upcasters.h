// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace muster {

// What older versions wrote, as today's would: each step takes the data of a type from one version
// to the next, and the steps follow each other, so that a session can be read for ever.

/// The version that data of this type is brought to; 0: there is nothing to bring it from.
[[nodiscard]] std::uint16_t upcastsTo(std::string_view type) noexcept;

/// Takes the data of an event of that type and version to upcastsTo() and gives that version. Data
/// that is none of what the step expects is left as it is.
[[nodiscard]] std::uint16_t upcast(std::string_view type, std::uint16_t version, std::string& data);

}  // namespace muster
