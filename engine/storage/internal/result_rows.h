// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/internal/database.h"
#include "storage/internal/name_table.h"
#include "storage/records.h"

namespace muster {

/// Appends results and errors, and keeps the names of each action's figures in the order they
/// first came, which is the order of an export's columns.
/// After a rollback it must be opened anew. Thread safety: one thread at a time.
class ResultRows {
public:
    [[nodiscard]] static Result<ResultRows> open(Database& database, Progress& progress, RunId run);
    ResultRows() = default;

    [[nodiscard]] Result<void> append(const ResultRecord& result);
    [[nodiscard]] Result<void> append(const ErrorRecord& error);

private:
    [[nodiscard]] Result<void> learnColumns(std::int64_t action, FieldView data);

    NameTable m_actions;
    Statement m_insertResult;
    Statement m_insertError;
    Statement m_insertColumn;
    Progress* m_progress = nullptr;
    RunId m_run;
    std::unordered_map<std::int64_t, std::vector<std::string>> m_columns;  // by action
    std::string m_data;
    std::string m_agent;
    std::string m_item;
    std::string m_message;
};

}  // namespace muster
