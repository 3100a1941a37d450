// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "runtime/agent.h"

namespace muster::tests {

struct Add {
    int number;
};
struct Total {
    int value;
};
struct GetTotal {};
struct Explode {
    std::string why;
};
struct Unknown {};
/// A message that must be destroyed exactly as often as it was made.
struct Precious {
    std::shared_ptr<int> alive;
};

/// Adds up, in a vector that a test looks into, so that the order shows too.
class Adder : public Agent<Adder, Handles<Add, GetTotal, Explode, Precious, Tick, AgentEnded>> {
public:
    static constexpr std::string_view kType = "adder";

    Adder() = default;
    explicit Adder(std::shared_ptr<std::vector<int>> seen) : m_seen(std::move(seen)) {}

    void handle(const Add& add)
    {
        m_total += add.number;
        if (m_seen) {
            m_seen->push_back(add.number);
        }
    }
    Total handle(const GetTotal&) { return {m_total}; }
    void handle(const Explode& explode) { throw std::runtime_error(explode.why); }
    void handle(const Precious&) {}
    void handle(const Tick&)
    {
        send(self(), Add{1});
        stop({EndKind::normal, "had a tick"});
    }
    void handle(const AgentEnded& ended) { m_total += ended.reason.kind == EndKind::normal; }
    [[nodiscard]] std::string stateJson() const
    {
        return "{\"total\":" + std::to_string(m_total) + "}";
    }
    [[nodiscard]] int snapshot() const { return m_total; }
    void restore(int total) { m_total = total; }

private:
    std::shared_ptr<std::vector<int>> m_seen;
    int m_total = 0;
};

/// Refuses to live when told so.
class Fussy : public Agent<Fussy, Handles<Tick>> {
public:
    enum class Mood { fine, refuse, throwIt };
    explicit Fussy(Mood mood) : m_mood(mood) {}
    Result<void> init()
    {
        send(self(), Tick{});
        if (m_mood == Mood::throwIt) {
            throw std::runtime_error("thrown");
        }
        return m_mood == Mood::fine
                   ? Result<void>()
                   : Result<void>(Error{ErrorCode::unavailable, "not today", "", ""});
    }
    void handle(const Tick&) {}

private:
    Mood m_mood;
};

struct Watch {
    AgentId whom;
};
/// Notes how those it watches end.
class Watcher : public Agent<Watcher, Handles<Watch, AgentEnded>> {
public:
    explicit Watcher(std::shared_ptr<std::vector<EndKind>> seen) : m_seen(std::move(seen)) {}
    void handle(const Watch& watch) { monitor(watch.whom); }
    void handle(const AgentEnded& ended) { m_seen->push_back(ended.reason.kind); }

private:
    std::shared_ptr<std::vector<EndKind>> m_seen;
};

}  // namespace muster::tests
