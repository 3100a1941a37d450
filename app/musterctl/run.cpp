// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "api/engine.h"
#include "musterctl/arguments.h"
#include "musterctl/live_view.h"
#include "musterctl/output.h"
#include "musterctl/standard_input.h"
#include "musterctl/stop_signals.h"
#include "musterctl/wake_up.h"

namespace muster::ctl {

namespace {

constexpr int kPollMilliseconds = 200;
constexpr auto kStatusEvery = std::chrono::seconds(1);

/// Wakes the loop from engine threads, and carries the answers of commands to it.
class Inbox {
public:
    [[nodiscard]] int descriptor() const noexcept { return m_wake.descriptor(); }
    void wake() const { m_wake.wake(); }
    void answer(std::string text)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_answers.push_back(std::move(text));
        }
        wake();
    }
    [[nodiscard]] std::vector<std::string> take()
    {
        m_wake.clear();
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_answers, {});
    }

private:
    WakeUp m_wake;
    std::mutex m_mutex;
    std::vector<std::string> m_answers;  // guarded by m_mutex
};

/// One run from start to summary: snapshots out, commands and signals in.
class RunLoop {
public:
    RunLoop(const RunArguments& arguments, Engine& engine, StopSignals& signals, Inbox& inbox)
        : m_arguments(arguments), m_engine(engine), m_signals(signals), m_inbox(inbox)
    {
    }

    [[nodiscard]] int run()
    {
        while (!m_engine.finished()) {
            waitForSomething();
        }
        takeSnapshot();
        for (const auto& answer : m_inbox.take()) {
            m_view.say(answer);
        }
        m_view.end();
        const auto summary = m_engine.wait();
        if (m_arguments.format == Format::jsonl) {
            m_output.line(summary.json());
        } else {
            m_output.write(summaryTable(summary, m_last.get()));
        }
        m_stuck = !summary.notStopped.empty();
        // A summary that reached nobody is no success.
        return std::max(finish(m_output), summary.exitCode());
    }
    /// Something did not stop: waiting for it would be for ever.
    [[nodiscard]] bool stuck() const noexcept { return m_stuck; }

private:
    void waitForSomething()
    {
        std::array<pollfd, 3> polled{{{m_inbox.descriptor(), POLLIN, 0},
                                      {m_signals.descriptor(), POLLIN, 0},
                                      {m_input.descriptor(), POLLIN, 0}}};
        poll(polled.data(), polled.size(), kPollMilliseconds);
        for (const auto& answer : m_inbox.take()) {
            m_view.say(answer);
        }
        takeSnapshot();
        takeSignals();
        if (polled[2].revents != 0) {
            for (const auto& line : m_input.take()) {
                submit(line);
            }
        }
    }

    void takeSnapshot()
    {
        auto snapshot = m_engine.takeSnapshot();
        if (!snapshot) {
            return;
        }
        m_last = std::move(snapshot);
        sayStoreProblem();
        const auto now = std::chrono::steady_clock::now();
        if (m_arguments.format == Format::table) {
            m_view.show(*m_last);
        } else if (now - m_statusAt >= kStatusEvery && !m_last->simulated) {
            m_statusAt = now;
            m_output.line(statusJson(*m_last));
            m_output.flush();
        }
    }

    /// Whoever looks at no screen must hear of it too: what is not kept now is gone.
    void sayStoreProblem()
    {
        const auto& problem = m_last->store.problem;
        if (problem != m_problem) {
            m_problem = problem;
            m_view.say(problem.empty() ? "Everything is recorded again." : problem);
        }
    }

    void takeSignals()
    {
        const auto taken = m_signals.take();
        m_signalsSeen += taken.stops;
        if (taken.saves > 0) {
            submit("blackbox.save reason=SIGUSR1");
        }
        if (m_signalsSeen >= 2) {
            // The operator insists: what is under way is given up; the session stays whole.
            _exit(kExitFailed);
        }
        if (m_signalsSeen == 1 && !m_stopping) {
            m_stopping = true;
            m_view.say("Draining; once more to stop at once.");
            m_engine.requestStop();
        }
    }

    void submit(const std::string& line)
    {
        auto command = parseCommand(line);
        if (!command) {
            m_view.say(fmt::format("{}: {}", line, command.error().text()));
            return;
        }
        command->author = "standard input";
        m_engine.submit(*command, [&inbox = m_inbox, line](const Result<CommandOutcome>& outcome) {
            inbox.answer(
                fmt::format("{}: {}", line, outcome ? outcome->summary : outcome.error().text()));
        });
    }

    const RunArguments& m_arguments;
    Engine& m_engine;
    StopSignals& m_signals;
    Inbox& m_inbox;
    StandardInput m_input;
    Output m_output;
    LiveView m_view;
    SnapshotPtr m_last;
    std::string m_problem;  ///< of the store, as it was last said
    std::chrono::steady_clock::time_point m_statusAt = std::chrono::steady_clock::now();
    int m_signalsSeen = 0;
    bool m_stopping = false;
    bool m_stuck = false;
};

}  // namespace

int run(const RunArguments& arguments)
{
    StopSignals signals;  // before the engine's threads, which inherit the mask
    Inbox inbox;          // outlives the engine, which calls into it
    noteCrashes();
    const auto engine = Engine::start(arguments.engine);
    if (!engine) {
        complain(engine.error());
        return exitCodeOf(engine.error());
    }
    (*engine)->onSnapshot([&inbox] { inbox.wake(); });
    RunLoop loop(arguments, **engine, signals, inbox);
    const int code = loop.run();
    if (loop.stuck()) {
        _exit(code);
    }
    return code;
}

}  // namespace muster::ctl
