// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>

namespace muster {

/// Hands out the lines of a stream that comes in chunks, without their newline. A line longer
/// than kLongest is handed out cut there, and counted once. Thread safety: one thread.
class LineStream {
public:
    static constexpr std::size_t kLongest = 1024 * 1024;
    using Use = std::function<void(std::string_view line)>;

    void add(std::span<const unsigned char> chunk, const Use& use);
    /// The last line, when no newline ended it.
    void finish(const Use& use);

private:
    void keep(std::string_view part);

    std::string m_part;      // of a line that began in an earlier chunk
    bool m_started = false;  // whether there is such a line, though it may be empty so far
};

}  // namespace muster
