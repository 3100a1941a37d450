// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/result_rows.h"

#include <algorithm>

#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"
#include "storage/internal/text.h"

namespace muster {

Result<ResultRows> ResultRows::open(Database& database, Progress& progress, RunId run)
{
    ResultRows rows;
    rows.m_progress = &progress;
    rows.m_run = run;
    auto actions = NameTable::open(database, progress, Numbered::actions);
    auto columns = RowScan::open(database, "result_columns");
    auto result = database.prepare("INSERT INTO results VALUES(?,?,?,?,?,?,?,?)");
    auto error = database.prepare("INSERT INTO errors VALUES(?,?,?,?,?,?,?,?,?,?)");
    auto column = database.prepare("INSERT INTO result_columns VALUES(?,?,?,?)");
    for (const Error* failed :
         {errorOf(actions), errorOf(columns), errorOf(result), errorOf(error), errorOf(column)}) {
        if (failed != nullptr) {
            return *failed;
        }
    }
    const auto done = columns->visit(1, progress.lastOf(Numbered::resultColumns), false,
                                     [&](const Statement& row) {
                                         rows.m_columns[row.integer(1)].emplace_back(row.text(2));
                                         return true;
                                     });
    if (!done) {
        return done.error();
    }
    rows.m_actions = std::move(actions).value();
    rows.m_insertResult = std::move(result).value();
    rows.m_insertError = std::move(error).value();
    rows.m_insertColumn = std::move(column).value();
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
    row.put(m_progress->lastOf(Numbered::results) + 1)
        .put(std::int64_t{m_run.value})
        .put(result.at.nanoseconds)
        .put(*action);
    row.put(validUtf8(result.agent, m_agent)).put(validUtf8(result.item, m_item)).put(m_data);
    auto done = row.insert();
    if (done) {
        ++m_progress->lastOf(Numbered::results);
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
    row.put(m_progress->lastOf(Numbered::errors) + 1)
        .put(std::int64_t{m_run.value})
        .put(error.at.nanoseconds)
        .put(*action);
    row.put(validUtf8(error.agent, m_agent)).put(validUtf8(error.item, m_item));
    row.put(error.failureClass).put(error.code).put(validUtf8(error.message, m_message));
    auto done = row.insert();
    if (done) {
        ++m_progress->lastOf(Numbered::errors);
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
        auto done = RowWriter(m_insertColumn)
                        .put(m_progress->lastOf(Numbered::resultColumns) + 1)
                        .put(action)
                        .put(field.key)
                        .insert();
        if (!done) {
            return done;
        }
        ++m_progress->lastOf(Numbered::resultColumns);
        known.emplace_back(field.key);
        place = known.size();
    }
    return {};
}

}  // namespace muster
