// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/result_rows.h"

#include <algorithm>

#include "storage/internal/row.h"
#include "storage/internal/text.h"

namespace muster {

Result<ResultRows> ResultRows::open(Database& database, RunId run)
{
    ResultRows rows;
    rows.m_run = run;
    auto actions = NameTable::open(database, "actions");
    auto columns = database.prepare("SELECT * FROM result_columns ORDER BY id");
    auto result = database.prepare("INSERT INTO results VALUES(?,?,?,?,?,?,?,?)");
    auto error = database.prepare("INSERT INTO errors VALUES(?,?,?,?,?,?,?,?,?,?)");
    auto column = database.prepare("INSERT INTO result_columns VALUES(?,?,?,?)");
    const auto lastResult = database.queryInteger("SELECT max(id) FROM results");
    const auto lastError = database.queryInteger("SELECT max(id) FROM errors");
    for (const Error* failed : {errorOf(actions), errorOf(columns), errorOf(result), errorOf(error),
                                errorOf(column), errorOf(lastResult), errorOf(lastError)}) {
        if (failed != nullptr) {
            return *failed;
        }
    }
    for (;;) {
        const auto row = columns->step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            break;
        }
        rows.m_nextColumn = columns->integer(0) + 1;
        if (rowHolds(columns.value())) {
            rows.m_columns[columns->integer(1)].emplace_back(columns->text(2));
        }
    }
    rows.m_actions = std::move(actions).value();
    rows.m_insertResult = std::move(result).value();
    rows.m_insertError = std::move(error).value();
    rows.m_insertColumn = std::move(column).value();
    rows.m_nextResult = *lastResult + 1;
    rows.m_nextError = *lastError + 1;
    return rows;
}

Result<void> ResultRows::append(const ResultRecord& result)
{
    const auto action = m_actions.number(result.action);
    if (!action) {
        return action.error();
    }
    if (auto done = learnColumns(*action, result.data); !done) {
        return done;
    }
    m_data.clear();
    result.data.view().appendJson(m_data);
    RowWriter row(m_insertResult);
    row.put(m_nextResult).put(std::int64_t{m_run.value}).put(result.at.nanoseconds).put(*action);
    row.put(validUtf8(result.agent, m_agent)).put(validUtf8(result.item, m_item)).put(m_data);
    auto done = row.insert();
    if (done) {
        ++m_nextResult;
    }
    return done;
}

Result<void> ResultRows::append(const ErrorRecord& error)
{
    const auto action = m_actions.number(error.action);
    if (!action) {
        return action.error();
    }
    RowWriter row(m_insertError);
    row.put(m_nextError).put(std::int64_t{m_run.value}).put(error.at.nanoseconds).put(*action);
    row.put(validUtf8(error.agent, m_agent)).put(validUtf8(error.item, m_item));
    row.put(error.failureClass).put(error.code).put(validUtf8(error.message, m_message));
    auto done = row.insert();
    if (done) {
        ++m_nextError;
    }
    return done;
}

Result<void> ResultRows::learnColumns(std::int64_t action, FieldView data)
{
    std::vector<std::string>& known = m_columns[action];
    std::size_t place = 0;
    for (const Field field : data) {
        // Nearly always the same fields in the same order as before.
        if (place < known.size() && known[place] == field.key) {
            ++place;
            continue;
        }
        if (std::ranges::find(known, field.key) != known.end()) {
            continue;
        }
        auto done = RowWriter(m_insertColumn).put(m_nextColumn).put(action).put(field.key).insert();
        if (!done) {
            return done;
        }
        ++m_nextColumn;
        known.emplace_back(field.key);
        place = known.size();
    }
    return {};
}

}  // namespace muster
