// SPDX-License-Identifier: Apache-2.0
#include "api/internal/what_if.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <type_traits>

#include "api/internal/service_recording.h"
#include "calls/breaker_replay.h"
#include "calls/limiter_replay.h"

namespace muster {

namespace {

constexpr std::string_view kLimiter = "limiter";
constexpr std::string_view kBreaker = "breaker";
constexpr std::uint32_t kMostSpans = 10'000;

/// When the first and the last thing happened that the logs tell of.
[[nodiscard]] std::pair<MonoTime, MonoTime> extentOf(const ServiceRecording& recording)
{
    std::pair extent{MonoTime{std::numeric_limits<std::int64_t>::max()},
                     MonoTime{std::numeric_limits<std::int64_t>::min()}};
    for (const bool ofBreaker : {false, true}) {
        const auto& log = recording.log(ofBreaker);
        if (log.empty()) {
            continue;
        }
        extent.first = std::min(extent.first, log.front().begin);
        const auto last = unpack(log.back());
        const MonoTime end = last && !last->empty() ? last->back().at : log.back().begin;
        extent.second = std::max(extent.second, end);
    }
    return extent;
}

/// Counts the calls of one stage by spans of time, as they were and as they would have been.
class Counting {
public:
    Counting(const ServiceRecording& recording, const WhatIf& answer, std::size_t spans)
        : m_recording(recording), m_range(answer.range), m_span(answer.span), m_begin(answer.begin)
    {
        for (std::size_t i = 0; i < spans; ++i) {
            const auto at = m_span.count() * static_cast<std::int64_t>(i);
            stage.spans.push_back({.at = {m_range.from.nanoseconds + at}});
        }
    }

    void asked(MonoTime at, bool admitted, bool wasAdmitted)
    {
        const std::int64_t after = m_recording.wallOf(at).nanoseconds - m_range.from.nanoseconds;
        const auto place = static_cast<std::size_t>(std::max<std::int64_t>(0, after) /
                                                    std::max<std::int64_t>(1, m_span.count()));
        WhatIfSpan& span = stage.spans[std::min(place, stage.spans.size() - 1)];
        ++span.calls;
        span.recorded += wasAdmitted ? 0 : 1;
        span.proposed += admitted ? 0 : 1;
        ++stage.calls;
        ++(wasAdmitted ? stage.recorded.admitted : stage.recorded.rejected);
        ++(admitted ? stage.proposed.admitted : stage.proposed.rejected);
        stage.unknown += admitted && !wasAdmitted ? 1 : 0;
    }
    void moves(const std::vector<BreakerReplay::Move>& made, WhatIfSide& side) const
    {
        for (const auto& [at, move] : made) {
            const WallTime wall = m_recording.wallOf(at);
            if (wall >= m_range.from && wall <= m_range.to) {
                side.moves.push_back({wall, Duration{wall.nanoseconds - m_begin.nanoseconds},
                                      std::string(toString(move.to)),
                                      std::string(toString(move.cause))});
            }
        }
    }

    WhatIfStage stage;

private:
    const ServiceRecording& m_recording;
    TimeRange m_range;
    Duration m_span;
    WallTime m_begin;
};

/// How long a limiter knows of what it admitted.
[[nodiscard]] Duration memoryOf(const LimiterSettings& settings)
{
    const auto fill = [](const Rate& rate, std::uint64_t burst) {
        const auto share = static_cast<double>(burst) /
                           static_cast<double>(std::max<std::uint64_t>(1, rate.permits));
        return Duration{
            static_cast<std::int64_t>(share * static_cast<double>(rate.period.count()))};
    };
    if (const auto* window = std::get_if<SlidingWindowSettings>(&settings.kind)) {
        return window->window * 2;
    }
    if (const auto* cycle = std::get_if<CycleLimiterSettings>(&settings.kind)) {
        return cycle->cycle * 2;
    }
    if (const auto* keyed = std::get_if<KeyedLimiterSettings>(&settings.kind)) {
        return fill(keyed->table.rate, keyed->table.burst);
    }
    return fill(settings.bucket().rate, settings.bucket().burst);
}

/// When a breaker's window holds nothing of before the log.
[[nodiscard]] MonoTime windowPast(std::span<const CallLogBlock> log, const BreakerWindow& window)
{
    if (window.kind == BreakerWindow::Kind::time) {
        return saturatingAdd(log.front().begin, window.length);
    }
    std::uint64_t reports = 0;
    for (const CallLogBlock& block : log) {
        const auto entries = unpack(block);
        for (const CallLogEntry& entry : entries ? *entries : std::vector<CallLogEntry>()) {
            reports += entry.kind == CallLogEntry::Kind::report ? 1 : 0;
            if (reports >= window.calls) {
                return entry.at;
            }
        }
    }
    return log.back().begin;
}

/// Where the stage's log begins, if that is not its beginning.
template <class Settings>
void tellOfCut(const ServiceRecording& recording, ReplayPlan<Settings>& plan, WhatIfStage& stage)
{
    if (!plan.cut) {
        return;
    }
    const MonoTime begin = plan.log.front().begin;
    if constexpr (std::is_same_v<Settings, BreakerSettings>) {
        plan.compared = windowPast(plan.log, plan.had.front().window);
    } else {
        plan.compared = saturatingAdd(begin, memoryOf(plan.had.front()));
    }
    stage.keptFrom = recording.wallOf(begin);
    stage.comparedFrom = recording.wallOf(plan.compared);
    stage.note = fmt::format(
        "the log is kept from {} on (retention); what was held before is not known, so that it is "
        "compared from {} on",
        toString(*stage.keptFrom), toString(*stage.comparedFrom));
}

template <class Settings>
struct Sides {
    std::vector<Settings> had;
    std::vector<Settings> proposed;
};

template <class Settings>
[[nodiscard]] Result<Sides<Settings>> sidesOf(const ServiceRecording& recording,
                                              std::optional<Settings> ServiceSettings::*stage,
                                              const WhatIfQuery& query)
{
    auto had = recording.settings(stage, {});
    auto proposed = recording.settings(stage, query.settings);
    if (!had || !proposed) {
        return had ? proposed.error() : had.error();
    }
    return Sides<Settings>{*std::move(had), *std::move(proposed)};
}

template <class Settings>
[[nodiscard]] ReplayPlan<Settings> planOf(const ServiceRecording& recording,
                                          const Sides<Settings>& sides, bool ofBreaker,
                                          const TimeRange& range, Counting& counting)
{
    return {.log = recording.log(ofBreaker),
            .cut = recording.isCut(ofBreaker),
            .had = sides.had,
            .proposed = sides.proposed,
            .from = recording.steadyOf(range.from),
            .to = recording.steadyOf(range.to),
            .asked = [&counting](MonoTime at, bool admitted, bool wasAdmitted) {
                counting.asked(at, admitted, wasAdmitted);
            }};
}

/// The time that the recorded and the replayed are compared in.
struct Compared {
    MonoTime from;
    MonoTime end;
};

void addNote(WhatIfStage& stage, const std::string& note)
{
    stage.note += (stage.note.empty() || note.empty() ? "" : "; ") + note;
}

/// Whether the breaker, told again as it was, made the moves that its events tell of. What they
/// tell of later than the log goes is not known: then `note` says so.
[[nodiscard]] bool tellsTheSame(const ServiceRecording& recording, const BreakerReplay& replay,
                                Compared compared, std::string& note)
{
    const auto moved = std::ranges::find_if(
        replay.moves, [&](const auto& move) { return move.at >= compared.from; });
    const auto told = std::ranges::find_if(recording.moves(), [&](const auto& event) {
        return compared.from.nanoseconds == std::numeric_limits<std::int64_t>::min() ||
               event.at >= recording.wallOf(compared.from);
    });
    const auto [made, of] =
        std::mismatch(moved, replay.moves.end(), told, recording.moves().end(),
                      [](const auto& move, const auto& event) {
                          return ServiceRecording::textOf(move.move) == event.text;
                      });
    if (made != replay.moves.end()) {
        return false;
    }
    if (of == recording.moves().end()) {
        return true;
    }
    if (note.empty() && recording.steadyOf(of->at) > compared.end) {
        note = "the run ended before its last calls were recorded";
    }
    return !note.empty();
}

[[nodiscard]] Result<WhatIfStage> askLimiter(const ServiceRecording& recording,
                                             const WhatIfQuery& query, const WhatIf& answer)
{
    const auto sides = sidesOf(recording, &ServiceSettings::limiter, query);
    if (!sides) {
        return sides.error();
    }
    Counting counting(recording, answer, query.spans);
    ReplayPlan<LimiterSettings> plan{
        .log = recording.log(false), .cut = recording.isCut(false), .had = sides->had};
    tellOfCut(recording, plan, counting.stage);
    const auto recorded = replayLimiter(plan);
    const auto proposed = replayLimiter(planOf(recording, *sides, false, answer.range, counting));
    if (!recorded || !proposed) {
        return recorded ? proposed.error() : recorded.error();
    }
    counting.stage.stage = kLimiter;
    counting.stage.reproduced = recorded->otherwise == 0;
    addNote(counting.stage, recorded->ended);
    return std::move(counting.stage);
}

[[nodiscard]] Result<WhatIfStage> askBreaker(const ServiceRecording& recording,
                                             const WhatIfQuery& query, const WhatIf& answer,
                                             MonoTime end)
{
    const auto sides = sidesOf(recording, &ServiceSettings::breaker, query);
    if (!sides) {
        return sides.error();
    }
    Counting counting(recording, answer, query.spans);
    ReplayPlan<BreakerSettings> plan{
        .log = recording.log(true), .cut = recording.isCut(true), .had = sides->had};
    tellOfCut(recording, plan, counting.stage);
    const auto recorded = replayBreaker(plan);
    const auto proposed = replayBreaker(planOf(recording, *sides, true, answer.range, counting));
    if (!recorded || !proposed) {
        return recorded ? proposed.error() : recorded.error();
    }
    counting.stage.stage = kBreaker;
    counting.moves(recorded->moves, counting.stage.recorded);
    counting.moves(proposed->moves, counting.stage.proposed);
    addNote(counting.stage, recorded->ended);
    std::string ended = recorded->ended;
    counting.stage.reproduced =
        tellsTheSame(recording, *recorded, {plan.compared, end}, ended) && recorded->otherwise == 0;
    if (recorded->ended.empty()) {
        addNote(counting.stage, ended);
    }
    return std::move(counting.stage);
}

[[nodiscard]] Result<RunId> runOf(SessionReader& reader, const std::optional<RunId>& asked)
{
    const auto info = reader.info();
    if (!info) {
        return info.error();
    }
    const auto found = std::ranges::find_if(info->runs, [&](const StoredRun& run) {
        return asked ? run.id == *asked : run.id == info->runs.back().id;
    });
    return found == info->runs.end()
               ? Result<RunId>(Error{ErrorCode::notFound,
                                     "the session has no such run",
                                     {},
                                     "musterctl export events names the runs."})
               : Result<RunId>(found->id);
}

/// A setting of a stage that was never asked anything would change nothing.
[[nodiscard]] Result<void> everyStageTells(const WhatIfQuery& query,
                                           const ServiceRecording& recording)
{
    for (const std::string& each : query.settings) {
        const std::string_view stage = std::string_view(each).substr(0, each.find_first_of(".="));
        const bool told = (stage == kLimiter && !recording.log(false).empty()) ||
                          (stage == kBreaker && !recording.log(true).empty());
        if (!told) {
            return Error{ErrorCode::notFound,
                         "no log tells what \"" + std::string(stage) + "\" was asked",
                         "services." + query.service,
                         "Ask about the limiter or the breaker, in a run in which the service has "
                         "one."};
        }
    }
    return {};
}

}  // namespace

Result<WhatIf> askWhatIf(SessionReader& reader, const WhatIfQuery& query)
{
    const auto run = runOf(reader, query.run);
    if (!run) {
        return run.error();
    }
    if (query.spans == 0 || query.spans > kMostSpans) {
        return Error{ErrorCode::outOfRange, "the spans are not 1 to 10,000", {}, {}};
    }
    ServiceRecording recording(reader, *run, query.service);
    if (auto done = recording.read(); !done) {
        return done.error();
    }
    if (auto told = everyStageTells(query, recording); !told) {
        return told.error();
    }
    const auto [first, last] = extentOf(recording);
    WhatIf answer;
    answer.run = *run;
    answer.service = query.service;
    answer.begin = recording.wallOf(first);
    answer.range = {answer.begin, recording.wallOf(last)};
    if (query.range) {
        answer.range.from = std::max(answer.range.from, query.range->from);
        answer.range.to = std::min(answer.range.to, query.range->to);
    }
    if (answer.range.from > answer.range.to) {
        return Error{ErrorCode::notFound,
                     "the service was not called in that time",
                     {},
                     fmt::format("Its calls are of {} to {}.", toString(answer.begin),
                                 toString(recording.wallOf(last)))};
    }
    const std::int64_t length = answer.range.to.nanoseconds - answer.range.from.nanoseconds;
    answer.span = Duration{length / query.spans + 1};
    if (!recording.log(false).empty()) {
        auto stage = askLimiter(recording, query, answer);
        if (!stage) {
            return stage.error();
        }
        answer.stages.push_back(*std::move(stage));
    }
    if (!recording.log(true).empty()) {
        auto stage = askBreaker(recording, query, answer, last);
        if (!stage) {
            return stage.error();
        }
        answer.stages.push_back(*std::move(stage));
    }
    return answer;
}

}  // namespace muster
