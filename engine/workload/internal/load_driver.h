// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "workload/internal/agent_renewal.h"
#include "workload/internal/agent_rotation.h"
#include "workload/internal/load_board.h"
#include "workload/internal/load_reporter.h"
#include "workload/internal/utilisation.h"
#include "workload/load_generator.h"

namespace muster {

/// The load generator itself: one beat after the other on the service thread, and extra ones
/// when a closed load's users are waiting for their next job.
/// Thread safety: m_mutex guards all that is not of another thread's own.
class LoadGenerator::Impl : public std::enable_shared_from_this<LoadGenerator::Impl> {
public:
    Impl(Runtime& runtime, std::unique_ptr<InputSource> input, LoadGeneratorOptions options);

    void addTarget(LoadTarget target);
    [[nodiscard]] Result<void> start();
    void stop();
    void conclude(std::string_view reason);
    /// Changes the profile, and says so where its target changed.
    template <class Change>
    void change(std::string_view author, Change&& make)
    {
        const std::lock_guard lock(m_mutex);
        const double before = m_profile.target();
        make(m_profile, m_report, author, before);
    }
    void burst(std::uint64_t count, std::string_view author);
    [[nodiscard]] LoadFigures figures() const;
    [[nodiscard]] std::vector<ArrivalBlock> takeArrivals()
    {
        const std::lock_guard lock(m_mutex);
        return m_arrivals.take(true);
    }

private:
    enum class Sent : std::uint8_t { yes, noAgent, noItem, shed };

    void setUpBoard();
    void kick();
    void beat();
    /// True: the load is over; the reason is in m_finishReason.
    [[nodiscard]] bool beatLocked();
    void renewAgents(Duration passed);
    void advance(MonoTime now, Duration passed);
    void arrivals(MonoTime from, const LoadProfile::Stretch& stretch);
    /// Those offered since there were `before`.
    void logArrivals(MonoTime first, MonoTime last, std::uint64_t before)
    {
        if (m_options.logArrivals) {
            m_arrivals.add(first, last - first, m_offered - before);
        }
    }
    Sent due(MonoTime intended);
    [[nodiscard]] bool sheds() noexcept;
    void feedUsers(MonoTime now);
    void releaseBurst(MonoTime now);
    [[nodiscard]] Sent dispatch(MonoTime intended);
    [[nodiscard]] bool peek();
    void deliver(std::uint32_t agent, std::uint64_t number, MonoTime intended,
                 std::unique_ptr<const std::string> item);
    [[nodiscard]] bool finished();
    [[nodiscard]] LoadProgress progress() const;
    [[nodiscard]] std::uint64_t bound() const noexcept;

    Runtime& m_runtime;
    Scheduler& m_scheduler;
    const Clock& m_clock;
    LoadGeneratorOptions m_options;

    mutable std::mutex m_mutex;
    std::unique_ptr<InputSource> m_input;
    LoadProfile m_profile;
    std::vector<LoadTarget> m_targets;
    LoadBoard m_board;
    AgentRotation m_rotation;
    AgentRenewal m_renewal;
    LoadReporter m_report;
    ArrivalLog m_arrivals;
    std::vector<LoadProfile::Stretch> m_stretches;
    TimerId m_timer;
    MonoTime m_lastBeat;
    double m_carry = 0;  // part of an arrival, 0…1
    double m_share = 1;  // what pressure leaves
    double m_shedCarry = 0;
    std::uint64_t m_shed = 0;
    std::uint64_t m_nextNumber = 1;
    std::uint64_t m_offered = 0;
    std::uint64_t m_dropped = 0;
    std::uint64_t m_droppedLate = 0;
    std::uint64_t m_burst = 0;
    std::uint64_t m_busy = 0;  // outstanding as of this beat's start, and what it sent since
    std::unique_ptr<const std::string> m_item;  // looked at, not given out yet
    bool m_hasItem = false;
    bool m_inputOver = false;
    bool m_begun = false;
    bool m_heldBack = false;
    bool m_finished = false;
    std::string m_finishReason;
    Duration m_lag{};
    Utilisation m_utilisation;

    std::atomic<bool> m_kicked{false};
    std::atomic<bool> m_stopped{true};  // before start(), after stop() and once finished
};

}  // namespace muster
