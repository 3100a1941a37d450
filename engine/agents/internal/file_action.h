// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "agents/action.h"

namespace muster {

/// What stands in for a file in a simulation: figures drawn for one call.
struct FileModel {
    std::uint64_t bytes = 0;
    std::uint64_t lines = 0;
    std::uint64_t words = 0;
    std::uint64_t salt = 0;  ///< a number more, for a digest's digits
};

[[nodiscard]] FileModel modelFile(Rng rng);
/// Some hundred microseconds and now and then a failure, as of a busy disk.
[[nodiscard]] ActionPlan planFile(Rng rng);
[[nodiscard]] ActionFailure modelFailure(std::string_view item);

/// The part that every action on files shares: absolute paths, and what it does in a simulation.
class FileAction : public Action {
public:
    [[nodiscard]] ActionOutcome run(const ActionCall& call) const final;
    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const final;
    [[nodiscard]] ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                        const Rng& seed) const final;

private:
    /// With an absolute path as its item.
    [[nodiscard]] virtual ActionOutcome work(const ActionCall& call) const = 0;
    [[nodiscard]] virtual Fields modelled(const ActionCall& call, const FileModel& file) const = 0;
};

}  // namespace muster
