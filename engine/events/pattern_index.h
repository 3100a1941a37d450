// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "events/topic_pattern.h"

namespace muster {

/// Finds which of many patterns match a topic without trying each: a tree of segments walked
/// with all the places that still match. Entries are numbers that the caller gives.
/// Thread safety: one thread at a time; match() alone from many.
class PatternIndex {
public:
    PatternIndex();
    ~PatternIndex();
    PatternIndex(PatternIndex&&) noexcept;
    PatternIndex& operator=(PatternIndex&&) noexcept;

    void insert(const TopicPattern& pattern, std::uint64_t entry);
    /// Nothing happens when it is not there.
    void erase(const TopicPattern& pattern, std::uint64_t entry);
    /// The entries whose pattern matches, ascending, each once.
    [[nodiscard]] std::vector<std::uint64_t> match(std::string_view topic) const;
    [[nodiscard]] std::size_t size() const noexcept { return m_size; }

private:
    struct Node;

    std::unique_ptr<Node> m_root;
    std::size_t m_size = 0;
};

}  // namespace muster
