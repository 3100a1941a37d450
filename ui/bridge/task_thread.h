// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace muster::ui {

/// One named background thread that carries out tasks in order: for what blocks (opening a
/// file, draining, reading a session). The destructor runs what waits, then joins.
/// Thread safety: post() from any thread.
class TaskThread {
public:
    /// The name is cut to the 15 bytes Linux keeps.
    explicit TaskThread(std::string name);
    TaskThread(const TaskThread&) = delete;
    TaskThread& operator=(const TaskThread&) = delete;
    ~TaskThread();

    void post(std::function<void()> task);

private:
    void run();

    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<std::function<void()>> m_tasks;
    bool m_ending = false;
    std::thread m_thread;  ///< last: it uses all the others
};

}  // namespace muster::ui
