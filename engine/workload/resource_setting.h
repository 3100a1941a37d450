// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "documents/schema.h"
#include "protection/resource_manager.h"

namespace muster {

/// What stands under [resources]: a table for each resource.
[[nodiscard]] Schema resourcesSchema();

/// The settings of a resource, by the names they have in files and commands.
[[nodiscard]] std::span<const std::string_view> resourceSettingKeys() noexcept;
/// One setting changed, "critical" to "90%", as files and commands write it; the others stay.
/// Errors: notFound with the nearest key; what was expected of the value.
[[nodiscard]] Result<ResourceSettings> withResourceSetting(Watched resource,
                                                           ResourceSettings settings,
                                                           std::string_view key,
                                                           std::string_view value);
/// As it would be written; empty: it has none. Errors: notFound.
[[nodiscard]] Result<std::string> resourceSettingText(Watched resource,
                                                      const ResourceSettings& settings,
                                                      std::string_view key);

}  // namespace muster
