// SPDX-License-Identifier: Apache-2.0
#include "api/internal/change_trial.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/internal/command_handlers.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr std::string_view kServices = "services.";
constexpr std::string_view kLoadRate = "load.rate";
constexpr std::string_view kOff = "off";
constexpr Duration kLookEvery = std::chrono::milliseconds(100);
constexpr Duration kShortest = std::chrono::seconds(1);
constexpr Duration kLongest = std::chrono::hours(1);

[[nodiscard]] Error conflict(std::string message, std::string advice)
{
    return {ErrorCode::conflict, std::move(message), {}, std::move(advice)};
}

[[nodiscard]] Command changeOf(const Command& asked)
{
    const auto key = argument(asked, "key");
    const auto value = argument(asked, "value");
    Command change = key == kLoadRate ? makeCommand("load.rate", {{"rate", value}})
                                      : makeCommand("limits.set", {{"key", key}, {"value", value}});
    change.author = asked.author;
    return change;
}

[[nodiscard]] std::string serviceOf(const std::string& key)
{
    if (!key.starts_with(kServices)) {
        return {};
    }
    const auto rest = std::string_view(key).substr(kServices.size());
    return std::string(rest.substr(0, rest.find('.')));
}

}  // namespace

Result<CommandEffect> ChangeTrial::begin(CommandContext& context, const Command& command)
{
    if (m_trial) {
        return conflict(fmt::format("{} is on trial", m_trial->key),
                        "limits.keep or limits.revert ends that first.");
    }
    Trial trial;
    trial.key = argument(command, "key");
    trial.author = command.author;
    trial.service = serviceOf(trial.key);
    trial.begin = m_core.clock->now();
    const auto length = argument(command, "for");
    trial.length = length.empty() ? kStandard : parseDuration(length).valueOr(kStandard);
    if (trial.length < kShortest || trial.length > kLongest) {
        return Error{ErrorCode::outOfRange, "a trial takes from 1s to 1h", "limits.try", {}};
    }
    auto guard = guardOf(command, trial);
    if (!guard) {
        return guard.error();
    }
    trial.guard = *guard;
    const Command change = changeOf(command);
    const Value before = m_configuration.document();
    auto effect = carryOutNow(context, change);
    if (!effect) {
        return effect.error();
    }
    m_configuration.learn(change, *effect);
    trial.before = effect->before;
    trial.after = effect->after;
    trial.undo = effect->outcome.undo.value_or(change);
    trial.ended.push_back(endedNow(trial));
    m_configuration.beginTrial(before);
    trial.version = m_configuration.note("tried", command.author, command.text())
                        .value_or(m_configuration.version());
    publishBegin(trial);
    const auto summary = fmt::format("{} is {} on trial for {}", trial.key, trial.after,
                                     formatDuration(trial.length));
    {
        const std::lock_guard lock(m_mutex);
        m_trial = std::move(trial);
    }
    return CommandEffect{{summary, 1, makeCommand("limits.revert")}, effect->before, effect->after};
}

void ChangeTrial::publishBegin(const Trial& trial) const
{
    Fields fields{{"limit", trial.key},
                  {"before", trial.before},
                  {"after", trial.after},
                  {"author", trial.author},
                  {"for_ns", std::int64_t{trial.length.count()}},
                  {"version", trial.version}};
    const auto add = [&fields](std::string_view name, const std::optional<double>& most) {
        if (most) {
            fields.add(name, *most);
        }
    };
    add("error_rate", trial.guard.errorRate);
    add("rejections", trial.guard.rejections);
    add("p99_ns", trial.guard.p99);
    fields.add("pressure", trial.guard.pressure ? toString(*trial.guard.pressure) : kOff);
    m_core.publisher->publish(EventDraft{EventType::limitTried, Component::limits, fields, {}});
}

Result<CommandEffect> ChangeTrial::keep(const Command& command)
{
    if (!m_trial) {
        return conflict("nothing is on trial", "limits.try changes a limit on trial.");
    }
    const Trial trial = *m_trial;
    {
        const std::lock_guard lock(m_mutex);
        m_trial.reset();
    }
    m_configuration.endTrial();
    const auto version = m_configuration.note("kept", command.author, command.text())
                             .value_or(m_configuration.version());
    m_core.publisher->publish(EventType::limitKept, Component::limits,
                              {{"limit", trial.key},
                               {"before", trial.before},
                               {"after", trial.after},
                               {"author", command.author},
                               {"version", version}});
    return CommandEffect{{fmt::format("{} stays {}", trial.key, trial.after), 1, trial.undo},
                         trial.before,
                         trial.after};
}

Result<CommandEffect> ChangeTrial::revert(CommandContext& context, const Command& command)
{
    if (!m_trial) {
        return conflict("nothing is on trial", "limits.try changes a limit on trial.");
    }
    const Trial trial = *m_trial;
    if (auto done = takeBack(context, command.author, "operator", "by " + command.author); !done) {
        return done.error();
    }
    return CommandEffect{{fmt::format("{} is {} again", trial.key, trial.before), 1, std::nullopt},
                         trial.after,
                         trial.before};
}

Result<void> ChangeTrial::takeBack(CommandContext& context, const std::string& author,
                                   const std::string& cause, const std::string& detail)
{
    const Trial trial = *m_trial;
    {
        const std::lock_guard lock(m_mutex);
        m_trial.reset();  // whatever comes of it: it is tried once
    }
    m_configuration.endTrial();
    Command undo = trial.undo;
    undo.author = author;
    const auto effect = carryOutNow(context, undo);
    if (!effect) {
        m_core.logger.error("{} could not be taken back: {}", trial.key, effect.error().text());
        return effect.error();
    }
    m_configuration.learn(undo, *effect);
    const auto version =
        m_configuration.note("reverted", author, detail).value_or(m_configuration.version());
    m_core.publisher->publish(EventType::limitReverted, Component::limits,
                              {{"limit", trial.key},
                               {"before", trial.after},
                               {"after", trial.before},
                               {"cause", cause},
                               {"detail", detail},
                               {"author", author},
                               {"version", version}});
    return {};
}

Result<void> ChangeTrial::allows(const Command& command) const
{
    if (!m_trial) {
        return {};
    }
    const auto key = argument(command, "key");
    const auto& tried = m_trial->key;
    const bool same =
        command.name == "limits.set"
            ? key == tried || key.starts_with(tried + ".") || tried.starts_with(key + ".")
            : tried == kLoadRate && command.name.starts_with("load.");
    const bool restores = command.name == "config.rollback";
    return same || restores ? conflict(fmt::format("{} is on trial", tried),
                                       "limits.keep or limits.revert ends that first.")
                            : Result<void>();
}

void ChangeTrial::beat(CommandContext& context)
{
    const MonoTime now = m_core.clock->now();
    if (!m_trial || now - m_looked < kLookEvery) {
        return;
    }
    m_looked = now;
    const Ended ended = endedNow(*m_trial);
    {
        const std::lock_guard lock(m_mutex);
        m_trial->ended.push_back(ended);
        while (now - m_trial->ended.front().at > kWindow) {
            m_trial->ended.pop_front();
        }
    }
    auto [cause, detail] = breachOf(*m_trial);
    if (cause.empty() && now - m_trial->begin >= m_trial->length) {
        cause = "timeout";
        detail = fmt::format("nobody kept it within {}", formatDuration(m_trial->length));
    }
    if (!cause.empty()) {
        static_cast<void>(takeBack(context, "guard", cause, detail).ok());  // it has been logged
    }
}

void ChangeTrial::end(CommandContext& context)
{
    if (m_trial) {
        static_cast<void>(
            takeBack(context, "muster", "ended", "the run ended before it was kept").ok());
    }
}

}  // namespace muster
