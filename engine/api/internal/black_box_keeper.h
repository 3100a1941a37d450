// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "api/black_box.h"
#include "base/clock.h"
#include "base/thread.h"
#include "events/event_sink.h"
#include "messaging/event_queue.h"
#include "storage/black_box.h"
#include "storage/black_box_bundle.h"
#include "telemetry/sampler.h"

namespace muster {

struct EngineCore;

/// Fills the black box of a run on a thread of its own ("muster-box"), kFlush apart: urgent events
/// from a queue of their own, the others as the bus remembers them, and every metric. A second
/// thread ("muster-bundles") makes a bundle of it when asked and when something alerts, and of
/// what runs before left behind: the box is filled meanwhile. What is wrong with it is told and
/// never stops the run.
/// Thread safety: every function from any thread; begin() once.
class BlackBoxKeeper final : public EventSink, public MetricSink {
public:
    BlackBoxKeeper(EngineCore& core, BlackBoxSettings settings, RunRecord run);
    BlackBoxKeeper(const BlackBoxKeeper&) = delete;
    BlackBoxKeeper& operator=(const BlackBoxKeeper&) = delete;
    /// The run ended well: its box goes.
    ~BlackBoxKeeper() override;

    void begin();
    /// Answers what waits; nothing is asked of it or by it afterwards. Before those go who are
    /// answered.
    void end();
    void accept(const EventPtr& event) override;
    void accept(std::span<const MetricSample> samples) override;

    using Saved = std::function<void(Result<BlackBoxBundle>)>;
    /// `done` comes on the keeper's thread. Errors: unavailable without a box, overloaded when
    /// kMostRequests wait, those of writeBundle().
    void save(std::string cause, std::string detail, Saved done);
    [[nodiscard]] BlackBoxStatus status() const;

    static constexpr Duration kFlush = std::chrono::milliseconds(100);
    static constexpr Duration kBetweenAlerts = std::chrono::minutes(5);
    static constexpr std::size_t kMostAlerts = 8;  ///< bundles, of a run
    static constexpr std::size_t kMostRequests = 8;
    static constexpr std::uint32_t kUrgentWaiting = 4096;

private:
    struct Request {
        std::string cause;
        std::string detail;
        Saved done;
    };

    void keepFilling();
    void keepSaving();
    void makeBox();
    void collect();
    void fill();
    void fillUrgent();
    void fillRoutine();
    void alert(const Event& event);
    void answer(Request request);
    /// Tells of it: an event, and the status.
    void noteSaved(SavedBlackBox saved);
    [[nodiscard]] BlackBoxInfo ownInfo() const;

    EngineCore& m_core;
    const BlackBoxSettings m_settings;
    const RunRecord m_run;
    EventQueue m_urgent;
    SubscriptionId m_subscription;

    // The filling thread's alone.
    std::uint64_t m_published = 0;
    std::vector<EventId> m_lastSeen;
    std::optional<MonoTime> m_alertedAt;
    std::size_t m_alerts = 0;

    mutable std::mutex m_boxMutex;  // guards m_box against accept() of metrics
    std::unique_ptr<BlackBox> m_box;

    mutable std::mutex m_mutex;  // guards what follows
    std::condition_variable m_changed;
    bool m_made = false;  ///< the box, or it is known that there is none
    bool m_ending = false;
    std::deque<Request> m_requests;
    BlackBoxStatus m_status;

    NamedThread m_filler;
    NamedThread m_saver;
};

}  // namespace muster
