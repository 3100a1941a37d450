// SPDX-License-Identifier: Apache-2.0
#include "api/internal/recorded_action.h"

#include <algorithm>
#include <array>

#include "api/internal/stored_fields.h"

namespace muster {

namespace {

using Sample = RecordedCalls::Sample;

/// Those around a moment that one is drawn from.
constexpr std::size_t kNear = 32;

[[nodiscard]] ErrorCode codeOf(std::string_view text)
{
    for (int i = 0; i <= static_cast<int>(ErrorCode::internal); ++i) {
        if (toString(static_cast<ErrorCode>(i)) == text) {
            return static_cast<ErrorCode>(i);
        }
    }
    return ErrorCode::unavailable;
}

/// What an event tells of a failure is its code; the class goes with it.
[[nodiscard]] FailureClass classOf(ErrorCode code)
{
    switch (code) {
        case ErrorCode::timedOut:
            return FailureClass::timeout;
        case ErrorCode::unavailable:
        case ErrorCode::ioFailure:
            return FailureClass::network;
        case ErrorCode::overloaded:
            return FailureClass::rejected;
        default:
            return FailureClass::application;
    }
}

void keep(std::vector<Sample>& samples, std::uint64_t& every, std::uint64_t& seen, Sample sample)
{
    if (seen++ % every != 0) {
        return;
    }
    samples.push_back(sample);
    if (samples.size() >= RecordedCalls::kMostSamples) {
        for (std::size_t i = 0; i < samples.size() / 2; ++i) {
            samples[i] = samples[2 * i];
        }
        samples.resize(samples.size() / 2);
        every *= 2;
    }
}

[[nodiscard]] Result<void> readSamples(SessionReader& reader, RunId run, TimeRange range,
                                       const std::string& name, EventType type,
                                       std::vector<Sample>& samples)
{
    StoredEventQuery query;
    query.type = eventInfo(type).name;
    query.run = run;
    query.range = StoredRange{range.from, range.to};
    query.newestFirst = false;
    query.limit = 0;
    std::uint64_t every = 1;
    std::uint64_t seen = 0;
    const auto done = reader.visitEvents(query, [&](const StoredEvent& event) {
        const Fields data = fieldsOf(event.data);
        const auto action = data.view().find("action");
        const auto took = data.view().find("duration_ns");
        if (action && took && action->text() == name) {
            const auto code = data.view().find("error");
            const ErrorCode of = codeOf(code ? code->text() : std::string_view());
            keep(samples, every, seen,
                 {event.at - range.from, Duration{took->integer()}, classOf(of), of});
        }
        return true;
    });
    if (!done) {
        return done.error();
    }
    std::ranges::stable_sort(samples, {}, &Sample::at);
    return {};
}

[[nodiscard]] Result<void> readShares(SessionReader& reader, RunId run, TimeRange range,
                                      const std::string& name, RecordedCalls& calls)
{
    StoredMetricQuery query;
    query.metrics = {"actions.ok.rate", "actions.failed.rate"};
    query.range = {range.from, range.to};
    query.run = run;
    query.maxPoints = 2'000;
    const auto page = reader.metrics(query);
    if (!page) {
        return page.error();
    }
    std::array<const StoredMetricSeries*, 2> found{};
    for (const StoredMetricSeries& series : page->series) {
        if (series.labels == "action=" + name) {
            found[series.metric == query.metrics[0] ? 0 : 1] = &series;
        }
    }
    if (found[1] == nullptr) {
        return {};
    }
    for (const StoredMetricPoint& failed : found[1]->points) {
        double ok = 0;
        if (found[0] != nullptr) {
            const auto same =
                std::ranges::lower_bound(found[0]->points, failed.at, {}, &StoredMetricPoint::at);
            ok = same != found[0]->points.end() && same->at == failed.at ? same->value : 0;
        }
        if (failed.value + ok > 0) {
            calls.shares.push_back({failed.at - range.from, failed.value / (failed.value + ok)});
        }
    }
    return {};
}

/// One of those recorded at about that time.
[[nodiscard]] const Sample& drawn(const std::vector<Sample>& samples, Duration at, Rng& rng)
{
    const auto place = static_cast<std::size_t>(
        std::ranges::lower_bound(samples, at, {}, &Sample::at) - samples.begin());
    const std::size_t first = place > kNear / 2 ? place - kNear / 2 : 0;
    const std::size_t begin = std::min(first, samples.size() - std::min(samples.size(), kNear));
    const std::size_t end = std::min(samples.size(), begin + kNear);
    return samples[begin + rng.below(end - begin)];
}

class RecordedAction final : public Action {
public:
    RecordedAction(std::shared_ptr<const RecordedCalls> calls, std::shared_ptr<const Action> action)
        : m_calls(std::move(calls)), m_action(std::move(action))
    {
    }

    [[nodiscard]] ActionOutcome run(const ActionCall&) const override { return Fields{}; }

    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override
    {
        Rng rng = call.rng(seed);
        ActionPlan plan;
        plan.fail = fails(call, rng);
        const Sample& sample = drawn(plan.fail ? m_calls->failed : m_calls->ended, now(call), rng);
        plan.wait = sample.took;
        plan.failure = sample.failure;
        return plan;
    }

    [[nodiscard]] ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                        const Rng& seed) const override
    {
        if (!plan.fail) {
            ActionPlan well = m_action->plan(call, seed);
            well.fail = false;
            ActionOutcome made = m_action->outcome(call, well, seed);
            return std::holds_alternative<Fields>(made) ? std::move(made) : Fields{};
        }
        const auto same = std::ranges::find(m_calls->failed, plan.failure, &Sample::failure);
        const ErrorCode code = same != m_calls->failed.end() ? same->code : ErrorCode::unavailable;
        return ActionFailure{plan.failure, {code, "failed as it was recorded", "", ""}};
    }

private:
    /// A sandbox's time begins with what it plays.
    [[nodiscard]] static Duration now(const ActionCall& call) noexcept
    {
        return call.clock->now() - MonoTime{};
    }
    [[nodiscard]] bool fails(const ActionCall& call, Rng& rng) const
    {
        const double share = m_calls->shareAt(now(call));
        const bool fail = rng.uniform() < share;
        return (fail && !m_calls->failed.empty()) || m_calls->ended.empty();
    }

    std::shared_ptr<const RecordedCalls> m_calls;
    std::shared_ptr<const Action> m_action;
};

}  // namespace

double RecordedCalls::shareAt(Duration at) const noexcept
{
    // A sample tells of the time before it.
    const auto next = std::ranges::lower_bound(shares, at, {}, &Share::at);
    if (next != shares.end()) {
        return next->failed;
    }
    return shares.empty() ? 0 : shares.back().failed;
}

Result<std::shared_ptr<const RecordedCalls>> RecordedCalls::read(SessionReader& reader, RunId run,
                                                                 TimeRange range,
                                                                 const std::string& name)
{
    auto calls = std::make_shared<RecordedCalls>();
    auto done = readSamples(reader, run, range, name, EventType::actionCompleted, calls->ended);
    if (done) {
        done = readSamples(reader, run, range, name, EventType::actionFailed, calls->failed);
    }
    if (done) {
        done = readShares(reader, run, range, name, *calls);
    }
    if (!done) {
        return done.error();
    }
    if (calls->ended.empty() && calls->failed.empty()) {
        return std::shared_ptr<const RecordedCalls>();
    }
    return std::shared_ptr<const RecordedCalls>(std::move(calls));
}

std::shared_ptr<const Action> recordedAction(std::shared_ptr<const RecordedCalls> calls,
                                             std::shared_ptr<const Action> action)
{
    return std::make_shared<RecordedAction>(std::move(calls), std::move(action));
}

}  // namespace muster
