// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <thread>

namespace muster {

/// Where a thread stands when the machine is busy. The console's own thread runs at
/// `normal`; workers run niced below it so that the screen stays alive under full load.
enum class ThreadPriority { normal, background };

/// A named thread that must be joined before it is destroyed. Every thread of the engine is
/// started through this class, so that its name shows in debuggers, `top -H` and logs.
/// Thread safety: owned and joined by one thread.
class NamedThread {
public:
    NamedThread() = default;
    /// The name is cut to the 15 bytes Linux keeps.
    NamedThread(std::string name, std::function<void()> body,
                ThreadPriority priority = ThreadPriority::normal);
    NamedThread(NamedThread&&) = default;
    NamedThread& operator=(NamedThread&&) = default;
    ~NamedThread();

    void join();
    [[nodiscard]] bool joinable() const noexcept { return m_thread.joinable(); }

private:
    std::thread m_thread;
};

}  // namespace muster
