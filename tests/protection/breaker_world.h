// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "protection/circuit_breaker.h"
#include "protection/clock_walk.h"

namespace muster::tests {

/// A breaker with a clock: what it is told reads as a script.
class BreakerWorld {
public:
    explicit BreakerWorld(const BreakerSettings& settings, MonoTime now = {})
        : m_now(now), m_breaker(CircuitBreaker::create(settings).value())
    {
    }

    void pass(Duration time) { m_now = m_now + time; }
    [[nodiscard]] BreakerAnswer permit()
    {
        const BreakerAnswer answer = m_breaker.permit(m_now);
        note(answer.moves);
        return answer;
    }
    void report(const BreakerPermit& permit, CallOutcome outcome)
    {
        note(m_breaker.report(permit, outcome, m_now));
    }
    /// Calls that end at once; returns how many were admitted.
    int calls(int count, CallOutcome outcome)
    {
        int admitted = 0;
        for (int i = 0; i < count; ++i) {
            const BreakerAnswer answer = permit();
            if (answer.admitted) {
                ++admitted;
                report(answer.permit, outcome);
            }
        }
        return admitted;
    }
    int succeed(int count) { return calls(count, CallOutcome::success()); }
    int fail(int count, FailureClass failure = FailureClass::network)
    {
        return calls(count, CallOutcome::failed(failure));
    }
    /// A call that takes so long.
    void slowCall(Duration time, CallOutcome outcome = CallOutcome::success())
    {
        const BreakerAnswer answer = permit();
        pass(time);
        report(answer.permit, outcome);
    }
    void poll() { note(m_breaker.poll(m_now)); }
    bool moveTo(BreakerState state)
    {
        const auto moves = m_breaker.moveTo(state, m_now);
        if (moves.ok()) {
            note(*moves);
        }
        return moves.ok();
    }
    void reset() { note(m_breaker.reset(m_now)); }

    /// The moves since it was asked last: "open (failure_rate), half_open (wait_over)".
    [[nodiscard]] std::string moves()
    {
        std::string all;
        for (const BreakerMove& move : m_moves) {
            all += all.empty() ? "" : ", ";
            all += std::string(toString(move.to)) + " (" + std::string(toString(move.cause)) + ")";
        }
        m_moves.clear();
        return all;
    }
    [[nodiscard]] BreakerMove lastMove() const { return m_moves.back(); }
    [[nodiscard]] BreakerState state() const { return m_breaker.state(); }
    [[nodiscard]] BreakerView view() { return m_breaker.view(m_now); }
    [[nodiscard]] CircuitBreaker& breaker() { return m_breaker; }
    [[nodiscard]] MonoTime now() const { return m_now; }

private:
    void note(const BreakerMoves& moves)
    {
        for (std::size_t i = 0; i < moves.size(); ++i) {
            m_moves.push_back(moves[i]);
        }
    }

    MonoTime m_now;
    CircuitBreaker m_breaker;
    std::vector<BreakerMove> m_moves;
};

}  // namespace muster::tests
