// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/helper_runner.h"

#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace muster {

namespace {

using namespace std::chrono_literals;

constexpr Duration kBetweenProbes = 20ms;
constexpr Duration kProbeBound = 500ms;
constexpr Duration kFirstPause = 100ms;
constexpr Duration kLongestPause = 5s;
constexpr Duration kRanWell = 10s;  // afterwards the pause starts small again
constexpr Duration kForEver = 24h;

std::vector<std::string> commandOf(const HelperSpec& spec, std::uint16_t port)
{
    std::vector<std::string> command;
    for (const auto& argument : spec.command) {
        command.push_back(withPort(argument, port));
    }
    return command;
}

}  // namespace

HelperRunner::HelperRunner(const HelperSpec& spec, std::uint16_t port, Publisher* publisher,
                           Logger logger)
    : m_spec(spec),
      m_port(port),
      m_publisher(publisher),
      m_logger(std::move(logger)),
      m_clock(systemClock()),
      m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK))
{
    m_status.name = spec.name;
    m_status.port = port;
    m_thread = NamedThread("muster-helper", [this] { run(); });
}

HelperRunner::~HelperRunner()
{
    askToStop();
    m_thread.join();
}

Result<void> HelperRunner::awaitReady()
{
    std::unique_lock lock(m_mutex);
    m_changed.wait(lock, [this] { return m_first.has_value(); });
    return *m_first;
}

void HelperRunner::askToStop()
{
    m_stopping.store(true, std::memory_order_release);
    const std::uint64_t one = 1;
    [[maybe_unused]] const auto written = ::write(m_wake.number(), &one, sizeof(one));
}

bool HelperRunner::join()
{
    if (m_thread.joinable()) {
        m_thread.join();
    }
    return m_killed;
}

HelperStatus HelperRunner::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void HelperRunner::settle(Result<void> outcome)
{
    const std::lock_guard lock(m_mutex);
    m_status.ready = outcome.ok();
    if (!m_first) {
        m_first = std::move(outcome);
        m_changed.notify_all();
    }
}

bool HelperRunner::pause(Duration time)
{
    pollfd waited{m_wake.number(), POLLIN, 0};
    const auto bound = std::chrono::duration_cast<std::chrono::milliseconds>(time);
    ::poll(&waited, 1, static_cast<int>(bound.count()));
    return !stopping();
}

void HelperRunner::run()
{
    Duration wait = kFirstPause;
    for (bool first = true; !stopping(); first = false) {
        const MonoTime began = m_clock->now();
        m_wasReady = false;
        const auto outcome = runOnce();
        if (!outcome.ok()) {
            m_logger.warn("helper {}: {}", m_spec.name, outcome.error().text());
            settle(outcome);
        }
        if (first && !m_wasReady) {
            return;  // it never worked: the run does not start
        }
        wait = m_clock->now() - began > kRanWell ? kFirstPause : wait;
        if (!stopping() && !pause(wait)) {
            return;
        }
        wait = std::min(2 * wait, kLongestPause);
        const std::lock_guard lock(m_mutex);
        ++m_status.restarts;
    }
    settle(Error{ErrorCode::cancelled, "stopped before it was ready", m_spec.name, ""});
}

Result<void> HelperRunner::runOnce()
{
    const MonoTime began = m_clock->now();
    auto started = ChildProcess::start(commandOf(m_spec, m_port), *m_clock);
    if (!started.ok()) {
        return started.error();
    }
    ChildProcess& child = **started;
    {
        const std::lock_guard lock(m_mutex);
        m_status.pid = child.pid();
    }
    std::optional<Probe> probe;
    if (!m_spec.ready.empty()) {
        auto parsed = parseProbe(m_spec.ready, m_port);
        if (!parsed.ok()) {
            return parsed.error();
        }
        probe = parsed.value();
    }
    auto ready = untilReady(child, probe ? &*probe : nullptr);
    if (ready.ok()) {
        m_wasReady = true;
        sayStarted(child, m_clock->now() - began);
        settle({});
        while (!stopping() && !child.wait(kForEver, m_wake.number())) {
        }
    }
    end(child);
    if (ready.ok() && !stopping()) {
        return Error{ErrorCode::unavailable, fmt::format("ended with {}", child.status().text()),
                     m_spec.name, "It is started again"};
    }
    return ready;
}

Result<void> HelperRunner::untilReady(ChildProcess& child, const Probe* probe)
{
    const MonoTime until = m_clock->now() + m_spec.readyWithin;
    const auto fail = [&](ErrorCode code, std::string message) {
        const auto words = child.lastWords();
        return Error{code, words.empty() ? message : message + ": " + words,
                     "helper " + m_spec.name, "Run its command by hand to see why"};
    };
    while (!stopping()) {
        if (child.wait(probe == nullptr ? Duration::zero() : kBetweenProbes, m_wake.number())) {
            return fail(ErrorCode::unavailable,
                        fmt::format("ended with {} before it was ready", child.status().text()));
        }
        const Duration left = until - m_clock->now();
        if (probe == nullptr || answers(*probe, std::min(kProbeBound, left), *m_clock)) {
            return {};
        }
        if (left <= Duration::zero()) {
            return fail(ErrorCode::timedOut, "was not ready in time");
        }
    }
    return fail(ErrorCode::cancelled, "stopped before it was ready");
}

void HelperRunner::end(ChildProcess& child)
{
    child.signalGroup(SIGTERM);
    m_killed = !child.wait(m_spec.stopWithin, -1);
    if (m_killed) {
        child.signalGroup(SIGKILL);
        while (!child.wait(kForEver, -1)) {
        }
    }
    {
        const std::lock_guard lock(m_mutex);
        m_status.pid = 0;
        m_status.ready = false;
    }
    sayEnded(child, m_killed     ? "killed: it did not end when asked to"
                    : stopping() ? "the run ends"
                                 : "it ended by itself");
}

void HelperRunner::sayStarted(const ChildProcess& child, Duration took)
{
    m_logger.info("helper {} is ready on port {}", m_spec.name, m_port);
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::helperStarted, Component::helpers,
                             {{"helper", m_spec.name},
                              {"pid", child.pid()},
                              {"took_ns", took.count()},
                              {"attempt", status().restarts + 1}});
    }
}

void HelperRunner::sayEnded(const ChildProcess& child, std::string_view reason)
{
    if (m_publisher == nullptr) {
        return;
    }
    const auto& status = child.status();
    if (status.code) {
        m_publisher->publish(
            EventType::helperEnded, Component::helpers,
            {{"helper", m_spec.name}, {"exit_code", *status.code}, {"reason", reason}});
    } else {
        m_publisher->publish(
            EventType::helperEnded, Component::helpers,
            {{"helper", m_spec.name}, {"signal", status.signal.value_or(0)}, {"reason", reason}});
    }
}

}  // namespace muster
