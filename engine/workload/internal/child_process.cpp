// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/child_process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <utility>

namespace muster {

namespace {

constexpr std::size_t kWordsKept = 4096;

}  // namespace

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command,
                                                          const Clock& clock)
{
    auto output = makePipe();
    if (!output.ok()) {
        return output.error();
    }
    std::unique_ptr<ChildProcess> child(new ChildProcess(clock));
    if (auto watched = child->m_watch.start(); !watched.ok()) {
        return watched.error();
    }
    Launch wanted;
    wanted.command = command;
    wanted.output = output->write.number();
    wanted.errors = output->write.number();
    wanted.announce = child->m_watch.descriptor();
    wanted.dieWithUs = true;
    auto pid = launch(wanted);
    if (!pid.ok()) {
        return pid.error();
    }
    child->m_pid = *pid;
    child->m_output = std::move(output->read);
    ::fcntl(child->m_output.number(), F_SETFL, O_NONBLOCK);
    child->m_ending = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child->m_pid, 0)));
    return child;
}

ChildProcess::~ChildProcess()
{
    if (!m_ended && m_pid > 0) {
        signalGroup(SIGKILL);
        m_watch.forget(m_pid);
        ::waitpid(m_pid, nullptr, 0);
    }
}

void ChildProcess::signalGroup(int signal) noexcept
{
    if (m_pid > 0 && !m_ended) {  // once reaped, its number may be another group's
        ::kill(-m_pid, signal);
    }
}

bool ChildProcess::wait(Duration bound, int wake)
{
    const MonoTime until = m_clock.now() + bound;
    while (!m_ended) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(until - m_clock.now());
        std::array<pollfd, 3> waited{
            {{m_ending.number(), POLLIN, 0}, {m_output.number(), POLLIN, 0}, {wake, POLLIN, 0}}};
        const auto bounded = std::clamp<std::int64_t>(left.count(), 0, INT_MAX);
        const int ready = ::poll(waited.data(), waited.size(), static_cast<int>(bounded));
        readOutput();
        if (!reap() && (ready == 0 || (waited[2].revents & POLLIN) != 0)) {
            return false;
        }
    }
    return true;
}

bool ChildProcess::reap()
{
    siginfo_t info{};
    const auto number = static_cast<id_t>(m_pid);
    if (::waitid(P_PID, number, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid != m_pid) {
        return false;
    }
    // What it left behind in its group goes with it. Once it is waited for, the group's number
    // may be another's.
    signalGroup(SIGKILL);
    m_watch.forget(m_pid);
    int raw = 0;
    ::waitpid(m_pid, &raw, 0);
    m_ended = true;
    m_status = ExitStatus::of(raw);
    readOutput();
    return true;
}

void ChildProcess::readOutput()
{
    std::array<char, kWordsKept> part{};
    for (;;) {
        const auto got =
            m_output.number() < 0 ? 0 : ::read(m_output.number(), part.data(), part.size());
        if (got == 0) {
            m_output.reset();
        }
        if (got <= 0) {
            break;
        }
        m_words.append(part.data(), static_cast<std::size_t>(got));
        if (m_words.size() > kWordsKept) {
            m_words.erase(0, m_words.size() - kWordsKept);
        }
    }
}

std::string ChildProcess::lastWords() const
{
    std::string_view words = m_words;
    while (!words.empty() && (words.back() == '\n' || words.back() == ' ')) {
        words.remove_suffix(1);
    }
    const auto line = words.rfind('\n');
    return std::string(line == std::string_view::npos ? words : words.substr(line + 1));
}

}  // namespace muster
