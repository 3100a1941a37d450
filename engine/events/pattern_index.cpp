// SPDX-License-Identifier: Apache-2.0
#include "events/pattern_index.h"

#include <algorithm>

namespace muster {

struct PatternIndex::Node {
    std::map<std::string, std::unique_ptr<Node>, std::less<>> next;  // `*` and `**` among them
    std::vector<std::uint64_t> entries;
    bool anyDepth = false;  // reached by `**`: stays for any number of segments

    [[nodiscard]] const Node* child(std::string_view segment) const
    {
        const auto found = next.find(segment);
        return found == next.end() ? nullptr : found->second.get();
    }
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
    const auto next = node.next.find(segments[depth]);
    if (next == node.next.end() || !eraseBelow(*next->second, segments, depth + 1, entry)) {
        return false;
    }
    if (next->second->entries.empty() && next->second->next.empty()) {
        node.next.erase(next);
    }
    return true;
}

/// Adds a place, and the one that a `**` after it opens without taking a segment.
template <class Node>
void addPlace(std::vector<const Node*>& places, const Node* node)
{
    for (; node != nullptr; node = node->child("**")) {
        if (std::ranges::find(places, node) != places.end()) {
            return;
        }
        places.push_back(node);
    }
}

}  // namespace

PatternIndex::PatternIndex() : m_root(std::make_unique<Node>()) {}
PatternIndex::~PatternIndex() = default;
PatternIndex::PatternIndex(PatternIndex&&) noexcept = default;
PatternIndex& PatternIndex::operator=(PatternIndex&&) noexcept = default;

void PatternIndex::insert(const TopicPattern& pattern, std::uint64_t entry)
{
    Node* node = m_root.get();
    for (const auto segment : pattern.segments()) {
        auto& next = node->next[std::string(segment)];
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
    std::vector<const Node*> places;
    addPlace(places, m_root.get());
    while (!topic.empty()) {
        const auto dot = topic.find('.');
        const auto segment = topic.substr(0, dot);
        topic = dot == std::string_view::npos ? std::string_view() : topic.substr(dot + 1);
        std::vector<const Node*> after;
        for (const Node* place : places) {
            if (place->anyDepth) {
                addPlace(after, place);
            }
            addPlace(after, place->child(segment));
            addPlace(after, place->child("*"));
        }
        places = std::move(after);
    }
    std::vector<std::uint64_t> found;
    for (const Node* place : places) {
        found.insert(found.end(), place->entries.begin(), place->entries.end());
    }
    std::ranges::sort(found);
    found.erase(std::ranges::unique(found).begin(), found.end());
    return found;
}

}  // namespace muster
