// SPDX-License-Identifier: Apache-2.0
#include "musterctl/times.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <optional>

namespace muster::ctl {

namespace {

/// Reads digits off the front; nothing when there are none of that many.
[[nodiscard]] std::optional<int> take(std::string_view& text, std::size_t digits)
{
    int value = 0;
    if (text.size() < digits) {
        return std::nullopt;
    }
    const auto [end, error] = std::from_chars(text.data(), text.data() + digits, value);
    if (error != std::errc{} || end != text.data() + digits) {
        return std::nullopt;
    }
    text.remove_prefix(digits);
    return value;
}

[[nodiscard]] bool skip(std::string_view& text, char c)
{
    const bool there = text.starts_with(c);
    text.remove_prefix(there ? 1 : 0);
    return there;
}

/// ".25" as nanoseconds; nothing there is 0.
[[nodiscard]] std::int64_t takeFraction(std::string_view& text)
{
    std::int64_t nanoseconds = 0;
    if (!skip(text, '.')) {
        return 0;
    }
    std::int64_t unit = 100'000'000;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; unit /= 10) {
        nanoseconds += (text.front() - '0') * unit;
        text.remove_prefix(1);
    }
    return nanoseconds;
}

[[nodiscard]] std::optional<WallTime> readIso(std::string_view text)
{
    using namespace std::chrono;
    const auto year = take(text, 4);
    const auto month = skip(text, '-') ? take(text, 2) : std::nullopt;
    const auto day = skip(text, '-') ? take(text, 2) : std::nullopt;
    if (!year || !month || !day) {
        return std::nullopt;
    }
    const year_month_day date{std::chrono::year(*year),
                              std::chrono::month(static_cast<unsigned>(*month)),
                              std::chrono::day(static_cast<unsigned>(*day))};
    std::array<int, 3> clock{};
    std::int64_t fraction = 0;
    if (skip(text, 'T') || skip(text, ' ')) {
        for (std::size_t i = 0; i < clock.size() && (i == 0 || skip(text, ':')); ++i) {
            const auto part = take(text, 2);
            if (!part) {
                return std::nullopt;
            }
            clock[i] = *part;
        }
        fraction = takeFraction(text);
    }
    (void)skip(text, 'Z');
    if (!text.empty() || !date.ok() || clock[0] > 23 || clock[1] > 59 || clock[2] > 59) {
        return std::nullopt;
    }
    // What nanoseconds since 1970 can tell; beyond it they would wrap around.
    if (*year < 1970 || *year > 2261) {
        return std::nullopt;
    }
    const auto time =
        sys_days(date).time_since_epoch() + hours(clock[0]) + minutes(clock[1]) + seconds(clock[2]);
    return WallTime{duration_cast<nanoseconds>(time).count() + fraction};
}

}  // namespace

Result<WallTime> readTime(std::string_view text)
{
    if (const auto time = readIso(text)) {
        return *time;
    }
    return Error{ErrorCode::invalidArgument,
                 fmt::format("expected a time in UTC such as 2026-11-20T14:02:03Z or 2026-11-20, "
                             "from 1970 to 2261, found \"{}\"",
                             text),
                 {},
                 {}};
}

}  // namespace muster::ctl
