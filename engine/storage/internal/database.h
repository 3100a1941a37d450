// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace muster {

/// A prepared statement. Text and blobs are bound without a copy: they must live until the
/// next step(), and those read until the next step() or reset().
/// Thread safety: one thread at a time.
class Statement {
public:
    Statement() = default;

    Statement& bind(int place, std::int64_t value) noexcept;
    Statement& bind(int place, std::string_view text) noexcept;
    Statement& bind(int place, std::span<const std::byte> blob) noexcept;
    Statement& bindNull(int place) noexcept;

    /// True: a row is there. False: done, and the statement is reset.
    [[nodiscard]] Result<bool> step();
    /// step() of a statement that gives no rows.
    [[nodiscard]] Result<void> run();
    void reset() noexcept;

    [[nodiscard]] int columns() const noexcept;
    [[nodiscard]] bool isNull(int column) const noexcept;
    [[nodiscard]] std::int64_t integer(int column) const noexcept;
    [[nodiscard]] std::string_view text(int column) const noexcept;
    [[nodiscard]] std::span<const std::byte> blob(int column) const noexcept;

    [[nodiscard]] sqlite3_stmt* handle() const noexcept { return m_statement.get(); }
    [[nodiscard]] explicit operator bool() const noexcept { return m_statement != nullptr; }

private:
    friend class Database;
    struct Finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };

    std::unique_ptr<sqlite3_stmt, Finalize> m_statement;
};

/// A connection to one SQLite file. Thread safety: one thread at a time.
class Database {
public:
    enum class Mode { read, write, create };

    /// Opens the file itself; damage is found by the first statement.
    [[nodiscard]] static Result<Database> open(const std::filesystem::path& file, Mode mode);
    /// Reads a file that nobody writes to, without its log and without locks.
    [[nodiscard]] static Result<Database> openUnchanging(const std::filesystem::path& file);
    Database() = default;

    [[nodiscard]] Result<void> execute(const char* sql);
    [[nodiscard]] Result<Statement> prepare(std::string_view sql);
    /// The first column of the first row, as a number or text.
    [[nodiscard]] Result<std::int64_t> queryInteger(std::string_view sql);
    [[nodiscard]] Result<std::string> queryText(std::string_view sql);

    /// Copies all of this database to a new file, synced.
    [[nodiscard]] Result<void> copyTo(const std::filesystem::path& file);
    void rollback() noexcept;
    void close() noexcept { m_connection.reset(); }

    [[nodiscard]] explicit operator bool() const noexcept { return m_connection != nullptr; }
    [[nodiscard]] sqlite3* handle() const noexcept { return m_connection.get(); }

private:
    [[nodiscard]] static Result<Database> openWith(const char* name, int flags);

    struct Close {
        void operator()(sqlite3* connection) const noexcept;
    };

    std::unique_ptr<sqlite3, Close> m_connection;
};

/// What a SQLite result code means for the file, and what to do.
[[nodiscard]] Error databaseError(int code, sqlite3* connection);

/// The error of a result that failed; null of one that did not.
template <class T>
[[nodiscard]] const Error* errorOf(const Result<T>& result) noexcept
{
    return result.ok() ? nullptr : &result.error();
}

/// Whether the error says that a part of the file cannot be read, rather than all of it.
[[nodiscard]] bool isDamage(const Error& error) noexcept;

}  // namespace muster
