// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace muster::detail {

/// Short words as small integers, for what an agent is doing. Words stay for ever, so there is
/// a limit; beyond it every word is "other". Thread safety: any thread; text() takes no lock.
class Labels {
public:
    Labels();
    Labels(const Labels&) = delete;
    Labels& operator=(const Labels&) = delete;

    [[nodiscard]] std::uint16_t intern(std::string_view text);
    [[nodiscard]] std::string_view text(std::uint16_t number) const noexcept;

    static constexpr std::size_t kMost = 4096;

private:
    std::unique_ptr<std::array<std::atomic<const std::string*>, kMost>> m_byNumber;
    std::mutex m_mutex;  // guards what follows
    std::deque<std::string> m_texts;
    std::unordered_map<std::string_view, std::uint16_t> m_numbers;
};

}  // namespace muster::detail
