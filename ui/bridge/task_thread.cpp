// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/task_thread.h"

#include <pthread.h>

#include <utility>

namespace muster::ui {

TaskThread::TaskThread(std::string name) : m_thread([this] { run(); })
{
    name.resize(std::min<std::size_t>(name.size(), 15));
    pthread_setname_np(m_thread.native_handle(), name.c_str());
}

TaskThread::~TaskThread()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_one();
    m_thread.join();
}

void TaskThread::post(std::function<void()> task)
{
    {
        const std::lock_guard lock(m_mutex);
        m_tasks.push_back(std::move(task));
    }
    m_changed.notify_one();
}

void TaskThread::run()
{
    for (;;) {
        std::function<void()> task;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_ending || !m_tasks.empty(); });
            if (m_tasks.empty()) {
                return;
            }
            task = std::move(m_tasks.front());
            m_tasks.pop_front();
        }
        task();
    }
}

}  // namespace muster::ui
