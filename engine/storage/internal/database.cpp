// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/database.h"

#include <fmt/core.h>
#include <sqlite3.h>

#include <array>
#include <cstring>

namespace muster {

namespace {

struct Meaning {
    int code;
    ErrorCode as;
    const char* what;
    const char* advice;
};

constexpr std::array kMeanings{
    Meaning{SQLITE_FULL, ErrorCode::diskFull, "the disk is full",
            "Free space on the disk that holds the session"},
    Meaning{SQLITE_READONLY, ErrorCode::readOnly, "the session cannot be written to",
            "Make the file and its directory writable, or record to another file (--db)"},
    Meaning{SQLITE_PERM, ErrorCode::permissionDenied, "the session may not be accessed",
            "Give yourself the right to read and write the file, or use another one (--db)"},
    Meaning{SQLITE_CANTOPEN, ErrorCode::permissionDenied, "the session cannot be opened",
            "See that the file and its directory exist and that you may read and write them"},
    Meaning{SQLITE_CORRUPT, ErrorCode::corrupt, "the session is damaged",
            "Record to another file (--db); what is readable of this one can be exported"},
    Meaning{SQLITE_NOTADB, ErrorCode::corrupt, "the file is not a database",
            "Name a session file, or a new file to make one (--db)"},
    Meaning{SQLITE_BUSY, ErrorCode::conflict, "another program holds the session locked",
            "Close the program that has it open"},
    Meaning{SQLITE_LOCKED, ErrorCode::conflict, "another program holds the session locked",
            "Close the program that has it open"},
    Meaning{SQLITE_NOMEM, ErrorCode::overloaded, "there is not enough memory",
            "End other programs or lower the limits"},
    Meaning{SQLITE_TOOBIG, ErrorCode::outOfRange, "a record is too large to store",
            "Keep its text under 16 MiB"},
    Meaning{SQLITE_IOERR, ErrorCode::ioFailure, "the disk reported an error",
            "Check the disk that holds the session, or record to another one (--db)"},
};

}  // namespace

Error databaseError(int code, sqlite3* connection)
{
    const std::string detail =
        connection != nullptr ? sqlite3_errmsg(connection) : sqlite3_errstr(code);
    for (const Meaning& meaning : kMeanings) {
        if (meaning.code == (code & 0xff)) {
            std::string message = meaning.what;
            if (meaning.code == SQLITE_IOERR || meaning.code == SQLITE_CANTOPEN) {
                message += " (" + detail + ")";
            }
            const char* name =
                connection != nullptr ? sqlite3_db_filename(connection, "main") : nullptr;
            return {meaning.as, message, name != nullptr ? name : "", meaning.advice};
        }
    }
    return {ErrorCode::internal, "the database refused a statement (" + detail + ")", {}, {}};
}

bool isDamage(const Error& error) noexcept
{
    return error.code == ErrorCode::corrupt || error.code == ErrorCode::ioFailure;
}

// ---- Statement ----------------------------------------------------------------------------

void Statement::Finalize::operator()(sqlite3_stmt* statement) const noexcept
{
    sqlite3_finalize(statement);
}

Statement& Statement::bind(int place, std::int64_t value) noexcept
{
    sqlite3_bind_int64(m_statement.get(), place, value);
    return *this;
}

Statement& Statement::bind(int place, std::string_view text) noexcept
{
    const char* data = text.data() != nullptr ? text.data() : "";
    sqlite3_bind_text64(m_statement.get(), place, data, text.size(), nullptr, SQLITE_UTF8);
    return *this;
}

Statement& Statement::bind(int place, std::span<const std::byte> blob) noexcept
{
    static constexpr std::byte kNothing{};
    const std::byte* data = blob.empty() ? &kNothing : blob.data();
    sqlite3_bind_blob64(m_statement.get(), place, data, blob.size(), nullptr);
    return *this;
}

Statement& Statement::bindNull(int place) noexcept
{
    sqlite3_bind_null(m_statement.get(), place);
    return *this;
}

Result<bool> Statement::step()
{
    const int code = sqlite3_step(m_statement.get());
    if (code == SQLITE_ROW) {
        return true;
    }
    if (code == SQLITE_DONE) {
        sqlite3_reset(m_statement.get());
        return false;
    }
    Error error = databaseError(code, sqlite3_db_handle(m_statement.get()));
    sqlite3_reset(m_statement.get());
    return error;
}

Result<void> Statement::run()
{
    const auto row = step();
    if (!row) {
        return row.error();
    }
    if (*row) {
        reset();
    }
    return {};
}

void Statement::reset() noexcept
{
    sqlite3_reset(m_statement.get());
}

int Statement::columns() const noexcept
{
    return sqlite3_column_count(m_statement.get());
}

bool Statement::isNull(int column) const noexcept
{
    return sqlite3_column_type(m_statement.get(), column) == SQLITE_NULL;
}

std::int64_t Statement::integer(int column) const noexcept
{
    return sqlite3_column_int64(m_statement.get(), column);
}

std::string_view Statement::text(int column) const noexcept
{
    const auto* data = sqlite3_column_text(m_statement.get(), column);
    if (data == nullptr) {
        return {};
    }
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    return {reinterpret_cast<const char*>(data), size};
}

std::span<const std::byte> Statement::blob(int column) const noexcept
{
    const void* data = sqlite3_column_blob(m_statement.get(), column);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(m_statement.get(), column));
    return {static_cast<const std::byte*>(data), data != nullptr ? size : 0};
}

// ---- Database -----------------------------------------------------------------------------

void Database::Close::operator()(sqlite3* connection) const noexcept
{
    sqlite3_close_v2(connection);
}

Result<Database> Database::open(const std::filesystem::path& file, Mode mode)
{
    int flags = mode == Mode::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    flags |= mode == Mode::create ? SQLITE_OPEN_CREATE : 0;
    auto database = openWith(file.c_str(), flags);
    // SQLite opens read-only what it may not write, without a word.
    if (database && mode != Mode::read && sqlite3_db_readonly(database->handle(), "main") == 1) {
        return databaseError(SQLITE_READONLY, database->handle());
    }
    return database;
}

Result<Database> Database::openUnchanging(const std::filesystem::path& file)
{
    std::string name = "file:";
    for (const char c : file.native()) {
        if (c == '%' || c == '?' || c == '#') {
            name += fmt::format("%{:02X}", static_cast<unsigned char>(c));
        } else {
            name += c;
        }
    }
    name += "?immutable=1";
    return openWith(name.c_str(), SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
}

Result<Database> Database::openWith(const char* name, int flags)
{
    sqlite3* connection = nullptr;
    const int code = sqlite3_open_v2(name, &connection,
                                     flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
    Database database;
    database.m_connection.reset(connection);
    if (code != SQLITE_OK) {
        return databaseError(code, connection);
    }
    sqlite3_busy_timeout(connection, 5'000);
    return database;
}

Result<void> Database::execute(const char* sql)
{
    const int code = sqlite3_exec(m_connection.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) {
        return databaseError(code, m_connection.get());
    }
    return {};
}

Result<Statement> Database::prepare(std::string_view sql)
{
    sqlite3_stmt* prepared = nullptr;
    const int code =
        sqlite3_prepare_v3(m_connection.get(), sql.data(), static_cast<int>(sql.size()),
                           SQLITE_PREPARE_PERSISTENT, &prepared, nullptr);
    if (code != SQLITE_OK) {
        return databaseError(code, m_connection.get());
    }
    Statement statement;
    statement.m_statement.reset(prepared);
    return statement;
}

Result<std::int64_t> Database::queryInteger(std::string_view sql)
{
    auto statement = prepare(sql);
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row) {
        return row.error();
    }
    return *row ? statement->integer(0) : std::int64_t{0};
}

Result<std::string> Database::queryText(std::string_view sql)
{
    auto statement = prepare(sql);
    if (!statement) {
        return statement.error();
    }
    const auto row = statement->step();
    if (!row) {
        return row.error();
    }
    return std::string(row.value() ? statement->text(0) : std::string_view{});
}

Result<void> Database::copyTo(const std::filesystem::path& file)
{
    auto target = open(file, Mode::create);
    if (!target) {
        return target.error();
    }
    sqlite3_backup* backup =
        sqlite3_backup_init(target->handle(), "main", m_connection.get(), "main");
    if (backup == nullptr) {
        return databaseError(sqlite3_extended_errcode(target->handle()), target->handle());
    }
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) {
        return databaseError(code, target->handle());
    }
    return {};
}

void Database::rollback() noexcept
{
    sqlite3_exec(m_connection.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

}  // namespace muster
