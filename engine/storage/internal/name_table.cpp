// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/name_table.h"

#include <fmt/core.h>

#include "storage/internal/row.h"
#include "storage/internal/row_scan.h"

namespace muster {

Result<NameTable> NameTable::open(Database& database, Progress& progress, Numbered table)
{
    NameTable names;
    names.m_progress = &progress;
    names.m_table = table;
    auto rows = RowScan::open(database, tableOf(table), tableOf(table));
    auto insert = database.prepare(fmt::format("INSERT INTO {} VALUES(?,?,?)", tableOf(table)));
    if (!rows || !insert) {
        return rows ? insert.error() : rows.error();
    }
    names.m_insert = std::move(insert).value();
    const auto done = rows->visit(1, progress.lastOf(table), false, [&](const Statement& row) {
        names.m_numbers.emplace(row.text(1), row.integer(0));
        return true;
    });
    if (!done) {
        return done.error();
    }
    return names;
}

Result<std::int64_t> NameTable::number(std::string_view name)
{
    std::string key(name);
    if (const auto found = m_numbers.find(key); found != m_numbers.end()) {
        return found->second;
    }
    const std::int64_t number = m_progress->lastOf(m_table) + 1;
    auto done = RowWriter(m_insert).salt(tableOf(m_table)).put(number).put(name).insert();
    if (!done) {
        return done.error();
    }
    m_progress->lastOf(m_table) = number;
    m_numbers.emplace(std::move(key), number);
    return number;
}

}  // namespace muster
