// SPDX-License-Identifier: Apache-2.0
#include "api/replay.h"

#include <fmt/format.h>
#include <poll.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "api/engine.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"
#include "musterctl/standard_input.h"
#include "musterctl/stop_signals.h"
#include "musterctl/wake_up.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr int kPollMilliseconds = 200;

void print(Output& output, const EventRow& row, Format format)
{
    if (format == Format::jsonl) {
        output.line(Json{{"time", toString(row.at)},
                         {"type", row.type},
                         {"source", row.source},
                         {"data", Json::parse(row.data, nullptr, false)},
                         {"replayed", true},
                         {"of", toString(row.cause)}}
                        .dump());
    } else {
        output.line(
            fmt::format("{}  {:<24} {:<20} {}", toString(row.at), row.type, row.source, row.data));
    }
}

void printEnd(Output& output, const ReplayProgress& end, Format format)
{
    if (format == Format::jsonl) {
        output.line(Json{
            {"state", toString(end.state)},
            {"run", end.run.value},
            {"from", toString(end.range.from)},
            {"to", toString(end.range.to)},
            {"played", end.played},
            {"hash",
             end.hash}}.dump());
    } else {
        fmt::print(stderr, "{}: {} events of run {}, {} to {}; hash {}\n", toString(end.state),
                   count(end.played), end.run.value, toString(end.range.from),
                   toString(end.position), end.hash);
    }
}

/// "step 3", "pause", "resume", "speed 10", "stop"; nothing: the next one.
[[nodiscard]] std::optional<std::string> carryOut(ReplayControl& control, std::string_view line)
{
    const auto space = std::min(line.find(' '), line.size());
    const auto verb = line.substr(0, space);
    const auto rest = line.substr(std::min(line.size(), space + 1));
    if (verb.empty() || verb == "step") {
        std::uint64_t steps = 1;
        const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), steps);
        if (!rest.empty() && (problem != std::errc{} || end != rest.data() + rest.size())) {
            return fmt::format("expected step N, found \"{}\"", line);
        }
        control.step(steps);
    } else if (verb == "pause") {
        control.pause();
    } else if (verb == "resume") {
        control.resume();
    } else if (verb == "stop") {
        control.cancel();
    } else if (verb == "speed") {
        const auto speed = parseReplaySpeed(rest);
        if (!speed) {
            return speed.error().text();
        }
        control.setSpeed(*speed);
        control.resume();
    } else {
        return fmt::format("expected step, pause, resume, speed or stop, found \"{}\"", line);
    }
    return std::nullopt;
}

/// Signals and lines in, until it is over.
void steer(ReplayControl& control, StopSignals& signals, const WakeUp& changed)
{
    StandardInput input(StandardInput::Empty::kept);
    while (!control.progress().over()) {
        std::array<pollfd, 3> polled{{{changed.descriptor(), POLLIN, 0},
                                      {signals.descriptor(), POLLIN, 0},
                                      {input.descriptor(), POLLIN, 0}}};
        poll(polled.data(), polled.size(), kPollMilliseconds);
        changed.clear();
        if (signals.take().stops > 0) {
            control.cancel();
        }
        if (polled[2].revents != 0) {
            for (const auto& line : input.take()) {
                if (const auto wrong = carryOut(control, line)) {
                    fmt::print(stderr, "musterctl: {}\n", *wrong);
                }
            }
        }
        if (input.descriptor() < 0 && control.progress().state == ReplayState::paused &&
            !control.pending()) {
            control.cancel();  // nobody can ask for the next one any more
        }
    }
}

}  // namespace

int replay(const ReplayArguments& arguments)
{
    EngineOptions options;
    options.replay = arguments.query;
    options.replay->file = arguments.side.side.file;
    options.replay->run = arguments.side.side.run;
    if (arguments.from) {
        options.replay->from = arguments.from->at;
        options.replay->fromStart = arguments.from->after;
    }
    if (arguments.to) {
        options.replay->to = arguments.to->at;
        options.replay->toStart = arguments.to->after;
    }
    options.workloadFile = arguments.workload;
    StopSignals signals;  // before the engine's threads, which inherit the mask
    WakeUp changed;
    Output output;
    const auto control = std::make_shared<ReplayControl>(*options.replay);
    const bool hurried = options.replay->speed == ReplayPace::kAtOnce && !options.replay->paused;
    control->onEvent([&](const EventRow& row) {
        print(output, row, arguments.format);
        if (!hurried) {
            output.flush();
        }
        if (output.closed() || output.failed()) {
            control->cancel();
        }
    });
    control->onChange([&changed] { changed.wake(); });
    options.replayControl = control;
    const auto engine = Engine::start(options);
    if (!engine) {
        complain(engine.error());
        return exitCodeOf(engine.error());
    }
    steer(*control, signals, changed);
    (void)(*engine)->wait();
    const ReplayProgress end = control->progress();
    printEnd(output, end, arguments.format);
    if (end.failure) {
        complain(*end.failure);
        return kExitFailed;
    }
    return finish(output);
}

}  // namespace muster::ctl
