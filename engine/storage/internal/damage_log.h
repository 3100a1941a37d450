// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace muster {

/// What was found damaged while reading, counted once however often it is read.
/// Thread safety: one thread at a time.
class DamageLog {
public:
    /// `rows` of this part of a table could not be read, or are missing from it.
    void add(std::string_view table, std::int64_t part, std::int64_t rows);
    void remark(std::string text);

    /// One sentence for people; empty when nothing was damaged.
    [[nodiscard]] std::string text() const;
    [[nodiscard]] bool empty() const noexcept { return m_rows.empty(); }

private:
    std::map<std::pair<std::string, std::int64_t>, std::int64_t> m_rows;
    std::string m_remark;
};

}  // namespace muster
