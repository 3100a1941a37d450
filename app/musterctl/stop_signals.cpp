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
    sigaddset(&signals, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    m_descriptor = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
}

StopSignals::~StopSignals()
{
    close(m_descriptor);
}

StopSignals::Taken StopSignals::take() const
{
    Taken taken;
    signalfd_siginfo info{};
    while (read(m_descriptor, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        ++(info.ssi_signo == SIGUSR1 ? taken.saves : taken.stops);
    }
    return taken;
}

}  // namespace muster::ctl
