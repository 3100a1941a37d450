// SPDX-License-Identifier: Apache-2.0
#include "calls/breaker_replay.h"

#include <unordered_map>

namespace muster {
namespace {

class Replay {
public:
    explicit Replay(const ReplayPlan<BreakerSettings>& plan) : m_plan(plan), m_settings(plan) {}

    [[nodiscard]] std::string take(const CallLogEntry& entry)
    {
        if (!m_breaker && entry.kind != CallLogEntry::Kind::start) {
            // A log of before there were starts.
            if (std::string why = start(entry.at); !why.empty()) {
                return why;
            }
        }
        if (m_settings.switches(entry.at) && m_breaker) {
            if (std::string why = change(entry.at); !why.empty()) {
                return why;
            }
        }
        return tell(entry);
    }
    [[nodiscard]] BreakerReplay result() { return std::move(m_result); }
    [[nodiscard]] std::optional<Error> error() const { return m_error; }

private:
    [[nodiscard]] std::string tell(const CallLogEntry& entry)
    {
        const auto permit = m_open.find(entry.number);
        switch (entry.kind) {
            case CallLogEntry::Kind::ask:
                ask(entry);
                break;
            case CallLogEntry::Kind::begin:
                if (permit != m_open.end() && !m_breaker->begin(permit->second, entry.at)) {
                    m_open.erase(permit);
                }
                break;
            case CallLogEntry::Kind::report:
                if (permit != m_open.end()) {
                    note(entry.at, m_breaker->report(permit->second, entry.outcome, entry.at));
                    m_open.erase(permit);
                }
                break;
            case CallLogEntry::Kind::move:
                if (const auto moves = m_breaker->moveTo(entry.state, entry.at); moves.ok()) {
                    note(entry.at, *moves);
                }
                break;
            case CallLogEntry::Kind::reset:
                note(entry.at, m_breaker->reset(entry.at));
                break;
            case CallLogEntry::Kind::change:
                m_settings.next();
                return change(entry.at);
            case CallLogEntry::Kind::start:
                if (m_breaker) {
                    m_settings.next();
                }
                return start(entry.at);
            case CallLogEntry::Kind::cancel:
                break;
        }
        return {};
    }
    [[nodiscard]] std::string start(MonoTime at)
    {
        static_cast<void>(m_settings.switches(at));
        const BreakerSettings* settings = m_settings.current();
        if (settings == nullptr) {
            return kUnknown;
        }
        auto made = CircuitBreaker::create(*settings);
        if (!made.ok()) {
            m_error = made.error();
            return made.error().text();
        }
        m_breaker = std::move(made).value();
        m_open.clear();
        return {};
    }
    [[nodiscard]] std::string change(MonoTime at)
    {
        const BreakerSettings* settings = m_settings.current();
        if (settings == nullptr) {
            return kUnknown;
        }
        const auto changed = m_breaker->change(*settings, at);
        if (!changed.ok()) {
            m_error = changed.error();
            return changed.error().text();
        }
        return {};
    }
    void ask(const CallLogEntry& entry)
    {
        const BreakerAnswer answer = m_breaker->permit(entry.at);
        note(entry.at, answer.moves);
        if (m_settings.counts(entry.at)) {
            ++m_result.calls;
            m_result.wasAdmitted += entry.admitted ? 1 : 0;
            const bool compared = entry.at >= m_plan.compared;
            m_result.otherwise += compared && answer.admitted != entry.admitted ? 1 : 0;
            ++(answer.admitted ? m_result.admitted : m_result.rejected);
            m_result.unknown += answer.admitted && !entry.admitted ? 1 : 0;
            if (m_plan.asked) {
                m_plan.asked(entry.at, answer.admitted, entry.admitted);
            }
        }
        if (!answer.admitted) {
            return;
        }
        if (entry.admitted) {
            m_open.emplace(entry.number, answer.permit);
        } else {
            note(entry.at, m_breaker->report(answer.permit, CallOutcome::cancelled(), entry.at));
        }
    }
    void note(MonoTime at, const BreakerMoves& moves)
    {
        for (std::size_t i = 0; i < moves.size() && m_settings.counts(at); ++i) {
            m_result.moves.push_back({at, moves[i]});
        }
    }

    static constexpr const char* kUnknown = "its settings were changed, to what is not known";

    const ReplayPlan<BreakerSettings>& m_plan;
    ReplaySettings<BreakerSettings> m_settings;
    std::optional<CircuitBreaker> m_breaker;
    std::unordered_map<std::uint64_t, BreakerPermit> m_open;
    BreakerReplay m_result;
    std::optional<Error> m_error;
};

}  // namespace

Result<BreakerReplay> replayBreaker(const ReplayPlan<BreakerSettings>& plan)
{
    Replay replay(plan);
    std::string ended = tellAgain(plan.log, plan.cut, replay);
    if (const auto error = replay.error()) {
        return *error;
    }
    BreakerReplay result = replay.result();
    result.ended = std::move(ended);
    return result;
}

}  // namespace muster
