// SPDX-License-Identifier: Apache-2.0
#include "events/pattern_index.h"

#include <algorithm>
#include <functional>
#include <span>
#include <unordered_map>

namespace muster {

namespace {

struct SegmentHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view segment) const noexcept
    {
        return std::hash<std::string_view>{}(segment);
    }
};

}  // namespace

struct PatternIndex::Node {
    std::unordered_map<std::string, std::unique_ptr<Node>, SegmentHash, std::equal_to<>> literal;
    std::unique_ptr<Node> one;   // `*`
    std::unique_ptr<Node> many;  // `**`
    std::vector<std::uint64_t> entries;
    bool anyDepth = false;  // reached by `**`: stays for any number of segments

    [[nodiscard]] const Node* child(std::string_view segment) const
    {
        const auto found = literal.find(segment);
        return found == literal.end() ? nullptr : found->second.get();
    }
    /// Where the child of a pattern's segment is, or goes.
    [[nodiscard]] std::unique_ptr<Node>& place(std::string_view segment)
    {
        return segment == "*" ? one : segment == "**" ? many : literal[std::string(segment)];
    }
    void drop(std::string_view segment)
    {
        if (segment == "*" || segment == "**") {
            place(segment).reset();
        } else {
            literal.erase(std::string(segment));
        }
    }
    [[nodiscard]] bool bare() const { return entries.empty() && literal.empty() && !one && !many; }
};

namespace {

/// Removes the entry below `node` and the branches left empty.
template <class Node>
bool eraseBelow(Node& node, const std::vector<std::string_view>& segments, std::size_t depth,
                std::uint64_t entry)
{
    if (depth == segments.size()) {
        const auto found = std::ranges::find(node.entries, entry);
        if (found == node.entries.end()) {
            return false;
        }
        node.entries.erase(found);
        return true;
    }
    const std::string_view segment = segments[depth];
    auto& next = node.place(segment);
    const bool erased = next != nullptr && eraseBelow(*next, segments, depth + 1, entry);
    if (next == nullptr || next->bare()) {
        node.drop(segment);
    }
    return erased;
}

/// Where a topic's segments have led so far: one level after the other in one list, so that a
/// match takes memory once.
template <class Node>
class Places {
public:
    Places() { m_all.reserve(kUsual); }
    /// Adds a place, and the one that a `**` after it opens without taking a segment.
    void add(const Node* node)
    {
        for (; node != nullptr; node = node->many.get()) {
            if (std::find(m_all.begin() + m_level, m_all.end(), node) != m_all.end()) {
                return;
            }
            m_all.push_back(node);
        }
    }
    void advance(std::string_view segment)
    {
        const auto from = static_cast<std::size_t>(m_level);
        const std::size_t to = m_all.size();
        m_level = static_cast<std::ptrdiff_t>(to);
        for (std::size_t i = from; i < to; ++i) {
            const Node* place = m_all[i];
            if (place->anyDepth) {
                add(place);
            }
            add(place->child(segment));
            add(place->one.get());
        }
    }
    [[nodiscard]] std::span<const Node* const> level() const
    {
        return std::span(m_all).subspan(static_cast<std::size_t>(m_level));
    }

private:
    static constexpr std::size_t kUsual = 24;

    std::vector<const Node*> m_all;
    std::ptrdiff_t m_level = 0;
};

}  // namespace

PatternIndex::PatternIndex() : m_root(std::make_unique<Node>()) {}
PatternIndex::~PatternIndex() = default;
PatternIndex::PatternIndex(PatternIndex&&) noexcept = default;
PatternIndex& PatternIndex::operator=(PatternIndex&&) noexcept = default;

void PatternIndex::insert(const TopicPattern& pattern, std::uint64_t entry)
{
    Node* node = m_root.get();
    for (const auto segment : pattern.segments()) {
        auto& next = node->place(segment);
        if (next == nullptr) {
            next = std::make_unique<Node>();
            next->anyDepth = segment == "**";
        }
        node = next.get();
    }
    node->entries.push_back(entry);
    ++m_size;
}

void PatternIndex::erase(const TopicPattern& pattern, std::uint64_t entry)
{
    if (eraseBelow(*m_root, pattern.segments(), 0, entry)) {
        --m_size;
    }
}

std::vector<std::uint64_t> PatternIndex::match(std::string_view topic) const
{
    Places<Node> places;
    places.add(m_root.get());
    while (!topic.empty()) {
        const auto dot = topic.find('.');
        places.advance(topic.substr(0, dot));
        topic = dot == std::string_view::npos ? std::string_view() : topic.substr(dot + 1);
    }
    std::vector<std::uint64_t> found;
    for (const Node* place : places.level()) {
        found.insert(found.end(), place->entries.begin(), place->entries.end());
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

}  // namespace muster
