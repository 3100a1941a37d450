// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace muster::ctl {

/// Lines from standard input as they come, without waiting for any; its end ends nothing but
/// the lines. Thread safety: one thread.
class StandardInput {
public:
    /// Empty lines are left out, unless they say something.
    enum class Empty : bool { leftOut, kept };
    explicit StandardInput(Empty empty = Empty::leftOut) : m_empty(empty) {}

    /// -1 once there is nothing more to poll for.
    [[nodiscard]] int descriptor() const noexcept;
    /// Reads what is there: the whole lines, and at the end of input a last one without its
    /// line feed. Call when the descriptor polls readable.
    [[nodiscard]] std::vector<std::string> take();

private:
    const Empty m_empty;
    bool m_ended = false;
    bool m_tooLong = false;  ///< inside a line that is being skipped
    std::string m_partial;
};

}  // namespace muster::ctl
