// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/eventfd.h>
#include <unistd.h>

namespace muster::ctl {

/// A descriptor that polls readable once somebody woke it. Thread safety: any thread.
class WakeUp {
public:
    WakeUp() : m_descriptor(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}
    WakeUp(const WakeUp&) = delete;
    WakeUp& operator=(const WakeUp&) = delete;
    ~WakeUp() { close(m_descriptor); }

    [[nodiscard]] int descriptor() const noexcept { return m_descriptor; }
    void wake() const { eventfd_write(m_descriptor, 1); }
    void clear() const
    {
        eventfd_t ignored = 0;
        eventfd_read(m_descriptor, &ignored);
    }

private:
    int m_descriptor;
};

}  // namespace muster::ctl
