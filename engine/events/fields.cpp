// SPDX-License-Identifier: Apache-2.0
#include "events/fields.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace muster {
namespace {

// An entry: kind (1 byte), key length (1), key, then the value: 1 byte for a boolean, 8 for
// integer and real, for text its length (4) and bytes.
constexpr std::size_t kHeader = 2;
constexpr std::size_t kTextLength = sizeof(std::uint32_t);

template <class T>
T readAs(const std::byte* at) noexcept
{
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
std::byte* put(std::byte* at, const T& value) noexcept
{
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

std::byte* putBytes(std::byte* at, std::string_view bytes) noexcept
{
    if (!bytes.empty()) {
        std::memcpy(at, bytes.data(), bytes.size());
    }
    return at + bytes.size();
}

std::string_view cutKey(std::string_view key) noexcept
{
    return key.substr(0, field_encoding::kMaxKey);
}

std::string_view asText(const std::byte* at, std::size_t length) noexcept
{
    return {reinterpret_cast<const char*>(at), length};
}

std::size_t valueSize(const FieldValue& value) noexcept
{
    switch (value.kind()) {
        case FieldKind::boolean:
            return 1;
        case FieldKind::integer:
        case FieldKind::real:
            return 8;
        case FieldKind::text:
            return kTextLength + value.text().size();
    }
    return 0;
}

FieldValue readValue(FieldKind kind, const std::byte* at) noexcept
{
    switch (kind) {
        case FieldKind::boolean:
            return *at != std::byte{0};
        case FieldKind::integer:
            return readAs<std::int64_t>(at);
        case FieldKind::real:
            return readAs<double>(at);
        case FieldKind::text:
            return asText(at + kTextLength, readAs<std::uint32_t>(at));
    }
    return false;
}

void appendValue(std::string& out, const FieldValue& value)
{
    switch (value.kind()) {
        case FieldKind::boolean:
            out += value.boolean() ? "true" : "false";
            break;
        case FieldKind::integer: {
            char digits[24];
            const auto end = std::to_chars(digits, digits + sizeof digits, value.integer()).ptr;
            out.append(digits, end);
            break;
        }
        case FieldKind::real:
            appendJsonNumber(out, value.real());
            break;
        case FieldKind::text:
            appendJsonText(out, value.text());
            break;
    }
}

}  // namespace

std::string_view toString(FieldKind kind) noexcept
{
    switch (kind) {
        case FieldKind::boolean:
            return "boolean";
        case FieldKind::integer:
            return "integer";
        case FieldKind::real:
            return "real";
        case FieldKind::text:
            return "text";
    }
    return "";
}

std::size_t field_encoding::size(const Field& field) noexcept
{
    return kHeader + cutKey(field.key).size() + valueSize(field.value);
}

std::byte* field_encoding::write(std::byte* at, const Field& field) noexcept
{
    const auto key = cutKey(field.key);
    *at++ = static_cast<std::byte>(field.value.kind());
    *at++ = static_cast<std::byte>(key.size());
    at = putBytes(at, key);
    switch (field.value.kind()) {
        case FieldKind::boolean:
            *at++ = static_cast<std::byte>(field.value.boolean() ? 1 : 0);
            return at;
        case FieldKind::integer:
            return put(at, field.value.integer());
        case FieldKind::real:
            return put(at, field.value.real());
        case FieldKind::text:
            at = put(at, static_cast<std::uint32_t>(field.value.text().size()));
            return putBytes(at, field.value.text());
    }
    return at;
}

bool field_encoding::wellFormed(std::span<const std::byte> encoded) noexcept
{
    while (!encoded.empty()) {
        if (encoded.size() < kHeader || encoded[0] > static_cast<std::byte>(FieldKind::text)) {
            return false;
        }
        const auto kind = static_cast<FieldKind>(encoded[0]);
        const auto key = static_cast<std::size_t>(encoded[1]);
        const bool text = kind == FieldKind::text;
        std::size_t takes = kHeader + key +
                            (text                         ? kTextLength
                             : kind == FieldKind::boolean ? 1
                                                          : 8);
        if (encoded.size() >= takes && text) {
            takes += readAs<std::uint32_t>(encoded.data() + kHeader + key);
        }
        if (encoded.size() < takes) {
            return false;
        }
        encoded = encoded.subspan(takes);
    }
    return true;
}

Field FieldView::Iterator::operator*() const noexcept
{
    const auto keyLength = static_cast<std::size_t>(m_at[1]);
    return {asText(m_at + kHeader, keyLength),
            readValue(static_cast<FieldKind>(m_at[0]), m_at + kHeader + keyLength)};
}

FieldView::Iterator& FieldView::Iterator::operator++() noexcept
{
    m_at += field_encoding::size(**this);
    return *this;
}

std::optional<FieldValue> FieldView::find(std::string_view key) const noexcept
{
    for (const Field field : *this) {
        if (field.key == key) {
            return field.value;
        }
    }
    return std::nullopt;
}

void FieldView::appendJson(std::string& out) const
{
    char separator = '{';
    const std::byte* const end = m_encoded.data() + m_encoded.size();
    for (const std::byte* at = m_encoded.data(); at != end;) {
        // Each field is decoded once: writing events is what the store does most.
        const Field field = *Iterator(at);
        at += field_encoding::size(field);
        out += separator;
        separator = ',';
        appendJsonText(out, field.key);
        out += ':';
        appendValue(out, field.value);
    }
    out += empty() ? "{}" : "}";
}

std::string FieldView::json() const
{
    std::string out;
    appendJson(out);
    return out;
}

Fields::Fields(std::initializer_list<Field> fields)
{
    for (const Field& field : fields) {
        add(field.key, field.value);
    }
}

Fields& Fields::add(std::string_view key, FieldValue value)
{
    const Field field{key, value};
    const auto before = m_encoded.size();
    m_encoded.resize(before + field_encoding::size(field));
    field_encoding::write(m_encoded.data() + before, field);
    return *this;
}

}  // namespace muster
