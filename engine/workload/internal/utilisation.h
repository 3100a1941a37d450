// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "base/clock.h"

namespace muster {

/// The share of its time that something worked, second by second.
/// Thread safety: one thread at a time.
class Utilisation {
public:
    void begin(MonoTime now) noexcept
    {
        if (!m_from) {
            m_from = now;
        }
        m_began = now;
    }
    void end(MonoTime now) noexcept
    {
        m_worked += now - m_began;
        if (const Duration passed = now - *m_from; passed >= kWindow) {
            m_share = static_cast<double>(m_worked.count()) / static_cast<double>(passed.count());
            m_from = now;
            m_worked = {};
        }
    }
    /// 0…1, of the last whole second; none before.
    [[nodiscard]] std::optional<double> share() const noexcept { return m_share; }

private:
    static constexpr Duration kWindow = std::chrono::seconds(1);

    std::optional<MonoTime> m_from;
    MonoTime m_began;
    Duration m_worked{};
    std::optional<double> m_share;
};

}  // namespace muster
