// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/job_history.h"

#include <nlohmann/json.hpp>

namespace muster {

void appendHistory(std::string& to, const std::vector<JobAttempt>& history)
{
    if (history.empty()) {
        return;
    }
    nlohmann::ordered_json list = nlohmann::ordered_json::array();
    for (const JobAttempt& attempt : history) {
        list.push_back({{"number", attempt.number},
                        {"begun", attempt.begun.nanoseconds},
                        {"ended", attempt.ended.nanoseconds},
                        {"class", attempt.failure.failureClass},
                        {"code", attempt.failure.code},
                        {"message", attempt.failure.message}});
    }
    to += list.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

std::vector<JobAttempt> readHistory(std::string_view text)
{
    std::vector<JobAttempt> history;
    const auto list = nlohmann::json::parse(text, nullptr, false);
    if (!list.is_array()) {
        return history;
    }
    for (const auto& entry : list) {
        if (!entry.is_object()) {
            continue;
        }
        const auto number = [&entry](const char* key) {
            const auto at = entry.find(key);
            return at != entry.end() && at->is_number_integer() ? at->get<std::int64_t>() : 0;
        };
        const auto word = [&entry](const char* key) {
            const auto at = entry.find(key);
            return at != entry.end() && at->is_string() ? at->get<std::string>() : std::string();
        };
        history.push_back({static_cast<std::uint32_t>(number("number")),
                           {number("begun")},
                           {number("ended")},
                           {word("class"), word("code"), word("message")}});
    }
    return history;
}

}  // namespace muster
