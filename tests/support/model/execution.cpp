// SPDX-License-Identifier: Apache-2.0
#include "support/model/execution.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <map>
#include <thread>
#include <utility>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/lsan_interface.h>
#endif

namespace muster::model {
namespace {

/// What a thread allocates that may stand still for ever, in code that is broken on purpose, is
/// no leak to tell of.
class NoLeaksToTell {
public:
#ifdef __SANITIZE_ADDRESS__
    NoLeaksToTell()
    {
        __lsan_disable();
    }
    ~NoLeaksToTell()
    {
        __lsan_enable();
    }
#else
    NoLeaksToTell() = default;
    ~NoLeaksToTell() = default;
#endif
    NoLeaksToTell(const NoLeaksToTell&) = delete;
    NoLeaksToTell& operator=(const NoLeaksToTell&) = delete;
};

constexpr std::size_t kMostThreads = 8;

/// The run that the calling thread belongs to.
thread_local Execution* t_execution = nullptr;

[[nodiscard]] std::string_view nameOf(Does does)
{
    switch (does) {
        case Does::load:
            return "load";
        case Does::store:
            return "store";
        case Does::exchange:
            return "exchange";
        case Does::compare:
            return "compare";
        case Does::fetch:
            return "fetch";
        case Does::lock:
            return "lock";
        case Does::unlock:
            return "unlock";
        case Does::wait:
            return "wait";
        case Does::notify:
            return "notify";
        case Does::relax:
            return "relax";
    }
    return "?";
}

[[nodiscard]] char letter(std::size_t thread)
{
    return static_cast<char>('A' + thread);
}

[[nodiscard]] std::string placeOf(const std::source_location& at)
{
    const std::string_view file(at.file_name());
    return fmt::format("{}:{}", file.substr(file.rfind('/') + 1), at.line());
}

}  // namespace

void step(Does does, const void* object, const std::source_location& at) noexcept
{
    if (t_execution != nullptr) {
        t_execution->step(does, object, at);
    }
}

void note(std::uint64_t value) noexcept
{
    if (t_execution != nullptr) {
        t_execution->note(value);
    }
}

void block(const void* object) noexcept
{
    if (t_execution != nullptr) {
        t_execution->block(object);
    }
}

void wake(const void* object, bool all) noexcept
{
    if (t_execution != nullptr) {
        t_execution->wake(object, all);
    }
}

void relax(const std::source_location& at) noexcept
{
    if (t_execution != nullptr) {
        t_execution->relax(at);
    }
}

bool isBroken(Broken kind) noexcept
{
    return t_execution != nullptr && t_execution->broken() == kind;
}

void require(bool holds, std::string_view what)
{
    if (!holds && t_execution != nullptr) {
        t_execution->fail(std::string(what));
    }
}

Execution::Execution(Program program, const Limits& limits, Chooser& chooser)
    : m_program(std::move(program)), m_limits(limits), m_chooser(&chooser)
{
    assert(m_program.threads.size() <= kMostThreads);
    for (std::size_t i = 0; i < m_program.threads.size(); ++i) {
        m_threads.push_back(std::make_unique<Thread>());
    }
}

std::optional<Finding> Execution::run()
{
    std::vector<std::thread> threads;
    for (std::uint8_t i = 0; i < m_threads.size(); ++i) {
        threads.emplace_back([self = shared_from_this(), i] { self->live(i); });
    }
    give(*pick());
    m_over.acquire();
    const bool ended = m_wrong.empty();
    for (auto& thread : threads) {
        ended ? thread.join() : thread.detach();
    }
    if (ended && m_program.check) {
        m_wrong = m_program.check();
    }
    if (m_wrong.empty()) {
        return std::nullopt;
    }
    return Finding{m_wrong, schedule(), m_choices};
}

void Execution::live(std::uint8_t number)
{
    [[maybe_unused]] const NoLeaksToTell noLeaks;
    m_threads[number]->turn.acquire();
    t_execution = this;
    m_program.threads[number]();
    t_execution = nullptr;
    m_threads[number]->state = State::ended;
    if (const auto next = pick()) {
        give(*next);
    } else if (std::ranges::all_of(m_threads,
                                   [](const auto& each) { return each->state == State::ended; })) {
        m_over.release();
    } else {
        m_wrong = whereAllStand();
        m_over.release();
    }
}

void Execution::step(Does does, const void* object, const std::source_location& at) noexcept
{
    m_threads[m_current]->at = at;
    handOver();
    if (m_trace.size() >= m_limits.steps) {
        fail("it does not come to an end");
    }
    m_trace.push_back({m_current, does, object, at, std::nullopt});
    if (does != Does::load) {
        ++m_changes;
        endRelaxing();
    }
}

void Execution::note(std::uint64_t value) noexcept
{
    m_trace.back().value = value;
}

void Execution::block(const void* object) noexcept
{
    m_threads[m_current]->state = State::blocked;
    m_threads[m_current]->blockedOn = object;
    handOver();
}

void Execution::wake(const void* object, bool all) noexcept
{
    for (auto& each : m_threads) {
        if (each->state == State::blocked && each->blockedOn == object) {
            each->state = State::ready;
            if (!all) {
                return;
            }
        }
    }
}

void Execution::relax(const std::source_location& at) noexcept
{
    m_threads[m_current]->at = at;
    m_threads[m_current]->state = State::relaxing;
    handOver();
    m_trace.push_back({m_current, Does::relax, nullptr, at, std::nullopt});
}

void Execution::fail(std::string what) noexcept
{
    m_wrong = std::move(what);
    m_over.release();
    stopHere();
    std::terminate();  // never reached
}

void Execution::stopHere() noexcept
{
    // The others wait for turns that never come.
    std::binary_semaphore never{0};
    never.acquire();
}

void Execution::handOver() noexcept
{
    const std::uint8_t me = m_current;
    const auto next = pick();
    if (!next) {
        fail(whereAllStand());
    }
    if (*next != me) {
        give(*next);
        m_threads[me]->turn.acquire();
    }
}

void Execution::give(std::uint8_t to) noexcept
{
    m_current = to;
    m_threads[to]->turn.release();
}

void Execution::endRelaxing() noexcept
{
    for (auto& each : m_threads) {
        each->state = each->state == State::relaxing ? State::ready : each->state;
    }
}

bool Execution::anyReady() const noexcept
{
    return std::ranges::any_of(m_threads,
                               [](const auto& each) { return each->state == State::ready; });
}

std::optional<std::uint8_t> Execution::pick() noexcept
{
    // What changed may have changed before they looked away: they may look once more.
    if (!anyReady() && m_lookedAgain != m_changes) {
        m_lookedAgain = m_changes;
        endRelaxing();
    }
    std::array<std::uint8_t, kMostThreads> options{};
    std::uint8_t count = 0;
    const bool goesOn = m_begun && m_threads[m_current]->state == State::ready;
    if (goesOn) {
        options[count++] = m_current;
    }
    if (!goesOn || m_preemptions < m_limits.preemptions) {
        for (std::uint8_t i = 0; i < m_threads.size(); ++i) {
            if (m_threads[i]->state == State::ready && !(goesOn && i == m_current)) {
                options[count++] = i;
            }
        }
    }
    if (count == 0) {
        return std::nullopt;
    }
    const std::uint8_t chosen = m_chooser->choose({options.data(), count});
    m_choices.push_back(chosen);
    m_preemptions += goesOn && chosen != m_current ? 1 : 0;
    m_begun = true;
    return chosen;
}

std::string Execution::whereAllStand() const
{
    std::string text = "nobody can go on:";
    for (std::size_t i = 0; i < m_threads.size(); ++i) {
        text += m_threads[i]->state == State::ended
                    ? fmt::format(" {} ended;", letter(i))
                    : fmt::format(" {} waits at {};", letter(i), placeOf(m_threads[i]->at));
    }
    return text;
}

std::string Execution::schedule() const
{
    std::map<const void*, std::size_t> objects;
    std::string text;
    for (const Taken& each : m_trace) {
        const auto object = objects.try_emplace(each.object, objects.size() + 1).first->second;
        text += fmt::format("  {}{} {:<8} #{:<3} {:<24}{}\n", std::string(each.thread * 4, ' '),
                            letter(each.thread), nameOf(each.does), object, placeOf(each.at),
                            each.value ? fmt::format(" {:#x}", *each.value) : "");
    }
    return text;
}

}  // namespace muster::model
