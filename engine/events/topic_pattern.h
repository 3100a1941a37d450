// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

/// A pattern over dotted topics: `*` stands for exactly one segment, `**` for any number of
/// them (none too), anything else for itself. Immutable. Thread safety: any thread.
class TopicPattern {
public:
    /// Errors: invalidArgument for an empty pattern, an empty segment, or a `*` inside a segment.
    [[nodiscard]] static Result<TopicPattern> parse(std::string_view text);
    /// "**".
    TopicPattern();

    [[nodiscard]] bool matches(std::string_view topic) const noexcept;
    [[nodiscard]] bool exact() const noexcept { return m_exact; }
    [[nodiscard]] bool all() const noexcept { return m_text == "**"; }
    [[nodiscard]] const std::string& text() const noexcept { return m_text; }
    [[nodiscard]] std::vector<std::string_view> segments() const;

    /// Greater: says more about the topics it matches. An exact pattern is above every other;
    /// then, at the first segment that differs, literal above `*` above `**`.
    [[nodiscard]] std::strong_ordering compareSpecificity(const TopicPattern& other) const;

    friend bool operator==(const TopicPattern& a, const TopicPattern& b)
    {
        return a.m_text == b.m_text;
    }

private:
    std::string m_text;
    bool m_exact = false;
};

}  // namespace muster
