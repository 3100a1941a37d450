// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "storage/queue_records.h"

namespace muster {

/// Which dead letters are meant. All conditions must hold; an empty one holds for every letter.
struct LetterFilter {
    std::string queue{};
    std::string failureClass{};
    std::string code{};
    std::string text{};        ///< words that all occur in the payload, the key or the message
    std::vector<JobId> ids{};  ///< only these

    [[nodiscard]] bool all() const noexcept
    {
        return queue.empty() && failureClass.empty() && code.empty() && text.empty() && ids.empty();
    }
    [[nodiscard]] bool matches(const DeadLetterRecord& letter) const;
};

/// Letters that died alike.
struct LetterGroup {
    std::string queue{};
    std::string failureClass{};
    std::string code{};
    std::string message;  ///< of the newest
    std::uint64_t letters = 0;
    WallTime oldest;
    WallTime newest;
};

/// By queue, class and code, the most letters first.
class LetterGroups {
public:
    void add(const DeadLetterRecord& letter);
    [[nodiscard]] std::vector<LetterGroup> take();

private:
    std::vector<LetterGroup> m_groups;
};

}  // namespace muster
