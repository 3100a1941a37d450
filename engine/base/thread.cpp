// SPDX-License-Identifier: Apache-2.0
#include "base/thread.h"

#include <pthread.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cassert>

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

}  // namespace

NamedThread::NamedThread(std::string name, std::function<void()> body, ThreadPriority priority)
    : m_thread([name = std::move(name), body = std::move(body), priority] {
          dressThread(name, priority);
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
