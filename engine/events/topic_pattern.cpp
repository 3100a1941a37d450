// SPDX-License-Identifier: Apache-2.0
#include "events/topic_pattern.h"

#include <algorithm>

namespace muster {
namespace {

std::string_view takeSegment(std::string_view& rest) noexcept
{
    const auto dot = rest.find('.');
    const auto segment = rest.substr(0, dot);
    rest = dot == std::string_view::npos ? std::string_view() : rest.substr(dot + 1);
    return segment;
}

/// Greedy with one place to go back to, as for file globs: linear for patterns with one `**`.
/// An empty rest means no segments are left: neither topics nor patterns have empty ones.
bool matchSegments(std::string_view pattern, std::string_view topic) noexcept
{
    std::string_view retryPattern;
    std::string_view retryTopic;
    bool canRetry = false;
    for (;;) {
        if (pattern.empty() && topic.empty()) {
            return true;
        }
        std::string_view patternRest = pattern;
        const auto wanted = takeSegment(patternRest);
        if (wanted == "**") {
            retryPattern = patternRest;
            retryTopic = topic;
            canRetry = true;
            pattern = patternRest;
            continue;
        }
        std::string_view topicRest = topic;
        const auto segment = takeSegment(topicRest);
        if (!pattern.empty() && !topic.empty() && (wanted == "*" || wanted == segment)) {
            pattern = patternRest;
            topic = topicRest;
            continue;
        }
        if (!canRetry || retryTopic.empty()) {
            return false;
        }
        takeSegment(retryTopic);
        pattern = retryPattern;
        topic = retryTopic;
    }
}

int rank(std::string_view segment) noexcept
{
    return segment == "**" ? 0 : segment == "*" ? 1 : 2;
}

Error badPattern(std::string_view text, std::string what)
{
    return {ErrorCode::invalidArgument, std::move(what), std::string(text),
            "Write segments with dots between, `*` for one segment, `**` for any number"};
}

}  // namespace

TopicPattern::TopicPattern() : m_text("**") {}

Result<TopicPattern> TopicPattern::parse(std::string_view text)
{
    if (text.empty()) {
        return badPattern(text, "the pattern is empty");
    }
    if (text.front() == '.' || text.back() == '.' || text.find("..") != std::string_view::npos) {
        return badPattern(text, "the pattern has an empty segment");
    }
    TopicPattern pattern;
    pattern.m_text = text;
    pattern.m_exact = true;
    for (const auto segment : pattern.segments()) {
        if (segment.find('*') != std::string_view::npos) {
            if (segment != "*" && segment != "**") {
                return badPattern(text, "a `*` stands inside a segment");
            }
            pattern.m_exact = false;
        }
    }
    return pattern;
}

bool TopicPattern::matches(std::string_view topic) const noexcept
{
    return m_exact ? topic == m_text : matchSegments(m_text, topic);
}

std::vector<std::string_view> TopicPattern::segments() const
{
    std::vector<std::string_view> all;
    std::string_view rest = m_text;
    while (!rest.empty()) {
        all.push_back(takeSegment(rest));
    }
    return all;
}

std::strong_ordering TopicPattern::compareSpecificity(const TopicPattern& other) const
{
    if (m_exact != other.m_exact) {
        return m_exact ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    const auto mine = segments();
    const auto theirs = other.segments();
    for (std::size_t i = 0; i < std::min(mine.size(), theirs.size()); ++i) {
        if (rank(mine[i]) != rank(theirs[i])) {
            return rank(mine[i]) <=> rank(theirs[i]);
        }
    }
    // One goes on where the other ends: only with `**` can they share a topic, and then it is
    // the one that ended that says more.
    const auto shared = std::min(mine.size(), theirs.size());
    if (mine.size() > shared) {
        return mine[shared] == "**" ? std::strong_ordering::less : std::strong_ordering::greater;
    }
    if (theirs.size() > shared) {
        return theirs[shared] == "**" ? std::strong_ordering::greater : std::strong_ordering::less;
    }
    return std::strong_ordering::equal;
}

}  // namespace muster
