// SPDX-License-Identifier: Apache-2.0
// What guards a change on trial: where its thresholds come from, and how near they are.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/internal/change_trial.h"
#include "api/internal/command_handlers.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr std::string_view kOff = "off";

// Where the operator names no guard: so much worse than it was as the trial began.
constexpr double kMoreErrors = 0.10;
constexpr double kSlower = 2;
constexpr double kSlack = 50e6;  // of a latency, in nanoseconds

constexpr std::array kLevels{Pressure::elevated, Pressure::severe, Pressure::critical};

[[nodiscard]] std::string percent(double share)
{
    return fmt::format("{:.3g} %", share * 100);
}

[[nodiscard]] std::string time(double nanoseconds)
{
    return fmt::format("{:.3g} ms", nanoseconds / 1e6);
}

/// An operator's threshold: none of it, or as it is parsed.
template <class Parse>
[[nodiscard]] Result<void> take(const Command& command, std::string_view name, Parse parse,
                                std::optional<double>& into)
{
    const auto text = argument(command, name);
    if (text.empty()) {
        return {};
    }
    if (text == kOff) {
        into.reset();
        return {};
    }
    const auto value = parse(text);
    if (!value) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("{}: {}", name, value.error().message),
                     "limits.try",
                     {}};
    }
    into = static_cast<double>(*value);
    return {};
}

}  // namespace

Result<TrialGuard> ChangeTrial::guardOf(const Command& command, const Trial& trial) const
{
    TrialGuard guard;
    const auto labels =
        trial.service.empty() ? std::string() : labelText({{"service", trial.service}});
    const auto rate = [&](std::string_view ofService, std::string_view ofActions) {
        const auto reading =
            m_core.sampler->value(trial.service.empty() ? ofActions : ofService, labels);
        return reading.known() ? reading.value : 0;
    };
    const double all = rate("calls.began.rate", "actions.completed.rate");
    const double failed = rate("calls.failed.rate", "actions.failed.rate");
    guard.errorRate = std::min(1.0, kMoreErrors + (all > 0 ? std::min(1.0, failed / all) : 0));
    if (const auto p99 = p99Of(trial); p99.known()) {
        guard.p99 = std::max(p99.value + kSlack, p99.value * kSlower);
    }
    const Pressure now = m_core.admission.pressure();
    if (now != Pressure::critical) {
        guard.pressure = now == Pressure::severe ? Pressure::critical : Pressure::severe;
    }
    if (const auto level = argument(command, "pressure"); level == kOff) {
        guard.pressure.reset();
    } else if (!level.empty()) {
        guard.pressure = *std::ranges::find(kLevels, std::string_view(level),
                                            [](Pressure each) { return toString(each); });
    }
    const auto length = [](std::string_view text) -> Result<double> {
        const auto read = parseDuration(text);
        return read ? Result<double>(static_cast<double>(read->count())) : read.error();
    };
    for (const auto& taken : {take(command, "error_rate", parseShare, guard.errorRate),
                              take(command, "rejections", parseShare, guard.rejections),
                              take(command, "p99", length, guard.p99)}) {
        if (!taken) {
            return taken.error();
        }
    }
    return guard;
}

ChangeTrial::Ended ChangeTrial::endedNow(const Trial& trial) const
{
    Ended ended{.at = m_core.clock->now()};
    if (m_run != nullptr && !trial.service.empty()) {
        if (const auto service = m_run->services().service(trial.service)) {
            const ServiceView view = (*service)->view();
            // What the breaker keeps off is a failure of the service, not a limit that holds.
            const auto& kept = view.stages[static_cast<std::size_t>(CallStage::breaker)];
            const auto broken = std::min(kept.rejected, view.rejected);
            ended.good = view.succeeded;
            ended.failed = view.failed + broken;
            ended.rejected = view.rejected - broken;
        }
        return ended;
    }
    const auto total = [this](std::string_view metric) {
        const auto reading = m_core.sampler->value(metric);
        return reading.known() ? static_cast<std::uint64_t>(reading.value) : 0;
    };
    ended.good = total("actions.ok");
    ended.failed = total("actions.failed");
    return ended;
}

Reading ChangeTrial::p99Of(const Trial& trial) const
{
    return trial.service.empty()
               ? m_core.sampler->latency("actions.latency").p99
               : m_core.sampler->latency("calls.latency", labelText({{"service", trial.service}}))
                     .p99;
}

ChangeTrial::Shares ChangeTrial::sharesOf(const Trial& trial)
{
    const Ended& first = trial.ended.front();
    const Ended& last = trial.ended.back();
    const auto good = static_cast<double>(last.good - std::min(first.good, last.good));
    const auto failed = static_cast<double>(last.failed - std::min(first.failed, last.failed));
    const auto rejected =
        static_cast<double>(last.rejected - std::min(first.rejected, last.rejected));
    const auto share = [](double part, double of) {
        return of >= static_cast<double>(kFewest) ? std::optional(part / of) : std::nullopt;
    };
    return {share(failed, good + failed), share(rejected, good + failed + rejected)};
}

std::pair<std::string, std::string> ChangeTrial::breachOf(const Trial& trial) const
{
    const TrialGuard& guard = trial.guard;
    const Shares shares = sharesOf(trial);
    if (guard.errorRate && shares.errors && *shares.errors > *guard.errorRate) {
        return {"error_rate", fmt::format("error rate {} over {}", percent(*shares.errors),
                                          percent(*guard.errorRate))};
    }
    if (guard.rejections && shares.rejections && *shares.rejections > *guard.rejections) {
        return {"rejections", fmt::format("rejections {} over {}", percent(*shares.rejections),
                                          percent(*guard.rejections))};
    }
    if (const auto p99 = p99Of(trial); guard.p99 && p99.known() && p99.value > *guard.p99) {
        return {"p99", fmt::format("p99 {} over {}", time(p99.value), time(*guard.p99))};
    }
    if (const Pressure now = m_core.admission.pressure();
        guard.pressure && now >= *guard.pressure) {
        return {"pressure", fmt::format("pressure {}", toString(now))};
    }
    return {};
}

std::optional<TrialStatus> ChangeTrial::status() const
{
    const std::lock_guard lock(m_mutex);
    if (!m_trial) {
        return std::nullopt;
    }
    const Trial& trial = *m_trial;
    TrialStatus status;
    status.key = trial.key;
    status.before = trial.before;
    status.after = trial.after;
    status.author = trial.author;
    status.version = trial.version;
    status.length = trial.length;
    status.left = std::max(Duration{}, trial.length - (m_core.clock->now() - trial.begin));
    const auto add = [&status](const char* name, const std::optional<double>& most,
                               const std::optional<double>& now, auto text, const char* unknown) {
        if (most) {
            status.guards.push_back({name, text(*most), now ? text(*now) : std::string(unknown),
                                     now && *most > 0 ? *now / *most : 0, now.has_value()});
        }
    };
    const Shares shares = sharesOf(trial);
    add("error rate", trial.guard.errorRate, shares.errors, percent, "too few calls yet");
    add("rejections", trial.guard.rejections, shares.rejections, percent, "too few calls yet");
    const auto p99 = p99Of(trial);
    add("p99", trial.guard.p99, p99.known() ? std::optional(p99.value) : std::nullopt, time,
        "no call has ended yet");
    if (trial.guard.pressure) {
        const Pressure now = m_core.admission.pressure();
        status.guards.push_back(
            {"pressure", "below " + std::string(toString(*trial.guard.pressure)),
             std::string(toString(now)),
             static_cast<double>(now) / static_cast<double>(*trial.guard.pressure), true});
    }
    return status;
}

}  // namespace muster
