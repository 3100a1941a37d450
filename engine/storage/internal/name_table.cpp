// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/name_table.h"

#include <fmt/core.h>

#include <algorithm>

#include "storage/internal/row.h"

namespace muster {

Result<NameTable> NameTable::open(Database& database, std::string_view table)
{
    auto read = readNames(database, table);
    if (!read) {
        return read.error();
    }
    NameTable names;
    for (const auto& [number, name] : read->names) {
        names.m_numbers.emplace(name, number);
    }
    // Above the damaged ones too: their rows must not take on another name.
    const auto last = database.queryInteger(fmt::format("SELECT max(id) FROM {}", table));
    if (!last) {
        return last.error();
    }
    names.m_last = *last;
    auto insert = database.prepare(fmt::format("INSERT INTO {} VALUES(?,?,?)", table));
    if (!insert) {
        return insert.error();
    }
    names.m_insert = std::move(insert).value();
    return names;
}

Result<std::int64_t> NameTable::number(std::string_view name)
{
    std::string key(name);
    if (const auto found = m_numbers.find(key); found != m_numbers.end()) {
        return found->second;
    }
    if (auto done = RowWriter(m_insert).put(m_last + 1).put(name).insert(); !done) {
        return done.error();
    }
    ++m_last;
    m_numbers.emplace(std::move(key), m_last);
    return m_last;
}

Result<NamesRead> readNames(Database& database, std::string_view table)
{
    auto all = database.prepare(fmt::format("SELECT id, name, checksum FROM {}", table));
    if (!all) {
        return all.error();
    }
    NamesRead read;
    for (;;) {
        const auto row = all->step();
        if (!row) {
            if (!isDamage(row.error())) {
                return row.error();
            }
            ++read.damaged;
            return read;
        }
        if (!*row) {
            return read;
        }
        if (rowHolds(all.value())) {
            read.names.emplace(all->integer(0), all->text(1));
        } else {
            ++read.damaged;
        }
    }
}

}  // namespace muster
