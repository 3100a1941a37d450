// SPDX-License-Identifier: Apache-2.0
#include "protection/gcra.h"

namespace muster {

LimitStatus Gcra::status(Decision decision, std::int64_t spentBefore, const Pace& pace,
                         MonoTime now) const noexcept
{
    const std::int64_t here = pace.at(now);
    const std::int64_t spent = decision.admitted ? decision.spent : spentFrom(spentBefore, here);
    LimitStatus status;
    status.admitted = decision.admitted;
    status.limit = static_cast<std::uint64_t>(burst / Pace::kUnit);
    status.remaining =
        static_cast<std::uint64_t>(std::max<std::int64_t>(0, (here - spent) / Pace::kUnit));
    status.resetAfter = pace.until(saturatingAdd(spent, burst), now);
    status.retryAfter = decision.admitted ? Duration{} : pace.until(decision.spent, now);
    return status;
}

}  // namespace muster
