// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cassert>
#include <csignal>
#include <memory>

namespace muster {
namespace {

constexpr int kBackgroundNice = 5;

void dressThread(const std::string& name, ThreadPriority priority)
{
    ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
    if (priority == ThreadPriority::background) {
        // Linux keeps a nice value per thread; refused only by exotic sandboxes, then harmless.
        const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
        ::setpriority(PRIO_PROCESS, thread, kBackgroundNice);
    }
}

/// Where a signal handler runs when the thread's own stack is used up: a crash is noted then too.
class HandlerStack {
public:
    HandlerStack() : m_memory(new char[kBytes])
    {
        stack_t ours{};
        ours.ss_sp = m_memory.get();
        ours.ss_size = kBytes;
        sigaltstack(&ours, &m_before);
    }
    HandlerStack(const HandlerStack&) = delete;
    HandlerStack& operator=(const HandlerStack&) = delete;
    ~HandlerStack() { sigaltstack(&m_before, nullptr); }

private:
    static constexpr std::size_t kBytes = std::size_t{64} * 1024;
    std::unique_ptr<char[]> m_memory;
    stack_t m_before{};
};

}  // namespace

NamedThread::NamedThread(std::string name, std::function<void()> body, ThreadPriority priority)
    : m_thread([name = std::move(name), body = std::move(body), priority] {
          dressThread(name, priority);
          const HandlerStack handlers;
          body();
      })
{
}

NamedThread::~NamedThread()
{
    assert(!m_thread.joinable() && "a thread was not joined before its owner went");
}

void NamedThread::join()
{
    if (m_thread.joinable()) {
        m_thread.join();
    }
}

}  // namespace muster
