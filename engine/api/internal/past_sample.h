// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/known.h"
#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

/// What was sampled at one moment of a run, of every series. Thread safety: one thread at a time.
class PastSample {
public:
    /// The last sample up to a moment, if there is one within kWithin before it.
    [[nodiscard]] static Result<PastSample> read(SessionReader& reader, RunId run, WallTime at);

    [[nodiscard]] std::optional<WallTime> at() const noexcept { return m_at; }
    [[nodiscard]] Known figure(std::string_view metric, std::string_view labels = {}) const;
    /// 0 of what is missing.
    [[nodiscard]] double number(std::string_view metric, std::string_view labels = {}) const;
    [[nodiscard]] std::uint64_t count(std::string_view metric, std::string_view labels = {}) const;
    /// What `key` is in the labels of that metric: the names of the actions.
    [[nodiscard]] std::vector<std::string> valuesOf(std::string_view metric,
                                                    std::string_view key) const;

    static constexpr Duration kWithin = std::chrono::seconds(15);

private:
    std::optional<WallTime> m_at;
    std::map<std::pair<std::string, std::string>, double, std::less<>> m_values;
};

}  // namespace muster
