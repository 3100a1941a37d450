// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace muster {

/// Where a value was written: a file with line and column, or what stood in for one
/// (`--set input.path=/srv`), whose line is 0.
struct Position {
    std::shared_ptr<const std::string> source;
    std::uint32_t line = 0;
    std::uint32_t column = 0;

    /// "corpus.toml:12", or only the source when it has no lines; "" when unknown.
    [[nodiscard]] std::string text() const;
};

enum class ValueKind : std::uint8_t { null, boolean, integer, number, text, array, table };

/// One node of a document, whatever it was written in: TOML and JSON both become this.
/// Tables keep the order of the file. The as…() functions may be called only for the kind
/// that the value has. Thread safety: none; a value is data.
class Value {
public:
    struct Member;
    using Array = std::vector<Value>;
    using Table = std::vector<Member>;

    Value() = default;
    Value(bool value) : m_data(value) {}
    Value(std::int64_t value) : m_data(value) {}
    Value(int value) : m_data(std::int64_t{value}) {}
    Value(double value) : m_data(value) {}
    Value(std::string value) : m_data(std::move(value)) {}
    Value(const char* value) : m_data(std::string(value)) {}
    Value(Array value);
    Value(Table value);

    [[nodiscard]] ValueKind kind() const noexcept { return static_cast<ValueKind>(m_data.index()); }
    [[nodiscard]] bool isNull() const noexcept { return kind() == ValueKind::null; }
    [[nodiscard]] bool isText() const noexcept { return kind() == ValueKind::text; }
    [[nodiscard]] bool isTable() const noexcept { return kind() == ValueKind::table; }
    [[nodiscard]] bool isArray() const noexcept { return kind() == ValueKind::array; }
    /// An integer or a number.
    [[nodiscard]] bool isNumeric() const noexcept;

    [[nodiscard]] bool asBool() const { return std::get<bool>(m_data); }
    [[nodiscard]] std::int64_t asInteger() const { return std::get<std::int64_t>(m_data); }
    /// Of an integer or a number.
    [[nodiscard]] double asNumber() const;
    [[nodiscard]] const std::string& asText() const { return std::get<std::string>(m_data); }
    [[nodiscard]] const Array& asArray() const { return std::get<Array>(m_data); }
    [[nodiscard]] Array& asArray() { return std::get<Array>(m_data); }
    [[nodiscard]] const Table& asTable() const { return std::get<Table>(m_data); }
    [[nodiscard]] Table& asTable() { return std::get<Table>(m_data); }

    /// The member of a table, or null when there is none or this is no table.
    [[nodiscard]] const Value* find(std::string_view key) const noexcept;
    [[nodiscard]] Value* find(std::string_view key) noexcept;
    /// Adds or replaces a member; turns a null into a table first.
    Value& set(std::string key, Value value);

    [[nodiscard]] const Position& at() const noexcept { return m_at; }
    void setAt(Position at) { m_at = std::move(at); }

    /// What it is, for messages: `text "abc"`, `the number 3`, `a table`, cut when long.
    [[nodiscard]] std::string describe() const;

    /// Content only, not position; an integer never equals a number.
    friend bool operator==(const Value& a, const Value& b);

private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Table> m_data;
    Position m_at;
};

/// A key, what it holds and where the key stands.
struct Value::Member {
    std::string key;
    Value value;
    Position keyAt;

    friend bool operator==(const Member& a, const Member& b)
    {
        return a.key == b.key && a.value == b.value;
    }
};

}  // namespace muster
