// SPDX-License-Identifier: Apache-2.0
#include "base/io_thread.h"

#include <fmt/format.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <system_error>

namespace muster {
namespace {

constexpr std::size_t kEventsAtOnce = 256;

Error ioError(const char* what)
{
    return {ErrorCode::ioFailure,
            fmt::format("{} ({})", what, std::generic_category().message(errno)), "",
            "Raise the limit of open files (ulimit -n)"};
}

/// Rounded up: to be woken before the time would be to turn in circles until it has come.
int millisecondsOf(Duration time)
{
    if (time == IoWork::kIdle) {
        return -1;
    }
    const auto whole = std::chrono::ceil<std::chrono::milliseconds>(time).count();
    return static_cast<int>(std::clamp<std::int64_t>(whole, 0, INT_MAX));
}

}  // namespace

Result<void> IoThread::start()
{
    m_poll = Descriptor(::epoll_create1(EPOLL_CLOEXEC));
    m_wake = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!m_poll.open() || !m_wake.open()) {
        return ioError("no descriptor for an I/O thread");
    }
    if (auto watched = watch(m_wake.number(), EPOLLIN, false); !watched) {
        return watched;
    }
    try {
        m_thread = NamedThread(m_name, [this] { run(); });
    } catch (const std::system_error& problem) {
        return Error{ErrorCode::unavailable,
                     fmt::format("the thread {} cannot be started ({})", m_name, problem.what()),
                     "", "Raise the limit of threads"};
    }
    return {};
}

void IoThread::stop()
{
    m_stopping.store(true, std::memory_order_seq_cst);
    wake();
    m_thread.join();
}

void IoThread::wake() noexcept
{
    if (m_asleep.exchange(false, std::memory_order_seq_cst)) {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = ::write(m_wake.number(), &one, sizeof(one));
    }
}

Result<void> IoThread::watch(int descriptor, std::uint32_t events, bool known)
{
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = descriptor;
    const int how = known ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(m_poll.number(), how, descriptor, &wanted) != 0) {
        return ioError("a descriptor cannot be watched");
    }
    return {};
}

void IoThread::forget(int descriptor) noexcept
{
    ::epoll_ctl(m_poll.number(), EPOLL_CTL_DEL, descriptor, nullptr);
}

void IoThread::run()
{
    std::array<epoll_event, kEventsAtOnce> events{};
    while (!m_stopping.load(std::memory_order_seq_cst)) {
        // Before the turn: who posts from here on wakes us, so that nothing is slept over.
        m_asleep.store(true, std::memory_order_seq_cst);
        const int wait = millisecondsOf(m_work.turn());
        const bool stop = m_stopping.load(std::memory_order_seq_cst);
        const int ready = ::epoll_wait(m_poll.number(), events.data(),
                                       static_cast<int>(events.size()), stop ? 0 : wait);
        m_asleep.store(false, std::memory_order_seq_cst);
        for (int i = 0; i < ready; ++i) {
            const epoll_event& event = events[static_cast<std::size_t>(i)];
            if (event.data.fd == m_wake.number()) {
                std::uint64_t count = 0;
                [[maybe_unused]] const auto got = ::read(m_wake.number(), &count, sizeof(count));
            } else {
                m_work.ready(event.data.fd, event.events);
            }
        }
    }
}

}  // namespace muster
