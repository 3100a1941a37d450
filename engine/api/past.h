// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "api/past_state.h"
#include "api/queries.h"
#include "api/snapshot.h"
#include "base/result.h"

namespace muster {

/// A recorded run at one moment, as the pages of a console show it.
struct PastMoment {
    PastState state;
    /// What was folded from the events, and what is only sampled as the nearest sample before.
    /// What nobody recorded is missing, with the reason.
    SnapshotPtr snapshot;
    std::optional<WallTime> sampledAt;  ///< empty: there is no sample close enough
};

/// Moves back and forth through what was recorded of a run, also while it is being written: any
/// moment is folded from the state nearest before it that is still at hand, of which a bounded
/// number is kept, so that moving about in a long run costs little more than in a short one.
/// Blocking: for a background thread. Thread safety: one thread at a time.
class Past {
public:
    /// Errors: those of opening a session.
    [[nodiscard]] static Result<std::unique_ptr<Past>> open(const std::filesystem::path& file);
    ~Past();

    /// Of no run in particular: of the newest. Before its beginning it is as it began. `goOn` is
    /// asked now and then; false gives it up with cancelled, and what was folded until then is not
    /// lost. Errors: notFound for a run that is not there.
    [[nodiscard]] Result<PastMoment> at(const PastQuery& query,
                                        const std::function<bool()>& goOn = {});
    /// Folds the run to its end beforehand, for whoever moves about in it next.
    [[nodiscard]] Result<void> prepare(std::optional<RunId> run,
                                       const std::function<bool()>& goOn = {});
    /// A window of the agents that lived at the moment given last. Errors: a filter that cannot be
    /// read, or that asks for what is only known of the living (mailboxes, messages).
    [[nodiscard]] Result<AgentPage> agents(const AgentQuery& query) const;
    /// Errors: notFound.
    [[nodiscard]] Result<AgentDetail> agentDetail(AgentId id) const;

private:
    class Impl;
    explicit Past(std::unique_ptr<Impl> impl);

    std::unique_ptr<Impl> m_impl;
};

}  // namespace muster
