// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text_index.h"

#include <fmt/core.h>

#include <utility>

#include "storage/internal/block.h"
#include "storage/internal/event_decoder.h"
#include "storage/internal/row.h"
#include "storage/internal/schema.h"
#include "storage/internal/text_words.h"

namespace muster {

namespace {

Result<void> addTable(Database& database, RowSum& sum, const std::string& sql)
{
    auto rows = database.prepare(sql);
    if (!rows) {
        return rows.error();
    }
    auto row = rows->step();
    for (; row && *row; row = rows->step()) {
        for (int column = 0; column < rows->columns(); ++column) {
            sum.add(rows->blob(column));
        }
    }
    return row ? Result<void>() : Result<void>(row.error());
}

}  // namespace

Result<std::optional<TextPart>> findTextPart(Database& database, std::int64_t part)
{
    auto statement = database.prepare("SELECT * FROM text_parts WHERE id = ?1");
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->bind(1, part).step();
    if (!row) {
        return row.error();
    }
    if (!*row || !rowHolds(*statement)) {
        return std::optional<TextPart>();
    }
    return std::optional(
        TextPart{statement->integer(0), statement->integer(1), statement->integer(2)});
}

Result<std::int64_t> sumTextPart(Database& database, std::int64_t part)
{
    RowSum sum;
    for (const char* sql : {"SELECT id, block FROM text_{}_data ORDER BY id",
                            "SELECT segid, term, pgno FROM text_{}_idx ORDER BY segid, term",
                            "SELECT k, v FROM text_{}_config ORDER BY k"}) {
        if (auto done = addTable(database, sum, fmt::format(fmt::runtime(sql), part)); !done) {
            return done.error();
        }
    }
    return sum.value();
}

Result<void> dropTextPart(Database& database, std::int64_t part)
{
    auto done = database.execute(fmt::format("DROP TABLE IF EXISTS text_{}", part).c_str());
    return done
               ? database.execute(fmt::format("DELETE FROM text_parts WHERE id = {}", part).c_str())
               : done;
}

// ---- TextIndexer --------------------------------------------------------------------------

Result<TextIndexer> TextIndexer::open(Database& database, Progress& progress)
{
    TextIndexer indexer;
    auto rows = RowScan::open(database, "events");
    auto next = database.prepare(
        "SELECT id FROM event_blocks WHERE id >= ?1 AND id < ?2 ORDER BY id LIMIT 1");
    if (!rows || !next) {
        return rows ? next.error() : rows.error();
    }
    indexer.m_database = &database;
    indexer.m_progress = &progress;
    indexer.m_rows = std::move(rows).value();
    indexer.m_nextBlock = std::move(next).value();
    return indexer;
}

bool TextIndexer::waits(std::int64_t openBlock) const noexcept
{
    return (m_progress->lastOf(Numbered::texts) + 1) >> kEventShift < openBlock;
}

Result<void> TextIndexer::advance(std::int64_t openBlock)
{
    const std::int64_t from = (m_progress->lastOf(Numbered::texts) + 1) >> kEventShift;
    const auto there = m_nextBlock.bind(1, from).bind(2, openBlock).step();
    if (!there) {
        return there.error();
    }
    // What retention took is passed over.
    const std::int64_t block = *there ? m_nextBlock.integer(0) : openBlock - 1;
    const std::int64_t last = lastOfBlock(block, kEventShift);
    m_nextBlock.reset();
    if (*there) {
        const std::int64_t part = last >> kTextShift;
        auto done = openPart(part);
        if (done) {
            Result<void> inserted;
            const auto walked = m_rows->visit(firstOfBlock(block, kEventShift), last, false,
                                              [&](const Statement& row) {
                                                  inserted = insert(row);
                                                  return inserted.ok();
                                              });
            done = !walked ? Result<void>(walked.error()) : inserted;
            if (done && walked->damaged > 0) {
                // What is not in the index must be found to be damaged by who searches.
                done = Error{ErrorCode::corrupt, "events to be indexed are damaged", {}, {}};
            }
        }
        if (done) {
            done = finishPart(part, last);
        }
        if (!done) {
            return done;
        }
    }
    m_progress->lastOf(Numbered::texts) = last;
    return {};
}

Result<void> TextIndexer::openPart(std::int64_t part)
{
    if (part == m_part) {
        return {};
    }
    const auto known = findTextPart(*m_database, part);
    if (!known) {
        return known.error();
    }
    if (!*known) {
        // What is there without being known of cannot be trusted.
        auto done = dropTextPart(*m_database, part);
        if (done) {
            done = m_database->execute(createTextPart(part).c_str());
        }
        if (!done) {
            return done;
        }
    }
    auto insert =
        m_database->prepare(fmt::format("INSERT INTO text_{}(rowid, words) VALUES(?,?)", part));
    if (!insert) {
        return insert.error();
    }
    m_insert = std::move(insert).value();
    m_part = part;
    return {};
}

Result<void> TextIndexer::insert(const Statement& row)
{
    const auto type = typeName(row.integer(EventColumn::kType));
    if (!type) {
        return type.error();
    }
    m_words.clear();
    appendWords(m_words, *type);
    appendWords(m_words, row.text(EventColumn::kSource));
    appendWords(m_words, unescapedJson(row.text(EventColumn::kData), m_unescaped));
    return m_insert.bind(1, row.integer(EventColumn::kId)).bind(2, std::string_view(m_words)).run();
}

Result<void> TextIndexer::finishPart(std::int64_t part, std::int64_t last)
{
    // A savepoint makes FTS5 write what it holds in memory into its tables.
    auto done = m_database->execute("SAVEPOINT words; RELEASE words");
    if (!done) {
        return done;
    }
    const auto sum = sumTextPart(*m_database, part);
    auto write = m_database->prepare("INSERT OR REPLACE INTO text_parts VALUES(?,?,?,?)");
    if (!sum || !write) {
        return sum ? write.error() : sum.error();
    }
    return RowWriter(*write).put(part).put(last).put(*sum).insert();
}

Result<std::string_view> TextIndexer::typeName(std::int64_t number)
{
    if (const auto known = m_types.find(number); known != m_types.end()) {
        return std::string_view(known->second);
    }
    auto name = m_database->prepare("SELECT * FROM event_types WHERE id = ?1");
    if (!name) {
        return name.error();
    }
    const auto row = name->bind(1, number).step();
    if (!row) {
        return row.error();
    }
    if (!*row || !rowHolds(*name, "event_types")) {
        return Error{ErrorCode::corrupt, "a type of events is damaged", {}, {}};
    }
    return std::string_view(m_types.emplace(number, std::string(name->text(1))).first->second);
}

}  // namespace muster
