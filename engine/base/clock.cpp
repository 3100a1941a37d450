// SPDX-License-Identifier: Apache-2.0
#include "base/clock.h"

#include <fmt/format.h>

#include <ctime>

namespace muster {
namespace {

std::int64_t readClock(clockid_t which) noexcept
{
    timespec value{};
    ::clock_gettime(which, &value);
    return std::int64_t{value.tv_sec} * 1'000'000'000 + value.tv_nsec;
}

class SystemClock final : public Clock {
public:
    MonoTime now() const noexcept override { return {readClock(CLOCK_MONOTONIC)}; }
    WallTime wall() const noexcept override { return {readClock(CLOCK_REALTIME)}; }
};

}  // namespace

MonoTime JumpingClock::now() const noexcept
{
    return {readClock(CLOCK_MONOTONIC)};
}

WallTime JumpingClock::wall() const noexcept
{
    return {readClock(CLOCK_REALTIME) + m_wallOffset.load(std::memory_order_relaxed)};
}

std::shared_ptr<Clock> systemClock()
{
    return std::make_shared<SystemClock>();
}

std::string toString(WallTime time)
{
    constexpr std::int64_t kSecond = 1'000'000'000;
    auto seconds = static_cast<std::time_t>(time.nanoseconds / kSecond);
    auto fraction = time.nanoseconds % kSecond;
    if (fraction < 0) {
        fraction += kSecond;
        --seconds;
    }
    std::tm parts{};
    ::gmtime_r(&seconds, &parts);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:09}Z", parts.tm_year + 1900,
                       parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                       fraction);
}

}  // namespace muster
