// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "telemetry/histogram.h"

namespace muster::bench {

/// What one run of a row came to.
struct Outcome {
    std::uint64_t ops = 0;
    Duration total{};                    ///< for all of them
    Histogram spans;                     ///< picoseconds an operation, one sample for each span
    std::uint64_t opsPerSpan = 1;        ///< operations between two looks at the clock
    std::optional<double> bytes;         ///< an operation's, or an agent's
    std::map<std::string, double> more;  ///< what else the row tells, by name with its unit

    [[nodiscard]] double nanoseconds() const noexcept
    {
        return ops == 0 ? 0 : static_cast<double>(total.count()) / static_cast<double>(ops);
    }
};

/// One named operation, performed literally through the public interface.
struct Row {
    std::string name;       ///< as the goals name it; variants after a slash
    std::string operation;  ///< what one operation is
    double goal = 0;        ///< nanoseconds an operation, at most; 0: the goal is in `more`
    std::uint64_t ops = 0;
    std::uint64_t quickOps = 0;
    std::function<Outcome(std::uint64_t ops)> run;
};

/// Times a loop in spans: one look at the clock for each, so that looking costs little.
/// Thread safety: one thread at a time.
class Spans {
public:
    explicit Spans(std::uint64_t opsPerSpan)
        : m_clock(systemClock()), m_opsPerSpan(opsPerSpan), m_begin(m_clock->now()), m_last(m_begin)
    {
    }

    /// After each operation.
    void count()
    {
        if (++m_ops % m_opsPerSpan == 0) {
            const MonoTime now = m_clock->now();
            m_histogram.record(static_cast<std::uint64_t>((now - m_last).count()) * 1000 /
                               m_opsPerSpan);
            m_last = now;
        }
    }
    /// Now is the end of all that was counted.
    [[nodiscard]] Outcome outcome() const
    {
        Outcome outcome;
        outcome.ops = m_ops;
        outcome.total = m_clock->now() - m_begin;
        outcome.spans = m_histogram;
        outcome.opsPerSpan = m_opsPerSpan;
        return outcome;
    }

private:
    std::shared_ptr<Clock> m_clock;
    std::uint64_t m_opsPerSpan;
    std::uint64_t m_ops = 0;
    MonoTime m_begin;
    MonoTime m_last;
    Histogram m_histogram;
};

/// Bytes of this process that are in memory.
[[nodiscard]] double residentBytes();

/// Each family adds its own.
void addAgentRows(std::vector<Row>& rows);
void addMessageRows(std::vector<Row>& rows);
void addDirectoryRows(std::vector<Row>& rows);
void addEventRows(std::vector<Row>& rows);
void addBatchRows(std::vector<Row>& rows);
void addEngineRows(std::vector<Row>& rows);
void addProtectionRows(std::vector<Row>& rows);
void addRecoveryRows(std::vector<Row>& rows);
void addFairnessRows(std::vector<Row>& rows);
void addExportRows(std::vector<Row>& rows);
void addStoreRows(std::vector<Row>& rows);
void addQueueRows(std::vector<Row>& rows);

}  // namespace muster::bench
