// SPDX-License-Identifier: Apache-2.0
#include "storage/queue_records.h"

#include <array>
#include <iterator>

namespace muster {

namespace {

constexpr std::array<std::string_view, kJobPriorities> kPriorities{"low", "normal", "high",
                                                                   "urgent"};

template <class T>
void take(std::vector<T>& to, std::vector<T>& from)
{
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

}  // namespace

std::string_view toString(JobPriority priority) noexcept
{
    return kPriorities[static_cast<std::size_t>(priority)];
}

std::optional<JobPriority> parseJobPriority(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < kPriorities.size(); ++i) {
        if (kPriorities[i] == text) {
            return static_cast<JobPriority>(i);
        }
    }
    return std::nullopt;
}

std::string_view toString(LetterState state) noexcept
{
    switch (state) {
        case LetterState::waiting:
            return "waiting";
        case LetterState::retried:
            return "retried";
        case LetterState::discarded:
            return "discarded";
    }
    return {};
}

void QueueStep::append(QueueStep&& later)
{
    take(jobs, later.jobs);
    take(gone, later.gone);
    take(letters, later.letters);
    take(keys, later.keys);
    take(keysGone, later.keysGone);
    if (later.queue) {
        queue = std::move(later.queue);
    }
}

}  // namespace muster
