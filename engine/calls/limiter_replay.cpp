// SPDX-License-Identifier: Apache-2.0
#include "calls/limiter_replay.h"

#include <optional>
#include <unordered_map>

namespace muster {
namespace {

const KeyedLimiterSettings* keyedOf(const LimiterSettings& settings)
{
    return std::get_if<KeyedLimiterSettings>(&settings.kind);
}

/// Whether a log of the one tells what the other would be asked.
bool tellsOf(const LimiterSettings& had, const LimiterSettings& proposed)
{
    const auto* was = keyedOf(had);
    const auto* is = keyedOf(proposed);
    return (was == nullptr) == (is == nullptr) && (was == nullptr || was->by == is->by);
}

class Replay {
public:
    explicit Replay(const ReplayPlan<LimiterSettings>& plan) : m_plan(plan), m_settings(plan) {}

    [[nodiscard]] std::string take(const CallLogEntry& entry)
    {
        using Kind = CallLogEntry::Kind;
        if (entry.kind == Kind::start) {
            if (m_limiter) {
                m_settings.next();
            }
            static_cast<void>(m_settings.switches(entry.at));
            return start(entry.at);
        }
        if (!m_limiter) {
            std::string why = m_plan.cut ? start(entry.at) : "its beginning is not in the log";
            if (!why.empty()) {
                return why;
            }
        }
        if (m_settings.switches(entry.at)) {
            if (std::string why = change(entry.at); !why.empty()) {
                return why;
            }
        }
        if (entry.kind == Kind::change) {
            m_settings.next();
            return change(entry.at);
        }
        if (entry.kind == Kind::ask) {
            ask(entry);
        } else if (entry.kind == Kind::cancel) {
            if (const auto taken = m_open.extract(entry.number)) {
                m_limiter->cancel(taken.mapped().taken, entry.at);
            }
        }
        return {};
    }
    [[nodiscard]] LimiterReplay result() { return std::move(m_result); }
    [[nodiscard]] const std::optional<Error>& error() const { return m_error; }

private:
    struct Open {
        Reservation taken;
        MonoTime since;
    };

    [[nodiscard]] std::string start(MonoTime at)
    {
        const LimiterSettings* settings = m_settings.current();
        if (settings == nullptr) {
            return kUnknown;
        }
        auto made = ServiceLimiter::create(*settings, at, false);
        if (!made.ok()) {
            m_error = made.error();
            return made.error().text();
        }
        m_limiter.emplace(std::move(made).value());
        m_open.clear();
        return {};
    }
    [[nodiscard]] std::string change(MonoTime at)
    {
        const LimiterSettings* settings = m_settings.current();
        if (settings == nullptr) {
            return kUnknown;
        }
        const auto changed = m_limiter->change(*settings, at);
        if (!changed.ok()) {
            m_error = changed.error();
            return changed.error().text();
        }
        return {};
    }
    void ask(const CallLogEntry& entry)
    {
        const Reservation taken = m_limiter->take(entry.longest, entry.at);
        if (taken.granted && taken.wait > Duration{}) {
            m_open.emplace(entry.number, Open{taken, entry.at});  // may be cancelled while it waits
            forgetPast(entry.at);
        }
        if (!m_settings.counts(entry.at)) {
            return;
        }
        ++m_result.calls;
        m_result.wasAdmitted += entry.admitted ? 1 : 0;
        const bool compared = entry.at >= m_plan.compared;
        m_result.otherwise += compared && entry.admitted != taken.granted ? 1 : 0;
        ++(taken.granted ? m_result.admitted : m_result.rejected);
        if (taken.granted) {
            m_result.waited += taken.wait;
        }
        if (m_plan.asked) {
            m_plan.asked(entry.at, taken.granted, entry.admitted);
        }
    }

    /// Those who have their token cannot give it back any more.
    void forgetPast(MonoTime at)
    {
        constexpr std::size_t kMostOpen = 65'536;
        if (m_open.size() < kMostOpen * 2 || at < m_nextForget) {
            return;
        }
        m_nextForget = saturatingAdd(at, std::chrono::seconds(1));
        std::erase_if(m_open, [at](const auto& open) {
            return saturatingAdd(open.second.since, open.second.taken.wait) < at;
        });
    }

    static constexpr const char* kUnknown = "its settings were changed, to what is not known";

    const ReplayPlan<LimiterSettings>& m_plan;
    ReplaySettings<LimiterSettings> m_settings;
    std::optional<ServiceLimiter> m_limiter;
    std::unordered_map<std::uint64_t, Open> m_open;
    MonoTime m_nextForget;
    LimiterReplay m_result;
    std::optional<Error> m_error;
};

}  // namespace

Result<LimiterReplay> replayLimiter(const ReplayPlan<LimiterSettings>& plan)
{
    for (std::size_t i = 0; i < plan.proposed.size() && i < plan.had.size(); ++i) {
        if (!tellsOf(plan.had[i], plan.proposed[i])) {
            return Error{
                ErrorCode::unavailable,
                "the log does not tell which caller each call was of, or for how long it "
                "would have waited",
                "limiter.kind",
                "Propose a limiter of the same sort: one for all, or one for each caller."};
        }
    }
    Replay replay(plan);
    std::string ended = tellAgain(plan.log, plan.cut, replay);
    if (replay.error()) {
        return *replay.error();
    }
    LimiterReplay result = replay.result();
    result.ended = std::move(ended);
    return result;
}

}  // namespace muster
