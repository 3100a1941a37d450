// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "storage/internal/database.h"
#include "storage/internal/row_sum.h"

namespace muster {

/// Fills a statement's places one after the other; the last takes the checksum of the others.
class RowWriter {
public:
    explicit RowWriter(Statement& statement) : m_statement(statement) {}

    RowWriter& put(std::int64_t value) noexcept
    {
        m_sum.add(value);
        m_statement.bind(++m_place, value);
        return *this;
    }
    RowWriter& put(std::uint64_t value) noexcept { return put(static_cast<std::int64_t>(value)); }
    RowWriter& put(std::string_view text) noexcept
    {
        m_sum.add(text);
        m_tooLarge = m_tooLarge || text.size() > kMaxText;
        m_statement.bind(++m_place, text);
        return *this;
    }
    RowWriter& put(std::span<const std::byte> blob) noexcept
    {
        m_sum.add(blob);
        m_statement.bind(++m_place, blob);
        return *this;
    }
    RowWriter& putNull() noexcept
    {
        m_sum.addNull();
        m_statement.bindNull(++m_place);
        return *this;
    }
    /// 0 is kept as "none".
    RowWriter& putId(std::uint64_t id) noexcept { return id == 0 ? putNull() : put(id); }

    /// The same where the statement may still have "none" from the row before.
    RowWriter& putId(std::uint64_t id, bool& none) noexcept
    {
        if (id == 0 && none) {
            m_sum.addNull();
            ++m_place;
            return *this;
        }
        none = id == 0;
        return putId(id);
    }

    /// Part of the checksum only: of tables that are alike but for their name.
    RowWriter& salt(std::string_view text) noexcept
    {
        m_sum.add(text);
        return *this;
    }

    [[nodiscard]] Result<void> insert()
    {
        if (m_tooLarge) {
            return Error{ErrorCode::outOfRange, "a record is too large to store", {}, {}};
        }
        m_statement.bind(++m_place, m_sum.value());
        return m_statement.run();
    }

private:
    static constexpr std::size_t kMaxText = 16 * 1024 * 1024;

    Statement& m_statement;
    bool m_tooLarge = false;
    RowSum m_sum;
    int m_place = 0;
};

/// Whether the last column of the row that `statement` stands on is the checksum of the others,
/// after the salt if there was one.
[[nodiscard]] bool rowHolds(const Statement& statement, std::string_view salt = {}) noexcept;

}  // namespace muster
