// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace muster::ctl {

/// SIGINT and SIGTERM, and SIGUSR1, as a descriptor to poll, in place of their usual effect. Made
/// before any other thread, so that all inherit the mask. Thread safety: one thread.
class StopSignals {
public:
    StopSignals();
    StopSignals(const StopSignals&) = delete;
    StopSignals& operator=(const StopSignals&) = delete;
    ~StopSignals();

    [[nodiscard]] int descriptor() const noexcept { return m_descriptor; }
    struct Taken {
        int stops = 0;
        int saves = 0;  ///< SIGUSR1: the black box is wanted
    };
    /// How many came since the last call.
    [[nodiscard]] Taken take() const;

private:
    int m_descriptor = -1;
};

}  // namespace muster::ctl
