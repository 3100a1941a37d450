// SPDX-License-Identifier: Apache-2.0
#include "support/model/explorer.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sched.h>

#include <algorithm>
#include <memory>
#include <span>

#include "base/rng.h"
#include "support/model/execution.h"

namespace muster::model {
namespace {

/// All choices one after the other, depth first: a run takes the path of the one before up to
/// the last place where something was left to choose.
class Exhaustive final : public Chooser {
public:
    std::uint8_t choose(std::span<const std::uint8_t> threads) override
    {
        if (m_depth == m_path.size()) {
            m_path.push_back({0, threads.size()});
        }
        return threads[m_path[m_depth++].chosen];
    }
    /// False: that was the last path.
    [[nodiscard]] bool advance()
    {
        m_depth = 0;
        while (!m_path.empty() && m_path.back().chosen + 1 == m_path.back().options) {
            m_path.pop_back();
        }
        if (m_path.empty()) {
            return false;
        }
        ++m_path.back().chosen;
        return true;
    }

private:
    struct Place {
        std::size_t chosen;
        std::size_t options;
    };
    std::vector<Place> m_path;
    std::size_t m_depth = 0;
};

class Random final : public Chooser {
public:
    explicit Random(std::uint64_t seed) : m_rng(seed) {}
    std::uint8_t choose(std::span<const std::uint8_t> threads) override
    {
        // Mostly on with the same thread, so that some get far while others stand still.
        constexpr double kStay = 0.7;
        return threads[m_rng.uniform() < kStay ? 0 : m_rng.below(threads.size())];
    }

private:
    Rng m_rng;
};

class Given final : public Chooser {
public:
    explicit Given(Choices choices) : m_choices(std::move(choices)) {}
    std::uint8_t choose(std::span<const std::uint8_t> threads) override
    {
        const auto given = m_next < m_choices.size()
                               ? std::ranges::find(threads, m_choices[m_next++])
                               : threads.end();
        return given == threads.end() ? threads.front() : *given;
    }

private:
    const Choices m_choices;
    std::size_t m_next = 0;
};

/// Keeps the calling thread, and those it starts, on one core: only one goes on at a time, and
/// handing over is quicker so.
class OneCore {
public:
    OneCore()
    {
        const int core = sched_getcpu();
        m_changed = core >= 0 && sched_getaffinity(0, sizeof(m_before), &m_before) == 0;
        if (m_changed) {
            cpu_set_t one;
            CPU_ZERO(&one);
            CPU_SET(static_cast<unsigned>(core), &one);
            m_changed = sched_setaffinity(0, sizeof(one), &one) == 0;
        }
    }
    OneCore(const OneCore&) = delete;
    OneCore& operator=(const OneCore&) = delete;
    ~OneCore()
    {
        if (m_changed) {
            sched_setaffinity(0, sizeof(m_before), &m_before);
        }
    }

private:
    cpu_set_t m_before{};
    bool m_changed = false;
};

void runOnce(const std::function<Program()>& make, const Limits& limits, Chooser& chooser,
             Outcome& outcome)
{
    ++outcome.runs;
    outcome.finding = std::make_shared<Execution>(make(), limits, chooser)->run();
}

constexpr std::uint32_t kAnyNumber = ~std::uint32_t{0};

}  // namespace

std::string Finding::text() const
{
    return fmt::format("{}\n{}  choices {}", what, schedule, fmt::join(choices, " "));
}

std::string Outcome::text() const
{
    return fmt::format("{} after {} runs{}", finding ? finding->text() : "nothing found", runs,
                       complete ? "" : ", not all there are");
}

Outcome explore(const std::function<Program()>& make, const Limits& limits)
{
    const OneCore quick;
    Outcome outcome;
    for (std::uint32_t bound = 0; bound <= limits.preemptions; ++bound) {
        Limits now = limits;
        now.preemptions = bound;
        Exhaustive chooser;
        do {
            if (outcome.runs == limits.runs) {
                return outcome;
            }
            runOnce(make, now, chooser, outcome);
            if (outcome.finding) {
                return outcome;
            }
        } while (chooser.advance());
    }
    outcome.complete = true;
    return outcome;
}

Outcome exploreRandomly(const std::function<Program()>& make, std::uint64_t seed,
                        const Limits& limits)
{
    Limits any = limits;
    any.preemptions = kAnyNumber;
    const OneCore quick;
    Random chooser(seed);
    Outcome outcome;
    while (outcome.runs < limits.runs && !outcome.finding) {
        runOnce(make, any, chooser, outcome);
    }
    return outcome;
}

Outcome replay(const std::function<Program()>& make, const Choices& choices, const Limits& limits)
{
    Limits any = limits;
    any.preemptions = kAnyNumber;
    const OneCore quick;
    Given chooser(choices);
    Outcome outcome;
    runOnce(make, any, chooser, outcome);
    return outcome;
}

}  // namespace muster::model
