// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cassert>
#include <condition_variable>
#include <cstdint>
#include <mutex>

#include "base/clock.h"

namespace muster {

/// Keeps a service alive while work is inside it, and lets it wait until the last has left.
/// After Seastar's gate. Thread safety: enter, leave and close from any thread.
class Gate {
public:
    Gate() = default;
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;
    ~Gate() { assert(m_inside.load() == 0 || m_inside.load() == kClosed); }

    /// False once closed: the caller must not start.
    [[nodiscard]] bool enter() noexcept;
    void leave() noexcept;

    /// Refuses all who come after; returns at once.
    void close() noexcept;
    /// Waits until nobody is inside. False when `bound` of real time passed first.
    [[nodiscard]] bool waitEmpty(Duration bound);

    [[nodiscard]] bool closed() const noexcept { return (m_inside.load() & kClosed) != 0; }
    [[nodiscard]] std::uint64_t inside() const noexcept { return m_inside.load() & ~kClosed; }

private:
    static constexpr std::uint64_t kClosed = std::uint64_t{1} << 63;

    std::atomic<std::uint64_t> m_inside{0};
    std::mutex m_mutex;
    std::condition_variable m_left;
};

/// Holds a gate for a scope; test it before going on.
class GateHold {
public:
    explicit GateHold(Gate& gate) : m_gate(gate.enter() ? &gate : nullptr) {}
    GateHold(const GateHold&) = delete;
    GateHold& operator=(const GateHold&) = delete;
    ~GateHold()
    {
        if (m_gate != nullptr) {
            m_gate->leave();
        }
    }
    explicit operator bool() const noexcept { return m_gate != nullptr; }

private:
    Gate* m_gate;
};

}  // namespace muster
