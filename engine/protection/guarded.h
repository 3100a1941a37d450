// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <mutex>
#include <utility>

#include "base/spin_lock.h"
#include "base/thread_slot.h"

namespace muster {

/// A pure state machine that many threads use: each use is alone with it under a lock that is
/// held for some nanoseconds. What a use returns leaves by value. Nothing that waits, allocates
/// much or calls back belongs in a use.
/// Thread safety: any thread.
template <class Machine>
class Guarded {
public:
    explicit Guarded(Machine machine) : m_machine(std::move(machine)) {}

    template <class Use>
    auto use(Use&& use)
    {
        const std::scoped_lock lock(m_lock);
        return std::forward<Use>(use)(m_machine);
    }
    template <class Use>
    auto use(Use&& use) const
    {
        const std::scoped_lock lock(m_lock);
        return std::forward<Use>(use)(std::as_const(m_machine));
    }

private:
    alignas(kCacheLine) mutable SpinLock m_lock;
    Machine m_machine;
};

}  // namespace muster
