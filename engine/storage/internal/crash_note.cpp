// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/crash_note.h"

#include <execinfo.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>

#include "storage/black_box.h"
#include "storage/internal/black_box_layout.h"

namespace muster {

namespace {

constexpr int kNone = -1;
constexpr std::size_t kBoxes = 8;
constexpr int kFrames = 64;
constexpr std::size_t kLongestFrame = 8192;
constexpr std::array kFatal{SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// A signal handler can reach nothing but what is static.
std::array<std::atomic<int>, kBoxes> boxes{kNone, kNone, kNone, kNone, kNone, kNone, kNone, kNone};
std::atomic<bool> noted{false};
std::atomic<bool> installed{false};

/// Only what a signal handler may call. The default action is in place again: what is raised here
/// takes its course as soon as it returns.
extern "C" void noteCrash(int signal, siginfo_t* info, void*)
{
    if (noted.exchange(true)) {
        raise(signal);
        return;
    }
    box::CrashHead head{};
    head.signal = signal;
    prctl(PR_GET_NAME, head.thread.data());
    if (signal == SIGSEGV || signal == SIGBUS) {
        head.address = reinterpret_cast<std::uint64_t>(info->si_addr);
    }
    std::array<void*, kFrames> frames{};
    const int depth = backtrace(frames.data(), kFrames);
    for (const auto& box : boxes) {
        const int descriptor = box.load(std::memory_order_acquire);
        if (descriptor == kNone) {
            continue;
        }
        constexpr auto kAt = static_cast<off_t>(box::kHeadBytes);
        [[maybe_unused]] const auto written = pwrite(descriptor, &head, sizeof head, kAt);
        // Frame by frame: what it writes is as long as the names are.
        constexpr off_t kEnd = kAt + static_cast<off_t>(box::kCrashBytes - kLongestFrame);
        auto place = lseek(descriptor, kAt + static_cast<off_t>(sizeof head), SEEK_SET);
        for (int frame = 0; frame < depth && place >= 0 && place < kEnd; ++frame) {
            backtrace_symbols_fd(&frames[static_cast<std::size_t>(frame)], 1, descriptor);
            place = lseek(descriptor, 0, SEEK_CUR);
        }
    }
    raise(signal);
}

}  // namespace

void noteCrashesIn(int descriptor)
{
    for (auto& box : boxes) {
        int none = kNone;
        if (box.compare_exchange_strong(none, descriptor)) {
            return;
        }
    }
}

void noteNoCrashesIn(int descriptor)
{
    for (auto& box : boxes) {
        int expected = descriptor;
        if (box.compare_exchange_strong(expected, kNone)) {
            return;
        }
    }
}

void noteCrashesInBlackBoxes()
{
    if (installed.exchange(true)) {
        return;
    }
    // The first call may load a library, which a handler must not.
    std::array<void*, 1> first{};
    backtrace(first.data(), 1);
    struct sigaction action = {};
    action.sa_sigaction = noteCrash;
    sigemptyset(&action.sa_mask);
    action.sa_flags = static_cast<int>(SA_SIGINFO | SA_RESETHAND | SA_ONSTACK);
    for (const int signal : kFatal) {
        struct sigaction before = {};
        // Whoever watches for it already (a sanitizer, a debugger's library) goes on to.
        if (sigaction(signal, nullptr, &before) == 0 && before.sa_handler == SIG_DFL) {
            sigaction(signal, &action, nullptr);
        }
    }
}

}  // namespace muster
