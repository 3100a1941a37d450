// SPDX-License-Identifier: Apache-2.0
#include "documents/json.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <nlohmann/json.hpp>

namespace muster {

namespace {

constexpr std::size_t kDeepest = 256;

/// Hands the text to the reader byte by byte and knows the line of each.
class CountingIterator {
public:
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;
    using iterator_category = std::input_iterator_tag;

    struct Place {
        std::uint32_t line = 1;
        std::uint32_t column = 0;
    };

    CountingIterator() = default;
    CountingIterator(const char* at, Place* last) : m_at(at), m_last(last) {}

    reference operator*() const { return *m_at; }
    CountingIterator& operator++()
    {
        if (m_newLine) {
            ++m_last->line;
            m_last->column = 0;
        }
        ++m_last->column;
        m_newLine = *m_at == '\n';
        ++m_at;
        return *this;
    }
    CountingIterator operator++(int)
    {
        auto before = *this;
        ++*this;
        return before;
    }
    friend bool operator==(const CountingIterator& a, const CountingIterator& b)
    {
        return a.m_at == b.m_at;
    }

private:
    const char* m_at = nullptr;
    Place* m_last = nullptr;
    bool m_newLine = false;
};

/// Builds the tree from the reader's calls; a node's line is that of its last byte.
class Builder {
public:
    using number_integer_t = std::int64_t;
    using number_unsigned_t = std::uint64_t;
    using number_float_t = double;
    using string_t = std::string;
    using binary_t = nlohmann::json::binary_t;

    Builder(const std::string& source, const CountingIterator::Place& place)
        : m_source(std::make_shared<const std::string>(source)), m_place(place)
    {
    }

    bool null() { return add(Value()); }
    bool boolean(bool value) { return add(Value(value)); }
    bool number_integer(std::int64_t value) { return add(Value(value)); }
    bool number_unsigned(std::uint64_t value)
    {
        return value <= std::uint64_t{std::numeric_limits<std::int64_t>::max()}
                   ? add(Value(static_cast<std::int64_t>(value)))
                   : add(Value(static_cast<double>(value)));
    }
    bool number_float(double value, const std::string&) { return add(Value(value)); }
    bool string(std::string& value) { return add(Value(std::move(value))); }
    bool binary(binary_t&) { return false; }
    bool start_object(std::size_t) { return open(Value(Value::Table{})); }
    bool start_array(std::size_t) { return open(Value(Value::Array{})); }
    bool key(std::string& name)
    {
        m_keys.back() = std::move(name);
        return true;
    }
    bool end_object() { return close(); }
    bool end_array() { return close(); }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem)
    {
        m_problem = problem.what();
        return false;
    }

    [[nodiscard]] Value take() { return std::move(m_root); }
    [[nodiscard]] const std::string& problem() const { return m_problem; }

private:
    Position here() const { return {m_source, m_place.line, m_place.column}; }

    bool add(Value value)
    {
        value.setAt(here());
        if (m_open.empty()) {
            m_root = std::move(value);
        } else if (m_open.back().isArray()) {
            m_open.back().asArray().push_back(std::move(value));
        } else {
            m_open.back().set(m_keys.back(), std::move(value));
        }
        return true;
    }
    bool open(Value container)
    {
        if (m_open.size() == kDeepest) {
            m_problem = fmt::format("nested deeper than {}", kDeepest);
            return false;
        }
        container.setAt(here());
        m_open.push_back(std::move(container));
        m_keys.emplace_back();
        return true;
    }
    bool close()
    {
        Value done = std::move(m_open.back());
        const Position at = done.at();
        m_open.pop_back();
        m_keys.pop_back();
        add(std::move(done));
        (m_open.empty() ? m_root : lastOf(m_open.back())).setAt(at);
        return true;
    }
    Value& lastOf(Value& container)
    {
        return container.isArray() ? container.asArray().back() : *container.find(m_keys.back());
    }

    std::shared_ptr<const std::string> m_source;
    const CountingIterator::Place& m_place;
    Value m_root;
    std::vector<Value> m_open;
    std::vector<std::string> m_keys;  // the key waiting for its value, one per open container
    std::string m_problem;
};

nlohmann::ordered_json toLibrary(const Value& value)
{
    switch (value.kind()) {
        case ValueKind::null:
            return nullptr;
        case ValueKind::boolean:
            return value.asBool();
        case ValueKind::integer:
            return value.asInteger();
        case ValueKind::number:
            return value.asNumber();
        case ValueKind::text:
            return value.asText();
        case ValueKind::array: {
            auto array = nlohmann::ordered_json::array();
            for (const auto& item : value.asArray()) {
                array.push_back(toLibrary(item));
            }
            return array;
        }
        case ValueKind::table: {
            auto object = nlohmann::ordered_json::object();
            for (const auto& member : value.asTable()) {
                object[member.key] = toLibrary(member.value);
            }
            return object;
        }
    }
    return nullptr;
}

}  // namespace

Result<Value> parseJson(std::string_view text, const std::string& source)
{
    CountingIterator::Place place;
    Builder builder(source, place);
    bool ok = false;
    try {
        ok = nlohmann::json::sax_parse(CountingIterator(text.data(), &place),
                                       CountingIterator(text.data() + text.size(), &place),
                                       &builder);
    } catch (const std::exception& problem) {
        return Error{ErrorCode::invalidArgument, fmt::format("not valid JSON: {}", problem.what()),
                     fmt::format("{}:{}", source, place.line), "Correct the line"};
    }
    if (!ok) {
        std::string problem = builder.problem();
        // "[json.exception.parse_error.101] parse error at …": the code is the library's own.
        if (const auto end = problem.find("] "); end != std::string::npos) {
            problem.erase(0, end + 2);
        }
        return Error{ErrorCode::invalidArgument, fmt::format("not valid JSON: {}", problem),
                     fmt::format("{}:{}", source, place.line), "Correct the line"};
    }
    return builder.take();
}

std::string toJson(const Value& value, int indent)
{
    return toLibrary(value).dump(indent, ' ', false,
                                 nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace muster
