// SPDX-License-Identifier: Apache-2.0
#include "processes/internal/process.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>

namespace muster {
namespace {

constexpr std::size_t kPiece = 16 * 1024;
constexpr std::size_t kPieces = 4;  // at once: what a pipe holds
constexpr std::uint64_t kKibi = 1024;

Duration timeOf(const timeval& time)
{
    return std::chrono::seconds(time.tv_sec) + std::chrono::microseconds(time.tv_usec);
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const ProcessRequest& request, int announce,
                                                MonoTime now)
{
    auto output = makePipe();
    auto errors = makePipe();
    if (!output || !errors) {
        return output ? errors.error() : output.error();
    }
    Launch wanted;
    wanted.command = request.command;
    wanted.environment = request.environment;
    wanted.directory = request.directory;
    wanted.output = output->write.number();
    wanted.errors = errors->write.number();
    wanted.announce = announce;
    wanted.dieWithUs = true;
    wanted.cpu = request.cpu;
    wanted.memory = request.memory;
    auto pid = launch(wanted);
    if (!pid) {
        return pid.error();
    }
    std::unique_ptr<Process> process(new Process(request.longestOutput));
    process->m_pid = *pid;
    process->m_began = now;
    process->m_output = std::move(output->read);
    process->m_errors = std::move(errors->read);
    ::fcntl(process->m_output.number(), F_SETFL, O_NONBLOCK);
    ::fcntl(process->m_errors.number(), F_SETFL, O_NONBLOCK);
    process->m_ending = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
    if (!process->m_ending.open()) {
        return Error{ErrorCode::ioFailure, "no descriptor for a program's end",
                     request.command.front(), "Raise the limit of open files (ulimit -n)"};
    }
    return process;
}

Process::~Process()
{
    if (!m_reaped) {
        kill();
        ::waitpid(m_pid, nullptr, 0);
    }
}

std::vector<int> Process::descriptors() const
{
    std::vector<int> open;
    for (const Descriptor* each : {&m_ending, &m_output, &m_errors}) {
        if (each->open()) {
            open.push_back(each->number());
        }
    }
    return open;
}

bool Process::take(Descriptor& from, std::string& kept, std::uint64_t& bytes)
{
    std::array<char, kPiece> piece{};
    // Bounded: one that writes without end must not keep the thread from the others.
    for (std::size_t pieces = 0; pieces < kPieces; ++pieces) {
        const auto got = ::read(from.number(), piece.data(), piece.size());
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 && errno == EAGAIN;
        }
        const auto count = static_cast<std::uint64_t>(got);
        bytes += count;
        const std::uint64_t room = m_longest - std::min<std::uint64_t>(m_longest, kept.size());
        kept.append(piece.data(), static_cast<std::size_t>(std::min(room, count)));
        if (count < piece.size()) {
            return true;
        }
    }
    return true;
}

bool Process::readFrom(int descriptor)
{
    if (descriptor == m_output.number()) {
        return !take(m_output, m_report.output, m_report.outputBytes);
    }
    if (descriptor == m_errors.number()) {
        return !take(m_errors, m_report.errors, m_report.errorBytes);
    }
    return false;
}

bool Process::ended() const
{
    siginfo_t info{};
    return ::waitid(P_PID, static_cast<id_t>(m_pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           info.si_pid == m_pid;
}

void Process::kill() noexcept
{
    if (!m_reaped) {
        ::kill(-m_pid, SIGKILL);
    }
}

ProcessReport Process::reap(MonoTime now)
{
    // What stands in the pipes still; who else held their other ends was killed.
    static_cast<void>(take(m_output, m_report.output, m_report.outputBytes));
    static_cast<void>(take(m_errors, m_report.errors, m_report.errorBytes));
    int raw = 0;
    rusage used{};
    ::wait4(m_pid, &raw, 0, &used);
    m_reaped = true;
    m_report.status = ExitStatus::of(raw);
    m_report.wall = now - m_began;
    m_report.cpu = timeOf(used.ru_utime) + timeOf(used.ru_stime);
    m_report.peakMemory = static_cast<std::uint64_t>(used.ru_maxrss) * kKibi;
    return std::move(m_report);
}

}  // namespace muster
