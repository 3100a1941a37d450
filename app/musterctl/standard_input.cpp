// SPDX-License-Identifier: Apache-2.0
#include "musterctl/standard_input.h"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace muster::ctl {

namespace {

constexpr std::size_t kLongestLine = 64 * 1024;
constexpr std::size_t kShownOfTooLong = 60;

/// Reading a terminal that another job owns would stop the program.
[[nodiscard]] bool ownsTerminal()
{
    return isatty(STDIN_FILENO) == 0 || tcgetpgrp(STDIN_FILENO) == getpgrp();
}

}  // namespace

int StandardInput::descriptor() const noexcept
{
    return m_ended || !ownsTerminal() ? -1 : STDIN_FILENO;
}

std::vector<std::string> StandardInput::take()
{
    std::array<char, 4096> chunk{};
    const auto got = read(STDIN_FILENO, chunk.data(), chunk.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return {};
    }
    std::vector<std::string> lines;
    const auto endLine = [&](bool whole) {
        if (m_tooLong) {
            // Cut where the answer can still be read: it names no command and is refused as such.
            m_partial.resize(kShownOfTooLong);
            m_partial += "…";
        }
        if (!m_partial.empty() || (whole && m_empty == Empty::kept)) {
            lines.push_back(m_partial);
        }
        m_partial.clear();
        m_tooLong = false;
    };
    for (ssize_t i = 0; i < got; ++i) {
        const char c = chunk[static_cast<std::size_t>(i)];
        if (c == '\n') {
            endLine(true);
        } else if (m_partial.size() < kLongestLine) {
            m_partial += c;
        } else {
            m_tooLong = true;
        }
    }
    if (got <= 0) {
        m_ended = true;
        endLine(false);
    }
    return lines;
}

}  // namespace muster::ctl
