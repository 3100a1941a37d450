// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "api/snapshot.h"

namespace muster {

/// Where the run stands and why. Thread safety: any thread.
class RunStatus {
public:
    struct Values {
        RunState state = RunState::idle;
        std::string reason;  ///< why it ended or failed
        std::optional<MonoTime> loadStarted;
        std::optional<MonoTime> loadEnded;
    };

    [[nodiscard]] Values get() const
    {
        const std::lock_guard lock(m_mutex);
        return m_values;
    }
    void set(RunState state)
    {
        const std::lock_guard lock(m_mutex);
        m_values.state = state;
    }
    void end(RunState state, std::string reason)
    {
        const std::lock_guard lock(m_mutex);
        m_values.state = state;
        m_values.reason = std::move(reason);
    }
    void loadStarted(MonoTime at)
    {
        const std::lock_guard lock(m_mutex);
        m_values.loadStarted = at;
    }
    void loadEnded(MonoTime at)
    {
        const std::lock_guard lock(m_mutex);
        m_values.loadEnded = at;
    }
    /// How long the load has run; 0 before it began.
    [[nodiscard]] Duration ran(MonoTime now) const
    {
        const auto values = get();
        return values.loadStarted ? values.loadEnded.value_or(now) - *values.loadStarted
                                  : Duration::zero();
    }

private:
    mutable std::mutex m_mutex;  // guards m_values
    Values m_values;
};

}  // namespace muster
