// SPDX-License-Identifier: Apache-2.0
#include "calls/breaker_replay.h"

#include <unordered_map>

namespace muster {
namespace {

class Replay {
public:
    /// The settings outlive it; the first are the breaker's.
    Replay(CircuitBreaker breaker, std::span<const BreakerSettings> settings)
        : m_breaker(std::move(breaker)), m_settings(settings.subspan(1))
    {
    }

    void take(const CallLogEntry& entry)
    {
        switch (entry.kind) {
            case CallLogEntry::Kind::ask:
                ask(entry);
                break;
            case CallLogEntry::Kind::begin:
                if (const auto permit = m_open.find(entry.number); permit != m_open.end()) {
                    if (!m_breaker.begin(permit->second, entry.at)) {
                        m_open.erase(permit);
                    }
                }
                break;
            case CallLogEntry::Kind::report:
                if (const auto permit = m_open.find(entry.number); permit != m_open.end()) {
                    note(entry.at, m_breaker.report(permit->second, entry.outcome, entry.at));
                    m_open.erase(permit);
                }
                break;
            case CallLogEntry::Kind::move:
                if (const auto moves = m_breaker.moveTo(entry.state, entry.at); moves.ok()) {
                    note(entry.at, *moves);
                }
                break;
            case CallLogEntry::Kind::reset:
                note(entry.at, m_breaker.reset(entry.at));
                break;
            case CallLogEntry::Kind::change:
                change(entry.at);
                break;
            case CallLogEntry::Kind::cancel:
                break;
        }
    }
    void end(std::string why) { m_result.ended = std::move(why); }
    [[nodiscard]] BreakerReplay result() { return std::move(m_result); }

private:
    void change(MonoTime at)
    {
        if (m_settings.empty()) {
            end("its settings were changed, to what is not known");
            return;
        }
        if (auto changed = m_breaker.change(m_settings.front(), at); !changed.ok()) {
            end(changed.error().text());
        }
        m_settings = m_settings.subspan(1);
    }
    void ask(const CallLogEntry& entry)
    {
        const BreakerAnswer answer = m_breaker.permit(entry.at);
        note(entry.at, answer.moves);
        ++m_result.calls;
        m_result.wasAdmitted += entry.admitted ? 1 : 0;
        ++(answer.admitted ? m_result.admitted : m_result.rejected);
        if (!answer.admitted) {
            return;
        }
        if (entry.admitted) {
            m_open.emplace(entry.number, answer.permit);
        } else {
            ++m_result.unknown;
            note(entry.at, m_breaker.report(answer.permit, CallOutcome::cancelled(), entry.at));
        }
    }
    void note(MonoTime at, const BreakerMoves& moves)
    {
        for (std::size_t i = 0; i < moves.size(); ++i) {
            m_result.moves.push_back({at, moves[i]});
        }
    }

    CircuitBreaker m_breaker;
    std::span<const BreakerSettings> m_settings;  // to come
    std::unordered_map<std::uint64_t, BreakerPermit> m_open;
    BreakerReplay m_result;
};

}  // namespace

Result<BreakerReplay> replayBreaker(std::span<const CallLogBlock> log,
                                    std::span<const BreakerSettings> settings)
{
    auto breaker = CircuitBreaker::create(settings.front());
    if (!breaker.ok()) {
        return breaker.error();
    }
    Replay replay(std::move(breaker).value(), settings);
    for (const CallLogBlock& block : log) {
        if (block.lost > 0) {
            replay.end("calls came faster than they could be recorded");
            break;
        }
        const auto entries = unpack(block);
        if (!entries) {
            replay.end("the log is damaged");
            break;
        }
        for (const CallLogEntry& entry : *entries) {
            replay.take(entry);
        }
    }
    return replay.result();
}

}  // namespace muster
