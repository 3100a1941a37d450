// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "events/catalogue.h"
#include "events/topic_pattern.h"

namespace muster {

enum class CaptureMode : std::uint8_t {
    all,
    sample,   ///< the first, and every n-th after it
    rateCap,  ///< at most n in each whole second of the events' own time
    countOnly,
};

[[nodiscard]] std::string_view toString(CaptureMode mode) noexcept;

/// What the store keeps of the types that a pattern matches.
struct CaptureRule {
    TopicPattern pattern;
    CaptureMode mode = CaptureMode::all;
    std::uint32_t n = 1;  ///< of `sample` and `rateCap`; not 0

    friend bool operator==(const CaptureRule&, const CaptureRule&) = default;
};

/// "all", "1/100", "500/s" or "count".
[[nodiscard]] std::string toString(const CaptureRule& rule);

/// Which events are kept, by topic. An exact rule wins over a pattern, a pattern that says more
/// over one that says less, and of two equal ones the later. Lifecycle, breaker, limit, alert,
/// configuration, load and audit events, and durable ones, are always kept: a rule does not
/// touch them. What no rule matches follows the catalogue's word on its type: all; sampled
/// (capped at kDefaultRate a second); counted.
/// A value. Thread safety: one thread at a time.
class CapturePolicy {
public:
    static constexpr std::uint32_t kDefaultRate = 1'000;

    CapturePolicy() = default;
    /// Errors: invalidArgument for n = 0, or for an exact rule on a type that is always kept,
    /// which it names.
    [[nodiscard]] static Result<CapturePolicy> make(std::vector<CaptureRule> rules);
    /// The rule for a pattern that says "all", "1/100", "500/s" or "count". Errors say what was
    /// expected.
    [[nodiscard]] static Result<CaptureRule> parseRule(std::string_view pattern,
                                                       std::string_view text);

    [[nodiscard]] CaptureRule decide(const EventInfo& type) const;
    [[nodiscard]] const std::vector<CaptureRule>& rules() const noexcept { return m_rules; }

    /// Whether no rule may touch this type.
    [[nodiscard]] static bool alwaysKept(const EventInfo& type) noexcept;

private:
    std::vector<CaptureRule> m_rules;
};

/// What the policy did with one type in one run.
struct CaptureCounts {
    std::string type;
    std::uint64_t kept = 0;
    std::uint64_t sampledAway = 0;
    std::uint64_t capped = 0;
    std::uint64_t countedOnly = 0;
    std::uint64_t shed = 0;  ///< dropped because the writer was behind, failing or closed

    [[nodiscard]] std::uint64_t published() const noexcept
    {
        return kept + sampledAway + capped + countedOnly + shed;
    }
    friend bool operator==(const CaptureCounts&, const CaptureCounts&) = default;
};

}  // namespace muster
