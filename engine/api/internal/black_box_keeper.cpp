// SPDX-License-Identifier: Apache-2.0
#include "api/internal/black_box_keeper.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <system_error>
#include <utility>

#include "api/internal/black_box_rows.h"
#include "api/internal/engine_core.h"

namespace muster {

namespace {

/// Beside all that is durable: rare, and what explains an end.
constexpr std::array kUrgent{
    EventType::agentCrashed,      EventType::agentStalled,          EventType::pressureChanged,
    EventType::resourceCleanedUp, EventType::resourceCleanupFailed, EventType::resourceLevelChanged,
    EventType::resourceRecovered, EventType::storeProblem,          EventType::metricUnavailable,
};

[[nodiscard]] bool isUrgent(const EventInfo& type)
{
    return type.durable || std::ranges::find(kUrgent, type.type, [](EventType known) {
                               return TypeId(known);
                           }) != kUrgent.end();
}

[[nodiscard]] std::vector<TopicPattern> urgentTopics()
{
    std::vector<TopicPattern> topics;
    for (const EventInfo& type : allEventTypes()) {
        if (isUrgent(type)) {
            topics.push_back(TopicPattern::parse(type.name).value());
        }
    }
    return topics;
}

[[nodiscard]] std::string textOf(const Event& event, std::string_view key)
{
    const auto value = event.data().find(key);
    return value ? std::string(value->text()) : std::string();
}

/// What of an event is an alert, in a few words; empty when it is none.
[[nodiscard]] std::string alertOf(const Event& event)
{
    switch (static_cast<EventType>(event.type.value)) {
        case EventType::pressureChanged:
            return textOf(event, "to") == "critical"
                       ? fmt::format("critical pressure: {}", textOf(event, "cause"))
                       : std::string();
        case EventType::supervisorEscalated:
        case EventType::agentStalled:
        case EventType::storeProblem:
            return std::string(event.typeName());
        default:
            return {};
    }
}

[[nodiscard]] SubscribeOptions queueOptions(std::uint32_t bound)
{
    SubscribeOptions options;
    options.bound = bound;
    return options;
}

}  // namespace

BlackBoxKeeper::BlackBoxKeeper(EngineCore& core, BlackBoxSettings settings, RunRecord run)
    : m_core(core),
      m_settings(std::move(settings)),
      m_run(std::move(run)),
      m_urgent(queueOptions(kUrgentWaiting))
{
}

BlackBoxKeeper::~BlackBoxKeeper()
{
    end();
    m_core.bus->unsubscribe(m_subscription);
    if (m_box) {
        m_box->discard();
    }
}

void BlackBoxKeeper::end()
{
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
    }
    m_changed.notify_all();
    if (m_filler.joinable()) {
        m_filler.join();
    }
    if (m_saver.joinable()) {
        m_saver.join();
    }
}

void BlackBoxKeeper::begin()
{
    m_subscription = m_core.bus->subscribeDirect(urgentTopics(), *this);
    m_core.sampler->addSink(*this);
    m_filler = NamedThread(
        "muster-box", [this] { keepFilling(); }, ThreadPriority::background);
    m_saver = NamedThread(
        "muster-bundles", [this] { keepSaving(); }, ThreadPriority::background);
}

void BlackBoxKeeper::accept(const EventPtr& event)
{
    if (!event->replayed) {          // what is played again did not happen now
        (void)m_urgent.push(event);  // taken on the beat; the oldest goes when too many come
    }
}

void BlackBoxKeeper::accept(std::span<const MetricSample> samples)
{
    const std::lock_guard lock(m_boxMutex);
    if (m_box) {
        m_box->accept(samples);
    }
}

void BlackBoxKeeper::save(std::string cause, std::string detail, Saved done)
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_ending && m_requests.size() < kMostRequests) {
            m_requests.push_back({std::move(cause), std::move(detail), std::move(done)});
            m_changed.notify_all();
            return;
        }
    }
    done(Error{ErrorCode::overloaded,
               "too many black boxes are being saved",
               {},
               "Wait until those are written."});
}

BlackBoxStatus BlackBoxKeeper::status() const
{
    const std::lock_guard lock(m_mutex);
    return m_status;
}

void BlackBoxKeeper::keepFilling()
{
    makeBox();
    std::unique_lock lock(m_mutex);
    while (!m_ending) {
        m_changed.wait_for(lock, kFlush, [this] { return m_ending; });
        lock.unlock();
        fill();
        lock.lock();
    }
}

void BlackBoxKeeper::keepSaving()
{
    collect();
    std::unique_lock lock(m_mutex);
    for (;;) {
        m_changed.wait(lock, [this] { return m_made && (m_ending || !m_requests.empty()); });
        auto requests = std::exchange(m_requests, {});
        const bool ending = m_ending;
        lock.unlock();
        for (auto& request : requests) {
            answer(std::move(request));
        }
        lock.lock();
        if (ending && m_requests.empty()) {
            return;
        }
    }
}

void BlackBoxKeeper::makeBox()
{
    const auto name = fmt::format("{}-{:016x}{}", getpid(), m_run.origin, kBoxSuffix);
    auto made = BlackBox::create({m_settings.boxes / name, m_settings.bytes, m_run});
    if (!made) {
        m_core.logger.warn("{}", made.error().text());
    }
    const std::scoped_lock lock(m_boxMutex, m_mutex);
    if (made) {
        m_box = *std::move(made);
        m_status.file = m_box->file();
    } else {
        m_status.problem = made.error().text();
    }
    m_made = true;
    m_changed.notify_all();
}

void BlackBoxKeeper::collect()
{
    auto left = collectBlackBoxes(m_settings.boxes, m_settings.bundles, [this] {
        const std::lock_guard lock(m_mutex);
        return !m_ending;
    });
    for (const auto& failure : left.failures) {
        m_core.logger.warn("{}", failure.text());
    }
    for (const auto& bundle : left.bundles) {
        noteSaved(toSaved(bundle, std::string(bundle.box.ending()), crashText(bundle.box)));
    }
}

void BlackBoxKeeper::fill()
{
    if (m_box) {
        fillUrgent();
        fillRoutine();
        const std::lock_guard lock(m_mutex);
        m_status.leftOut = m_box->leftOut();
    }
}

void BlackBoxKeeper::fillUrgent()
{
    auto events = m_urgent.take();
    for (const EventPtr& event : events) {
        m_box->add(*event, BlackBox::Share::urgent);
    }
    for (const EventPtr& event : events) {
        alert(*event);
    }
    m_urgent.giveBack(std::move(events));
}

void BlackBoxKeeper::fillRoutine()
{
    const auto published = m_core.publisher->published();
    if (published == std::exchange(m_published, published)) {
        return;
    }
    EventHistoryQuery all;
    all.limit = 0;
    const auto events = m_core.bus->history(all);
    std::vector<EventId> seen;
    seen.reserve(events.size());
    auto before = m_lastSeen.cbegin();
    for (const EventPtr& event : events) {
        seen.push_back(event->id);
        before = std::lower_bound(before, m_lastSeen.cend(), event->id);
        const bool again = before != m_lastSeen.cend() && *before == event->id;
        if (!again && !event->replayed && !isUrgent(event->info())) {
            m_box->add(*event, BlackBox::Share::routine);
        }
    }
    m_lastSeen = std::move(seen);
}

void BlackBoxKeeper::alert(const Event& event)
{
    auto what = alertOf(event);
    const auto now = m_core.clock->now();
    if (what.empty() || m_alerts == kMostAlerts ||
        (m_alertedAt && now - *m_alertedAt < kBetweenAlerts)) {
        return;
    }
    m_alertedAt = now;
    ++m_alerts;
    save("alert", std::move(what), [](const Result<BlackBoxBundle>&) {});
}

void BlackBoxKeeper::answer(Request request)
{
    if (!m_box) {
        request.done(Error{ErrorCode::unavailable, "there is no black box", {}, status().problem});
        return;
    }
    auto made = writeBundle(m_box->file(), freeBundle(m_settings.bundles, ownInfo(), request.cause),
                            request.cause, request.detail);
    if (made) {
        auto saved = toSaved(*made, request.cause, request.detail);
        saved.ownRun = true;
        noteSaved(std::move(saved));
        trimBundles(m_settings.bundles);
    } else {
        m_core.logger.warn("{}", made.error().text());
    }
    request.done(std::move(made));
}

BlackBoxInfo BlackBoxKeeper::ownInfo() const
{
    BlackBoxInfo box;
    box.run = m_run;
    box.process = static_cast<std::uint32_t>(getpid());
    return box;
}

void BlackBoxKeeper::noteSaved(SavedBlackBox saved)
{
    Fields fields{{"file", saved.file.string()},
                  {"cause", saved.cause},
                  {"events", static_cast<std::int64_t>(saved.events)}};
    if (!saved.detail.empty()) {
        fields.add("detail", saved.detail);
    }
    if (!saved.ownRun) {
        fields.add("workload", saved.workload);
    }
    m_core.publisher->publish(EventDraft{EventType::blackboxSaved, Component::engine, fields, {}});
    const std::lock_guard lock(m_mutex);
    m_status.saved.push_back(std::move(saved));
    if (m_status.saved.size() > kBundlesKept) {
        m_status.saved.erase(m_status.saved.begin());
    }
}

}  // namespace muster
