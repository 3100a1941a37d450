// SPDX-License-Identifier: Apache-2.0
#include "processes/launch.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <system_error>

namespace muster {
namespace {

constexpr int kExecFailed = 127;

/// What the new process is to be: laid out beforehand, because until it has become another
/// program it runs in our memory, where only system calls are safe.
struct Prepared {
    const Launch* launch = nullptr;
    std::string program;
    std::vector<char*> arguments;
    std::vector<char*> environment;
    bool ownEnvironment = false;
    pid_t us = 0;
    int problem = -1;  ///< where errno goes, should it not become one
};

/// `grace` more before the end that cannot be told from others comes.
void limit(int what, std::uint64_t most, std::uint64_t grace)
{
    rlimit now{};
    if (most > 0 && ::getrlimit(static_cast<__rlimit_resource>(what), &now) == 0) {
        now.rlim_cur = std::min<rlim_t>(most, now.rlim_max);
        now.rlim_max = std::min<rlim_t>(most + grace, now.rlim_max);
        ::setrlimit(static_cast<__rlimit_resource>(what), &now);
    }
}

/// "+ 123": by hand, for nothing else is safe there.
void announce(int to, char sign, pid_t group)
{
    if (to < 0) {
        return;
    }
    std::array<char, 32> text{};
    std::size_t at = text.size();
    text[--at] = '\n';
    for (auto left = static_cast<unsigned>(group); left > 0; left /= 10) {
        text[--at] = static_cast<char>('0' + left % 10);
    }
    text[--at] = ' ';
    text[--at] = sign;
    [[maybe_unused]] const auto written = ::write(to, text.data() + at, text.size() - at);
}

void plainSignals()
{
    struct sigaction plain {};
    plain.sa_handler = SIG_DFL;
    for (int signal = 1; signal < NSIG; ++signal) {
        ::sigaction(signal, &plain, nullptr);
    }
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void become(Prepared& prepared)
{
    const Launch& launch = *prepared.launch;
    ::setpgid(0, 0);
    if (launch.dieWithUs) {
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (::getppid() != prepared.us) {
            ::_exit(kExecFailed);
        }
    }
    announce(launch.announce, '+', ::getpid());
    limit(RLIMIT_CPU,
          static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::seconds>(launch.cpu).count()),
          1);
    limit(RLIMIT_AS, launch.memory, 0);
    const int nothing = ::open("/dev/null", O_RDWR | O_CLOEXEC);
    ::dup2(launch.input >= 0 ? launch.input : nothing, STDIN_FILENO);
    ::dup2(launch.output >= 0 ? launch.output : nothing, STDOUT_FILENO);
    ::dup2(launch.errors >= 0 ? launch.errors : nothing, STDERR_FILENO);
    if (launch.directory.empty() || ::chdir(launch.directory.c_str()) == 0) {
        plainSignals();
        ::execve(prepared.program.c_str(), prepared.arguments.data(),
                 prepared.ownEnvironment ? prepared.environment.data() : environ);
    }
    const int problem = errno;
    [[maybe_unused]] const auto written = ::write(prepared.problem, &problem, sizeof(problem));
    ::_exit(kExecFailed);
}

Error startError(const Launch& launch, int number)
{
    const ErrorCode code = number == ENOENT   ? ErrorCode::notFound
                           : number == EACCES ? ErrorCode::permissionDenied
                                              : ErrorCode::ioFailure;
    return {
        code,
        fmt::format("the program cannot be started ({})", std::generic_category().message(number)),
        launch.command.front(), "Install it, or correct the command"};
}

/// Our signals wait while the new process runs in our memory.
class SignalsHeld {
public:
    SignalsHeld()
    {
        sigset_t all;
        ::sigfillset(&all);
        ::pthread_sigmask(SIG_BLOCK, &all, &m_before);
    }
    SignalsHeld(const SignalsHeld&) = delete;
    SignalsHeld& operator=(const SignalsHeld&) = delete;
    ~SignalsHeld() { ::pthread_sigmask(SIG_SETMASK, &m_before, nullptr); }

private:
    sigset_t m_before{};
};

pid_t spawn(Prepared& prepared)
{
    const SignalsHeld held;
    const pid_t pid = ::vfork();
    if (pid == 0) {
        become(prepared);
    }
    return pid;
}

}  // namespace

ExitStatus ExitStatus::of(int raw) noexcept
{
    ExitStatus status;
    if (WIFEXITED(raw)) {
        status.code = WEXITSTATUS(raw);
    } else {
        status.signal = WTERMSIG(raw);
    }
    return status;
}

std::string ExitStatus::text() const
{
    return code ? fmt::format("exit code {}", *code) : fmt::format("signal {}", signal.value_or(0));
}

Result<Pipe> makePipe()
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return Error{ErrorCode::ioFailure, "no pipe can be made", "",
                     "Raise the limit of open files (ulimit -n)"};
    }
    return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

std::string findProgram(const std::string& name)
{
    const char* path = std::getenv("PATH");
    if (name.find('/') != std::string::npos || path == nullptr) {
        return name;
    }
    std::string_view rest = path;
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        std::string candidate = std::string(rest.substr(0, colon)) + '/' + name;
        if (::access(candidate.c_str(), X_OK) == 0) {
            return candidate;
        }
        rest = colon == std::string_view::npos ? std::string_view() : rest.substr(colon + 1);
    }
    return name;
}

Result<pid_t> launch(const Launch& launch)
{
    Prepared prepared;
    prepared.launch = &launch;
    prepared.program = findProgram(launch.command.front());
    prepared.us = ::getpid();
    auto command = launch.command;
    for (auto& argument : command) {
        prepared.arguments.push_back(argument.data());
    }
    prepared.arguments.push_back(nullptr);
    auto environment = launch.environment.value_or(std::vector<std::string>());
    prepared.ownEnvironment = launch.environment.has_value();
    for (auto& each : environment) {
        prepared.environment.push_back(each.data());
    }
    prepared.environment.push_back(nullptr);
    auto problem = makePipe();
    if (!problem) {
        return problem.error();
    }
    prepared.problem = problem->write.number();
    const pid_t pid = spawn(prepared);
    if (pid < 0) {
        return startError(launch, errno);
    }
    // Its end closes with the exec; with a sanitizer's vfork, which is a fork, that may be later.
    problem->write.reset();
    int number = 0;
    if (::read(problem->read.number(), &number, sizeof(number)) == sizeof(number)) {
        announce(launch.announce, '-', pid);
        ::waitpid(pid, nullptr, 0);
        return startError(launch, number);
    }
    return pid;
}

}  // namespace muster
