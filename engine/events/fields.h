// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace muster {

enum class FieldKind : std::uint8_t { boolean, integer, real, text };

[[nodiscard]] std::string_view toString(FieldKind kind) noexcept;

/// One value of an event's data. Does not own its text.
class FieldValue {
public:
    FieldValue(bool value) noexcept : m_kind(FieldKind::boolean), m_integer(value ? 1 : 0) {}
    template <std::integral T>
    requires(!std::same_as<T, bool>) FieldValue(T value)
    noexcept : m_kind(FieldKind::integer), m_integer(static_cast<std::int64_t>(value)) {}
    FieldValue(double value) noexcept : m_kind(FieldKind::real), m_real(value) {}
    FieldValue(std::string_view value) noexcept : m_kind(FieldKind::text), m_text(value) {}
    FieldValue(const char* value) noexcept : FieldValue(std::string_view(value)) {}
    FieldValue(const std::string& value) noexcept : FieldValue(std::string_view(value)) {}

    [[nodiscard]] FieldKind kind() const noexcept { return m_kind; }
    [[nodiscard]] bool boolean() const noexcept { return m_integer != 0; }
    [[nodiscard]] std::int64_t integer() const noexcept { return m_integer; }
    /// An integer reads as a real number too.
    [[nodiscard]] double real() const noexcept
    {
        return m_kind == FieldKind::real ? m_real : static_cast<double>(m_integer);
    }
    /// Empty unless the kind is text.
    [[nodiscard]] std::string_view text() const noexcept { return m_text; }

private:
    FieldKind m_kind;
    union {
        std::int64_t m_integer;
        double m_real;
    };
    std::string_view m_text;
};

/// One entry of an event's data. Owns neither key nor text.
struct Field {
    std::string_view key;
    FieldValue value;
};

/// An event's data, read only: entries in the order they were given, encoded one after the
/// other inside the event. Owns nothing; valid while the event or the Fields lives.
class FieldView {
public:
    class Iterator {
    public:
        using value_type = Field;
        using difference_type = std::ptrdiff_t;
        using iterator_category = std::input_iterator_tag;

        explicit Iterator(const std::byte* at) noexcept : m_at(at) {}
        [[nodiscard]] Field operator*() const noexcept;
        Iterator& operator++() noexcept;
        friend bool operator==(const Iterator&, const Iterator&) = default;

    private:
        const std::byte* m_at;
    };

    FieldView() = default;
    explicit FieldView(std::span<const std::byte> encoded) noexcept : m_encoded(encoded) {}

    [[nodiscard]] Iterator begin() const noexcept { return Iterator(m_encoded.data()); }
    [[nodiscard]] Iterator end() const noexcept
    {
        return Iterator(m_encoded.data() + m_encoded.size());
    }
    [[nodiscard]] bool empty() const noexcept { return m_encoded.empty(); }
    [[nodiscard]] std::optional<FieldValue> find(std::string_view key) const noexcept;
    [[nodiscard]] std::span<const std::byte> encoded() const noexcept { return m_encoded; }

    /// Appends `{"key":value,…}`. Text is valid UTF-8: a byte that is not part of it is written
    /// percent-encoded (`%FF`); a real number that is not finite is written as null.
    void appendJson(std::string& out) const;
    [[nodiscard]] std::string json() const;

private:
    std::span<const std::byte> m_encoded;
};

/// Data that owns its bytes, for those who collect it piece by piece.
/// Thread safety: one thread at a time.
class Fields {
public:
    Fields() = default;
    Fields(std::initializer_list<Field> fields);

    /// A key longer than kMaxKey is cut there.
    Fields& add(std::string_view key, FieldValue value);
    void clear() noexcept { m_encoded.clear(); }
    [[nodiscard]] FieldView view() const noexcept { return FieldView(m_encoded); }
    operator FieldView() const noexcept { return view(); }

private:
    std::vector<std::byte> m_encoded;
};

namespace field_encoding {

inline constexpr std::size_t kMaxKey = 255;

/// Bytes that `field` takes encoded.
[[nodiscard]] std::size_t size(const Field& field) noexcept;
/// Writes it and returns the place after.
std::byte* write(std::byte* at, const Field& field) noexcept;
/// Whether these bytes, which came from outside, are fields one after the other to their end.
[[nodiscard]] bool wellFormed(std::span<const std::byte> encoded) noexcept;

}  // namespace field_encoding

/// Appends `text` as a JSON string with its quotes, by the rule of FieldView::appendJson.
void appendJsonText(std::string& out, std::string_view text);
/// Appends the shortest decimal that reads back to the same double; null when not finite.
void appendJsonNumber(std::string& out, double value);

}  // namespace muster
