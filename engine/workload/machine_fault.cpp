// SPDX-License-Identifier: Apache-2.0
#include "workload/machine_fault.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "documents/units.h"

namespace muster {

namespace {

using Kind = MachineFault::Kind;

constexpr std::array<std::string_view, static_cast<std::size_t>(Kind::count)> kNames{
    "kill", "stall", "memory", "disk_full", "clock"};
constexpr std::uint32_t kMostWorkers = 1024;
/// What nanoseconds of 64 bits hold from any date that a clock shows.
constexpr Duration kFarthest = std::chrono::hours(24 * 366 * 100);

Error expected(std::string_view what, std::string_view found)
{
    return {
        ErrorCode::invalidArgument, fmt::format("expected {}, found \"{}\"", what, found), {}, {}};
}

Result<void> readWorkers(MachineFault& fault, std::string_view value)
{
    if (value.empty()) {
        return {};
    }
    const auto [end, problem] =
        std::from_chars(value.data(), value.data() + value.size(), fault.workers);
    if (problem != std::errc() || end != value.data() + value.size() || fault.workers == 0 ||
        fault.workers > kMostWorkers) {
        return expected("a number of workers from 1", value);
    }
    return {};
}

Result<void> readBytes(MachineFault& fault, std::string_view value)
{
    const auto size = parseSize(value);
    if (!size.ok() || *size == 0) {
        return expected("a size such as \"512MiB\"", value);
    }
    fault.bytes = *size;
    return {};
}

Result<void> readJump(MachineFault& fault, std::string_view value)
{
    const bool back = value.starts_with('-');
    const bool sign = back || value.starts_with('+');
    const auto length = parseDuration(value.substr(sign ? 1 : 0));
    if (!length.ok() || length->count() == 0 || *length > kFarthest) {
        return expected("a jump such as \"+1h\" or \"-1s\"", value);
    }
    fault.jump = back ? -*length : *length;
    return {};
}

Result<void> readValue(MachineFault& fault, std::string_view value)
{
    switch (fault.kind) {
        case Kind::kill:
            fault.filter = value;
            return {};
        case Kind::stall:
            return readWorkers(fault, value);
        case Kind::memory:
            return readBytes(fault, value);
        case Kind::clock:
            return readJump(fault, value);
        case Kind::diskFull:
        case Kind::count:
            break;
    }
    return value.empty() ? Result<void>() : expected("no value", value);
}

}  // namespace

std::string_view toString(MachineFault::Kind kind) noexcept
{
    return kind < Kind::count ? kNames[static_cast<std::size_t>(kind)] : "";
}

bool isMachineFault(std::string_view kind) noexcept
{
    return std::ranges::find(kNames, kind) != kNames.end();
}

bool lasts(MachineFault::Kind kind) noexcept
{
    return kind != Kind::kill && kind != Kind::clock;
}

std::string valueText(const MachineFault& fault)
{
    switch (fault.kind) {
        case Kind::kill:
            return fault.filter;
        case Kind::stall:
            return std::to_string(fault.workers);
        case Kind::memory:
            return fmt::format("{:.4g}MiB", static_cast<double>(fault.bytes) / (1024.0 * 1024));
        case Kind::clock:
            return (fault.jump < Duration::zero() ? "-" : "+") +
                   formatDuration(fault.jump < Duration::zero() ? -fault.jump : fault.jump);
        case Kind::diskFull:
        case Kind::count:
            break;
    }
    return {};
}

Result<MachineFault> readMachineFault(std::string_view kind, std::string_view value,
                                      std::string_view share)
{
    MachineFault fault;
    const auto found = std::ranges::find(kNames, kind);
    if (found == kNames.end()) {
        return expected("kill, stall, memory, disk_full or clock", kind);
    }
    fault.kind = static_cast<Kind>(found - kNames.begin());
    if (!share.empty()) {
        const auto parsed = parseShare(share);
        if (!parsed.ok()) {
            return parsed.error();
        }
        if (fault.kind != Kind::kill) {
            return expected("a share of agents to kill only", share);
        }
        fault.share = *parsed;
    }
    if (auto read = readValue(fault, value); !read.ok()) {
        return read.error();
    }
    return fault;
}

}  // namespace muster
