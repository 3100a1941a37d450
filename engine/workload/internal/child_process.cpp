// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/child_process.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstdlib>
#include <system_error>
#include <utility>

namespace muster {

namespace {

constexpr std::size_t kWordsKept = 4096;
constexpr int kExecFailed = 127;

/// Where the shell would find the program; the name itself when it has a slash.
std::string findProgram(const std::string& name)
{
    const char* path = std::getenv("PATH");
    if (name.find('/') != std::string::npos || path == nullptr) {
        return name;
    }
    std::string_view rest = path;
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        const std::string candidate = std::string(rest.substr(0, colon)) + '/' + name;
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
    return name;
}

struct Pipe {
    Descriptor read;
    Descriptor write;
};

Result<Pipe> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return Error{ErrorCode::ioFailure, "no pipe can be made", "", "Close other programs"};
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

/// What the new process is to be: decided before fork(), because after it only a few system
/// calls are safe in a program with threads.
struct Launch {
    std::string program;
    std::vector<char*> arguments;
    int input = -1;    ///< -1: nothing to read
    int output = -1;   ///< -1: nowhere
    int problem = -1;  ///< where errno goes when exec fails
    bool dieWithUs = false;
};

[[noreturn]] void become(const Launch& launch, pid_t parent)
{
    ::setpgid(0, 0);
    if (launch.dieWithUs) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != parent) {
            ::_exit(kExecFailed);
        }
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(launch.input >= 0 ? launch.input : nothing, STDIN_FILENO);
    ::dup2(launch.output >= 0 ? launch.output : nothing, STDOUT_FILENO);
    ::dup2(launch.output >= 0 ? launch.output : nothing, STDERR_FILENO);
    ::execv(launch.program.c_str(), launch.arguments.data());
    const int problem = errno;
    [[maybe_unused]] const auto written = ::write(launch.problem, &problem, sizeof(problem));
    ::_exit(kExecFailed);
}

Error startError(const std::string& program, int number)
{
    const ErrorCode code = number == ENOENT   ? ErrorCode::notFound
                           : number == EACCES ? ErrorCode::permissionDenied
                                              : ErrorCode::ioFailure;
    return {
        code,
        fmt::format("the program cannot be started ({})", std::generic_category().message(number)),
        program, "Install it, or correct the helper's command"};
}

/// Forks and waits until the new program runs.
Result<pid_t> launchProgram(std::vector<std::string> command, Launch launch)
{
    auto problem = makePipe();
    if (!problem.ok()) {
        return problem.error();
    }
    launch.program = findProgram(command.front());
    for (auto& argument : command) {
        launch.arguments.push_back(argument.data());
    }
    launch.arguments.push_back(nullptr);
    launch.problem = problem->write.number();
    const pid_t us = ::getpid();
    const pid_t pid = ::fork();
    if (pid == 0) {
        become(launch, us);
    }
    if (pid < 0) {
        return startError(command.front(), errno);
    }
    problem->write.reset();
    int number = 0;
    if (::read(problem->read.number(), &number, sizeof(number)) == sizeof(number)) {
        ::waitpid(pid, nullptr, 0);
        return startError(command.front(), number);
    }
    return pid;
}

}  // namespace

Descriptor::Descriptor(Descriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept
{
    std::swap(m_number, other.m_number);
    return *this;
}

void Descriptor::reset() noexcept
{
    if (m_number >= 0) {
        ::close(std::exchange(m_number, -1));
    }
}

std::string ExitStatus::text() const
{
    return code ? fmt::format("exit code {}", *code) : fmt::format("signal {}", signal.value_or(0));
}

Result<std::unique_ptr<ChildProcess>> ChildProcess::start(const std::vector<std::string>& command,
                                                          const Clock& clock)
{
    auto output = makePipe();
    if (!output.ok()) {
        return output.error();
    }
    Launch launch;
    launch.output = output->write.number();
    launch.dieWithUs = true;
    auto pid = launchProgram(command, std::move(launch));
    if (!pid.ok()) {
        return pid.error();
    }
    std::unique_ptr<ChildProcess> child(new ChildProcess(clock));
    child->m_pid = pid.value();
    ::setpgid(child->m_pid, child->m_pid);  // also here, so that it holds when we go on
    child->m_output = std::move(output->read);
    ::fcntl(child->m_output.number(), F_SETFL, O_NONBLOCK);
    child->m_ending = Descriptor(static_cast<int>(::syscall(SYS_pidfd_open, child->m_pid, 0)));
    auto watched = child->watch();
    if (!watched.ok()) {
        return watched.error();
    }
    return child;
}

Result<void> ChildProcess::watch()
{
    auto lifeline = makePipe();
    if (!lifeline.ok()) {
        return lifeline.error();
    }
    Launch launch;
    launch.input = lifeline->read.number();
    auto watcher = launchProgram(
        {"/bin/sh", "-c", "read -r _; kill -s KILL -- \"-$0\"", std::to_string(m_pid)},
        std::move(launch));
    if (!watcher.ok()) {
        return watcher.error();
    }
    m_watcher = watcher.value();
    m_lifeline = std::move(lifeline->write);
    return {};
}

ChildProcess::~ChildProcess()
{
    signalGroup(SIGKILL);
    if (!m_ended && m_pid > 0) {
        ::waitpid(m_pid, nullptr, 0);
    }
    if (m_watcher > 0) {
        // Killed rather than let go: by now the group's number may name somebody else.
        ::kill(m_watcher, SIGKILL);
        ::waitpid(m_watcher, nullptr, 0);
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
        int raw = 0;
        if (::waitpid(m_pid, &raw, WNOHANG) == m_pid) {
            reap(raw);
        } else if (ready == 0 || (waited[2].revents & POLLIN) != 0) {
            return false;
        }
    }
    return true;
}

void ChildProcess::reap(int raw)
{
    m_ended = true;
    if (WIFEXITED(raw)) {
        m_status.code = WEXITSTATUS(raw);
    } else {
        m_status.signal = WTERMSIG(raw);
    }
    readOutput();
    // What it left behind in its group goes with it.
    signalGroup(SIGKILL);
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
