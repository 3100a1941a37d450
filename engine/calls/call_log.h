// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protection/circuit_breaker.h"

namespace muster {

/// A run of entries of one state machine's log, packed; can be read by itself.
struct CallLogBlock {
    MonoTime begin;             ///< steady time of the machine that its entries count from
    std::uint64_t asked = 0;    ///< questions logged before it
    std::uint64_t entries = 0;  ///< in it
    std::uint64_t lost = 0;     ///< entries before it that found no room: a replay ends there
    std::string data;

    friend bool operator==(const CallLogBlock&, const CallLogBlock&) = default;
};

/// What a state machine was told.
struct CallLogEntry {
    enum class Kind : std::uint8_t {
        ask,     ///< for a permit, or for a token
        begin,   ///< a call that had waited since it asked
        report,  ///< its outcome
        cancel,  ///< a token given back
        move,    ///< by the operator
        reset,
        change,  ///< of the settings; to what stands in limit.changed
        start,   ///< of a new machine with the settings of then: those before it have ended
    };

    Kind kind = Kind::ask;
    MonoTime at;               ///< steady time of the machine
    std::uint64_t number = 0;  ///< of the question that it is about, from 1
    bool admitted = false;     ///< if it asked
    CallOutcome outcome;       ///< if it reported
    BreakerState state{};      ///< if it moved
    Duration longest{};        ///< that it would have waited for a token, or a limiter's key

    friend bool operator==(const CallLogEntry& a, const CallLogEntry& b) noexcept
    {
        return a.kind == b.kind && a.at == b.at && a.number == b.number &&
               a.admitted == b.admitted && a.outcome.end == b.outcome.end &&
               a.outcome.failure == b.outcome.failure && a.state == b.state &&
               a.longest == b.longest;
    }
};

/// Everything that a state machine was told, in the order it was told, at some bytes an entry:
/// told again, a machine with the same settings makes the same moves. Entries wait in blocks for
/// take(); what finds no room is lost and counted.
/// Thread safety: one thread at a time; kept beside its machine, under the same guard.
class CallLog {
public:
    static constexpr std::size_t kBlockBytes = 8192;
    static constexpr std::size_t kMostBlocks = 64;

    /// Its number is the next one; of the others as given.
    std::uint64_t add(CallLogEntry entry);
    /// Blocks that are full, or all there is.
    [[nodiscard]] std::vector<CallLogBlock> take(bool all);

private:
    [[nodiscard]] bool makeRoom(MonoTime at);

    CallLogBlock m_open;
    MonoTime m_last;
    std::uint64_t m_asked = 0;
    std::uint64_t m_lost = 0;
    std::vector<CallLogBlock> m_full;
};

/// The entries of a block; empty if it is damaged.
[[nodiscard]] std::optional<std::vector<CallLogEntry>> unpack(const CallLogBlock& block);

}  // namespace muster
