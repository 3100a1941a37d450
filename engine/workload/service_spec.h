// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "calls/service_settings.h"
#include "documents/schema.h"
#include "documents/value.h"

namespace muster {

/// A service of a workload: what protects the calls to it, and as what it was written. Whoever
/// changes a setting while it runs changes the document by the schema and reads it again.
struct ServiceSpec {
    std::string name;
    ServiceSettings settings;
    Value document;
};

/// What stands under [services.NAME].
[[nodiscard]] Schema serviceSchema();
/// Of a document that holds to the schema; what it leaves out has its default. Errors:
/// outOfRange, with the key in `where`, for what a schema cannot say.
[[nodiscard]] Result<ServiceSettings> readService(const Value& document);

/// One setting changed, "limiter.rate" to "200/s": typed and checked as in a file. "default"
/// leaves a setting out. A stage is "off", "on" (with its defaults), or all of its settings at
/// once: "limiter" to "kind=sliding_window limit=200".
/// Errors: unknown key with the nearest one, wrong value, out of range, of a stage it has not.
[[nodiscard]] Result<ServiceSpec> withSetting(const ServiceSpec& service, std::string_view key,
                                              std::string_view value);
/// What a setting is, as withSetting() reads it back. Errors: unknown key.
[[nodiscard]] Result<std::string> settingText(const ServiceSpec& service, std::string_view key);

struct SettingText {
    std::string key;  ///< "limiter.rate"
    std::string text;
    std::string help;
};

/// All that can be set of the stages the service has, in the order of the schema. Each stage is
/// one too, "on" or "off".
[[nodiscard]] std::vector<SettingText> settingTexts(const ServiceSpec& service);

}  // namespace muster
