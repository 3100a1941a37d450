// SPDX-License-Identifier: Apache-2.0
#include "calls/service_settings.h"

#include <fmt/format.h>

#include "calls/service_limiter.h"

namespace muster {
namespace {

Result<void> under(std::string_view stage, Result<void> checked)
{
    if (checked.ok()) {
        return checked;
    }
    Error error = checked.error();
    error.where =
        error.where.empty() ? std::string(stage) : fmt::format("{}.{}", stage, error.where);
    return error;
}

Result<void> check(const LimiterSettings& limiter)
{
    auto made = ServiceLimiter::create(limiter, MonoTime{}, false);
    if (!made.ok()) {
        return made.error();
    }
    return limiter.longestWait >= Duration{}
               ? Result<void>()
               : Error{ErrorCode::outOfRange, "a wait cannot be negative", "wait",
                       "Name 0s to wait for nothing"};
}

}  // namespace

Result<void> validate(const ServiceSettings& settings)
{
    Result<void> checked;
    const auto next = [&checked](std::string_view stage, const auto& part, auto checker) {
        if (checked.ok() && part) {
            checked = under(stage, checker(*part));
        }
    };
    const auto valid = [](const auto& part) { return validate(part); };
    next("retry", settings.retry, valid);
    next("limiter", settings.limiter, [](const LimiterSettings& part) { return check(part); });
    next("breaker", settings.breaker, valid);
    next("bulkhead", settings.bulkhead, valid);
    next("adaptive", settings.adaptive, valid);
    if (checked.ok()) {
        checked = under("retry", validate(settings.budget));
    }
    if (checked.ok() && settings.deadline <= Duration{}) {
        return Error{ErrorCode::outOfRange, "a deadline must lie ahead", "deadline",
                     "Name a time above 0"};
    }
    return checked;
}

}  // namespace muster
