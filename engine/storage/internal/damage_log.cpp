// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/damage_log.h"

#include <fmt/core.h>

#include <algorithm>

namespace muster {

void DamageLog::add(std::string_view table, std::int64_t part, std::int64_t rows)
{
    if (rows > 0) {
        std::int64_t& known = m_rows[{std::string(table), part}];
        known = std::max(known, rows);
    }
}

void DamageLog::remark(std::string text)
{
    if (m_remark.find(text) == std::string::npos) {
        m_remark += (m_remark.empty() ? "" : ". ") + text;
    }
}

std::string DamageLog::text() const
{
    std::map<std::string, std::int64_t> byTable;
    for (const auto& [part, rows] : m_rows) {
        byTable[part.first] += rows;
    }
    std::string text = m_remark;
    if (!byTable.empty()) {
        text += text.empty() ? "" : ". ";
        text += "Parts of this session are damaged and were skipped:";
        const char* separator = " ";
        for (const auto& [table, rows] : byTable) {
            text += fmt::format("{}{} row{} of {}", separator, rows, rows == 1 ? "" : "s", table);
            separator = ", ";
        }
    }
    return text;
}

}  // namespace muster
