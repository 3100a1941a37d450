// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <initializer_list>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/runtime.h"
#include "runtime/runtimes.h"

namespace muster::tests {

using Lines = std::vector<std::string>;

using Log = std::shared_ptr<std::vector<std::string>>;

struct Crash {};
struct Leave {};
struct Say {
    std::string text;
};
struct Dawdle {
    Duration time;
};

/// What comes of the next starts of a child, the first first; none left: it starts.
using Starts = std::shared_ptr<std::deque<bool>>;

inline Starts starts(std::initializer_list<bool> outcomes)
{
    return std::make_shared<std::deque<bool>>(outcomes);
}

/// Notes its beginnings and ends, crashes and leaves when told.
class Child : public Agent<Child, Handles<Crash, Leave, Say, Dawdle>> {
public:
    Child(Log log, std::string label, Starts outcomes = nullptr)
        : m_log(std::move(log)), m_label(std::move(label)), m_starts(std::move(outcomes))
    {
    }
    Result<void> init()
    {
        if (m_starts && !m_starts->empty()) {
            const bool fine = m_starts->front();
            m_starts->pop_front();
            if (!fine) {
                return Error{ErrorCode::unavailable, m_label + " will not start", "", ""};
            }
        }
        m_log->push_back("+" + m_label);
        return {};
    }
    void terminated(const EndReason& reason)
    {
        m_log->push_back("-" + m_label + ":" + std::string(toString(reason.kind)));
    }
    void handle(const Crash&) { throw std::runtime_error("boom"); }
    void handle(const Leave&) { stop(); }
    void handle(const Say& say) { m_log->push_back(m_label + " says " + say.text); }
    Async<void> handle(const Dawdle& dawdle)
    {
        co_await delay(dawdle.time);
        m_log->push_back(m_label + " took its time");
    }

private:
    Log m_log;
    std::string m_label;
    Starts m_starts;
};

/// A supervisor over children a, b, c … in this order.
struct Family {
    explicit Family(const SupervisorOptions& options, const std::string& names = "abc",
                    Restart restart = Restart::permanent)
    {
        supervisor = runtime->createSupervisor(options, {.name = "top"}).value();
        for (const char name : names) {
            add(std::string(1, name), restart);
        }
        log->clear();
    }
    AgentId add(const std::string& name, Restart restart, Starts outcomes = nullptr)
    {
        CreateOptions options;
        options.name = name;
        options.supervisor = supervisor;
        options.restart = restart;
        ids.push_back(runtime->create<Child>(options, log, name, std::move(outcomes)).value());
        return ids.back();
    }
    void crash(std::size_t child)
    {
        runtime->send(ids[child], Crash{});
        runtime.settle();
    }
    [[nodiscard]] bool alive(std::size_t child) { return runtime->directory().alive(ids[child]); }

    TestRuntime runtime;
    Log log = std::make_shared<Lines>();
    AgentId supervisor;
    std::vector<AgentId> ids;
};

inline SupervisorOptions with(SupervisorStrategy strategy)
{
    SupervisorOptions options;
    options.strategy = strategy;
    return options;
}

}  // namespace muster::tests
