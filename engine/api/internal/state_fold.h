// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "api/past_state.h"
#include "base/result.h"
#include "events/engine_state.h"
#include "storage/session_reader.h"

namespace muster {

/// The state of one run after some of its events.
struct FoldPoint {
    EngineState state;
    std::int64_t position = 0;  ///< of the last event that was looked at
    WallTime at;                ///< of the last event that is part of it
    std::uint64_t changes = 0;  ///< events that made it
    bool whole = true;          ///< it began with the run's first event
};

/// The hashes that an engine recorded of its state, and what was rebuilt where they were.
/// Thread safety: one thread at a time.
class StateProofs {
public:
    struct Proof {
        WallTime at;
        EventId last;  ///< the last event that is part of what was hashed
        std::string recorded;
        std::string rebuilt;  ///< empty: not rebuilt yet
    };

    /// Reads what was recorded since it was last asked. `goOn`: false cancels, and what was read
    /// by then is kept.
    [[nodiscard]] Result<void> refresh(SessionReader& reader, RunId run,
                                       const std::function<bool()>& goOn);
    /// After each event that was applied.
    void applied(const StoredEvent& event, const EngineState& state);
    /// The last that was recorded up to a moment; null: none was.
    [[nodiscard]] const Proof* before(WallTime at) const;

private:
    std::vector<Proof> m_proofs;                        // in the order of time
    std::map<std::uint64_t, std::size_t> m_bySequence;  // of their last events
    std::int64_t m_position = 0;
};

/// Folds the events of one run to any moment, forth and back. Of the way it keeps states to start
/// from, at most kMostBytes of them, the further apart the longer the run is.
/// Thread safety: one thread at a time.
class StateFold {
public:
    explicit StateFold(RunId run);

    /// The state at a moment. `goOn`: false cancels; what was folded by then is kept.
    [[nodiscard]] Result<const FoldPoint*> to(SessionReader& reader, WallTime at,
                                              const std::function<bool()>& goOn);
    /// To the end, only to keep states of the way.
    [[nodiscard]] Result<void> ahead(SessionReader& reader, const std::function<bool()>& goOn);

    [[nodiscard]] const StateProofs& proofs() const noexcept { return m_proofs; }
    /// What the last to() came to.
    [[nodiscard]] const FoldPoint& shown() const noexcept { return m_shown; }

    static constexpr std::size_t kMostBytes = 64U << 20U;

private:
    [[nodiscard]] Result<void> fold(SessionReader& reader, FoldPoint& point, WallTime at,
                                    const std::function<bool()>& goOn);
    void apply(FoldPoint& point, const StoredEvent& event);
    void keep(const FoldPoint& point);
    void thinOut();

    const RunId m_run;
    std::vector<std::string> m_types;
    StateProofs m_proofs;
    FoldPoint m_shown;
    FoldPoint m_ahead;
    std::vector<FoldPoint> m_kept;  // in their order
    std::uint64_t m_spacing;        // changes between them
    std::size_t m_bytes = 0;
};

}  // namespace muster
