// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/file_action.h"

#include <cmath>

#include "agents/paths.h"

namespace muster {

namespace {

constexpr double kMeanRead = 400'000;  // ns
constexpr double kFailureShare = 0.005;
constexpr double kMedianBytes = 3'000;
constexpr double kBytesSpread = 1.6;  // of the logarithm
constexpr std::uint64_t kBytesPerLine = 38;
constexpr std::uint64_t kBytesPerWord = 7;

}  // namespace

FileModel modelFile(Rng rng)
{
    Rng draws = rng.fork("file");
    FileModel file;
    file.bytes = static_cast<std::uint64_t>(kMedianBytes * std::exp(kBytesSpread * draws.normal()));
    file.lines = file.bytes / kBytesPerLine;
    file.words = file.bytes / kBytesPerWord;
    file.salt = draws.next();
    return file;
}

ActionPlan planFile(Rng rng)
{
    ActionPlan plan;
    plan.wait = Duration{static_cast<std::int64_t>(rng.exponential(kMeanRead))};
    plan.fail = rng.uniform() < kFailureShare;
    return plan;
}

ActionFailure modelFailure(std::string_view item)
{
    return {FailureClass::application,
            {ErrorCode::ioFailure, "failed as the simulation's model says", std::string(item), ""}};
}

ActionOutcome FileAction::run(const ActionCall& call) const
{
    if (!call.item.empty() && call.item.front() == '/') {
        return work(call);
    }
    const std::string path = absolutePath(call.item);
    ActionCall absolute = call;
    absolute.item = path;
    return work(absolute);
}

ActionPlan FileAction::plan(const ActionCall& call, const Rng& seed) const
{
    return planFile(call.rng(seed));
}

ActionOutcome FileAction::outcome(const ActionCall& call, const ActionPlan& plan,
                                  const Rng& seed) const
{
    if (plan.fail) {
        return modelFailure(call.item);
    }
    return modelled(call, modelFile(call.rng(seed)));
}

}  // namespace muster
