// SPDX-License-Identifier: Apache-2.0
#include "services/dead_letters.h"

#include <algorithm>
#include <string_view>

namespace muster {

namespace {

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool occurs(std::string_view word, std::string_view text)
{
    return std::search(text.begin(), text.end(), word.begin(), word.end(),
                       [](char a, char b) { return lower(a) == lower(b); }) != text.end();
}

bool holdsAll(std::string_view words, const DeadLetterRecord& letter)
{
    const JobContent& content = *letter.job.content;
    while (!words.empty()) {
        const auto end = std::min(words.find(' '), words.size());
        const std::string_view word = words.substr(0, end);
        words.remove_prefix(std::min(end + 1, words.size()));
        if (!word.empty() && !occurs(word, content.payload) && !occurs(word, content.key) &&
            !occurs(word, letter.failure.message)) {
            return false;
        }
    }
    return true;
}

}  // namespace

bool LetterFilter::matches(const DeadLetterRecord& letter) const
{
    return (queue.empty() || queue == letter.job.content->queue) &&
           (failureClass.empty() || failureClass == letter.failure.failureClass) &&
           (code.empty() || code == letter.failure.code) &&
           (ids.empty() || std::ranges::find(ids, letter.job.id) != ids.end()) &&
           holdsAll(text, letter);
}

void LetterGroups::add(const DeadLetterRecord& letter)
{
    const JobFailure& failure = letter.failure;
    const std::string& queue = letter.job.content->queue;
    auto group = std::ranges::find_if(m_groups, [&](const LetterGroup& known) {
        return known.queue == queue && known.failureClass == failure.failureClass &&
               known.code == failure.code;
    });
    if (group == m_groups.end()) {
        m_groups.push_back({queue, failure.failureClass, failure.code, failure.message, 0,
                            letter.diedAt, letter.diedAt});
        group = m_groups.end() - 1;
    }
    ++group->letters;
    group->oldest = std::min(group->oldest, letter.diedAt);
    if (letter.diedAt >= group->newest) {
        group->newest = letter.diedAt;
        group->message = failure.message;
    }
}

std::vector<LetterGroup> LetterGroups::take()
{
    std::ranges::stable_sort(m_groups, std::greater{}, &LetterGroup::letters);
    return std::move(m_groups);
}

}  // namespace muster
