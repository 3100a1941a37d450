// SPDX-License-Identifier: Apache-2.0
#include "musterctl/stop_signals.h"

#include <sys/signalfd.h>
#include <unistd.h>

#include <csignal>

namespace muster::ctl {

StopSignals::StopSignals()
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGINT);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

StopSignals::~StopSignals()
{
    close(m_descriptor);
}

int StopSignals::take() const
{
    int taken = 0;
    signalfd_siginfo info{};
    while (read(m_descriptor, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        ++taken;
    }
    return taken;
}

}  // namespace muster::ctl
