// SPDX-License-Identifier: Apache-2.0
#include "documents/value.h"

#include <fmt/format.h>

#include <algorithm>

namespace muster {

namespace {

constexpr std::size_t kShownBytes = 40;

}  // namespace

std::string Position::text() const
{
    if (!source) {
        return {};
    }
    return line == 0 ? *source : fmt::format("{}:{}", *source, line);
}

Value::Value(Array value) : m_data(std::move(value)) {}
Value::Value(Table value) : m_data(std::move(value)) {}

bool Value::isNumeric() const noexcept
{
    return kind() == ValueKind::integer || kind() == ValueKind::number;
}

double Value::asNumber() const
{
    return kind() == ValueKind::integer ? static_cast<double>(asInteger())
                                        : std::get<double>(m_data);
}

const Value* Value::find(std::string_view key) const noexcept
{
    const auto* table = std::get_if<Table>(&m_data);
    if (table == nullptr) {
        return nullptr;
    }
    const auto found = std::find_if(table->begin(), table->end(),
                                    [key](const Member& member) { return member.key == key; });
    return found == table->end() ? nullptr : &found->value;
}

Value* Value::find(std::string_view key) noexcept
{
    return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Value::set(std::string key, Value value)
{
    if (isNull()) {
        m_data = Table{};
    }
    if (Value* there = find(key)) {
        *there = std::move(value);
        return *there;
    }
    Position at = value.at();
    asTable().push_back({std::move(key), std::move(value), std::move(at)});
    return asTable().back().value;
}

std::string Value::describe() const
{
    switch (kind()) {
        case ValueKind::null:
            return "nothing";
        case ValueKind::boolean:
            return asBool() ? "true" : "false";
        case ValueKind::integer:
            return fmt::format("the number {}", asInteger());
        case ValueKind::number:
            return fmt::format("the number {}", asNumber());
        case ValueKind::text:
            return asText().size() <= kShownBytes
                       ? fmt::format("text \"{}\"", asText())
                       : fmt::format("text \"{}…\"", asText().substr(0, kShownBytes));
        case ValueKind::array:
            return "a list";
        case ValueKind::table:
            return "a table";
    }
    return {};
}

bool operator==(const Value& a, const Value& b)
{
    return a.m_data == b.m_data;
}

}  // namespace muster
