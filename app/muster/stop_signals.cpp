// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/stop_signals.h"

#include <fcntl.h>
#include <unistd.h>

#include <QSocketNotifier>
#include <array>
#include <atomic>
#include <csignal>

namespace muster::app {

namespace {

// A signal handler can reach nothing but what is static.
std::array<int, 2> pipeEnds{-1, -1};
std::atomic<int> signalsSeen{0};

extern "C" void onStopSignal(int signal)
{
    if (signal != SIGUSR1 && signalsSeen.fetch_add(1) > 0) {
        constexpr int kBySignal = 128;
        _exit(kBySignal + signal);
    }
    const auto number = static_cast<char>(signal);
    [[maybe_unused]] const auto written = write(pipeEnds[1], &number, 1);
}

}  // namespace

StopSignals::StopSignals(QObject* parent) : QObject(parent)
{
    if (pipe2(pipeEnds.data(), O_NONBLOCK | O_CLOEXEC) != 0) {
        return;  // no descriptors left: signals keep their usual effect
    }
    auto* notifier = new QSocketNotifier(pipeEnds[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char number = 0;
        if (read(pipeEnds[0], &number, 1) != 1) {
            return;
        }
        if (number == SIGUSR1) {
            emit blackBoxRequested();
        } else {
            emit stopRequested(number);
        }
    });
    struct sigaction action = {};
    action.sa_handler = onStopSignal;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
    sigaction(SIGUSR1, &action, nullptr);
}

StopSignals::~StopSignals()
{
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
    std::signal(SIGUSR1, SIG_IGN);  // of the usual effect nobody has use
    close(pipeEnds[0]);
    close(pipeEnds[1]);
}

}  // namespace muster::app
