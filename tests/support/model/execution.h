// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <semaphore>
#include <source_location>
#include <span>
#include <string>
#include <vector>

#include "support/model/explorer.h"

namespace muster::model {

/// Decides who goes on.
class Chooser {
public:
    virtual ~Chooser() = default;
    /// One of these threads; the one that had its turn comes first if it can go on.
    [[nodiscard]] virtual std::uint8_t choose(std::span<const std::uint8_t> threads) = 0;
};

/// One run of a program. Its threads are threads of the system of which only one goes on at a
/// time: each, before a step, decides with the chooser whose turn it is, and hands over if that
/// is not its own. Held by all its threads, since those of a run that ended with a finding stay
/// where they are for ever.
/// Thread safety: run() by one thread; the rest by the program's threads, in their turns.
class Execution : public std::enable_shared_from_this<Execution> {
public:
    Execution(Program program, const Limits& limits, Chooser& chooser);

    /// Until all threads ended or something was wrong.
    [[nodiscard]] std::optional<Finding> run();

    void step(Does does, const void* object, const std::source_location& at) noexcept;
    void note(std::uint64_t value) noexcept;
    void block(const void* object) noexcept;
    void wake(const void* object, bool all) noexcept;
    void relax(const std::source_location& at) noexcept;
    [[noreturn]] void fail(std::string what) noexcept;
    [[nodiscard]] Broken broken() const noexcept { return m_limits.broken; }

private:
    enum class State : std::uint8_t { ready, blocked, relaxing, ended };
    struct Thread {
        std::binary_semaphore turn{0};
        State state = State::ready;
        const void* blockedOn = nullptr;
        std::source_location at;
    };
    struct Taken {
        std::uint8_t thread;
        Does does;
        const void* object;
        std::source_location at;
        std::optional<std::uint64_t> value;
    };

    void live(std::uint8_t number);
    /// The turn goes to whom the chooser names; returns when it is this thread's again.
    void handOver() noexcept;
    /// Nobody's number when nobody can go on.
    [[nodiscard]] std::optional<std::uint8_t> pick() noexcept;
    void stopHere() noexcept;
    void give(std::uint8_t to) noexcept;
    void endRelaxing() noexcept;
    [[nodiscard]] bool anyReady() const noexcept;
    [[nodiscard]] std::string whereAllStand() const;
    [[nodiscard]] std::string schedule() const;

    Program m_program;
    const Limits m_limits;
    Chooser* m_chooser;
    std::vector<std::unique_ptr<Thread>> m_threads;
    std::vector<Taken> m_trace;
    std::uint8_t m_current = 0;
    bool m_begun = false;
    std::uint32_t m_preemptions = 0;
    std::uint64_t m_changes = 0;  // steps that may end a wait
    std::optional<std::uint64_t> m_lookedAgain;
    std::string m_wrong;
    Choices m_choices;
    std::binary_semaphore m_over{0};
};

}  // namespace muster::model
