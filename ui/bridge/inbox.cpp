// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/inbox.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cstdint>
#include <utility>

namespace muster::ui {

Inbox::Inbox(QObject* parent)
    : QObject(parent),
      m_wake(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      m_notifier(m_wake, QSocketNotifier::Read)
{
    connect(&m_notifier, &QSocketNotifier::activated, this, &Inbox::run);
}

Inbox::~Inbox()
{
    close();
    m_notifier.setEnabled(false);
    ::close(m_wake);
}

void Inbox::post(std::function<void()> work)
{
    const std::lock_guard lock(m_mutex);
    if (m_closed) {
        return;
    }
    m_waiting.push_back(std::move(work));
    if (m_waiting.size() == 1) {
        const std::uint64_t one = 1;
        // A full counter already wakes the reader; nothing else can go wrong here.
        [[maybe_unused]] const auto written = ::write(m_wake, &one, sizeof one);
    }
}

void Inbox::close()
{
    std::vector<std::function<void()>> dropped;
    const std::lock_guard lock(m_mutex);
    m_closed = true;
    dropped.swap(m_waiting);
}

void Inbox::run()
{
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = ::read(m_wake, &count, sizeof count);
    std::vector<std::function<void()>> work;
    {
        const std::lock_guard lock(m_mutex);
        work.swap(m_waiting);
    }
    for (const auto& each : work) {
        each();
    }
}

}  // namespace muster::ui
