// SPDX-License-Identifier: Apache-2.0
#include "calls/call_log.h"

#include <algorithm>

namespace muster {
namespace {

using Kind = CallLogEntry::Kind;

// An entry is a byte with its kind and a detail, the time since the one before, and a number:
// of an ask how long it would wait, of those about an earlier one how many asked since.
constexpr unsigned kDetailBits = 5;
constexpr unsigned kDetailMask = (1U << kDetailBits) - 1;
constexpr unsigned kReportedFailure = 2;

void putNumber(std::string& out, std::uint64_t value)
{
    constexpr std::uint64_t kMore = 0x80;
    for (; value >= kMore; value >>= 7) {
        out += static_cast<char>(value | kMore);
    }
    out += static_cast<char>(value);
}

bool takeNumber(std::string_view& in, std::uint64_t& value)
{
    value = 0;
    for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
        const auto byte = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        value |= std::uint64_t{byte & 0x7fU} << shift;
        if (byte < 0x80) {
            return true;
        }
    }
    return false;
}

unsigned detailOf(const CallLogEntry& entry)
{
    switch (entry.kind) {
        case Kind::ask:
            return entry.admitted ? 1 : 0;
        case Kind::report:
            return entry.outcome.end == CallOutcome::End::failed
                       ? kReportedFailure + static_cast<unsigned>(entry.outcome.failure)
                   : entry.outcome.end == CallOutcome::End::cancelled ? 1
                                                                      : 0;
        case Kind::move:
            return static_cast<unsigned>(entry.state);
        default:
            return 0;
    }
}

bool setDetail(CallLogEntry& entry, unsigned detail)
{
    switch (entry.kind) {
        case Kind::ask:
            entry.admitted = detail == 1;
            return detail <= 1;
        case Kind::report:
            if (detail >= kReportedFailure) {
                entry.outcome =
                    CallOutcome::failed(static_cast<FailureClass>(detail - kReportedFailure));
            } else if (detail == 1) {
                entry.outcome = CallOutcome::cancelled();
            }
            return detail <= kReportedFailure + static_cast<unsigned>(FailureClass::ignored);
        case Kind::move:
            entry.state = static_cast<BreakerState>(detail);
            return detail <= static_cast<unsigned>(BreakerState::metricsOnly);
        default:
            return detail == 0;
    }
}

// For ever is the usual wait, and gets the shortest number.
std::uint64_t packedWait(Duration longest)
{
    return longest == kForever ? 0 : static_cast<std::uint64_t>(longest.count()) + 1;
}

Duration unpackedWait(std::uint64_t number)
{
    return number == 0 ? kForever : Duration{static_cast<std::int64_t>(number - 1)};
}

bool isAboutAnother(Kind kind)
{
    return kind == Kind::begin || kind == Kind::report || kind == Kind::cancel;
}

}  // namespace

bool CallLog::makeRoom(MonoTime at)
{
    if (m_open.data.size() >= kBlockBytes) {
        if (m_full.size() >= kMostBlocks) {
            return false;
        }
        m_full.push_back(std::move(m_open));
        m_open = {};
    }
    if (m_open.entries == 0) {
        constexpr std::size_t kLongestEntry = 24;
        m_open.begin = at;
        m_open.asked = m_asked;
        m_open.lost = std::exchange(m_lost, 0);
        m_open.data.reserve(kBlockBytes + kLongestEntry);
        m_last = at;
    }
    return true;
}

std::uint64_t CallLog::add(CallLogEntry entry)
{
    const bool asks = entry.kind == Kind::ask;
    if (!makeRoom(entry.at)) {
        ++m_lost;
        return asks ? ++m_asked : entry.number;
    }
    std::string& out = m_open.data;
    out += static_cast<char>((static_cast<unsigned>(entry.kind) << kDetailBits) | detailOf(entry));
    putNumber(out,
              static_cast<std::uint64_t>(std::max<std::int64_t>(0, (entry.at - m_last).count())));
    m_last = std::max(m_last, entry.at);
    if (asks) {
        putNumber(out, packedWait(entry.longest));
        entry.number = ++m_asked;
    } else if (isAboutAnother(entry.kind)) {
        putNumber(out, m_asked - entry.number);
    }
    ++m_open.entries;
    return entry.number;
}

std::vector<CallLogBlock> CallLog::take(bool all)
{
    if (all && m_open.entries > 0) {
        m_full.push_back(std::exchange(m_open, {}));
    }
    return std::exchange(m_full, {});
}

std::optional<std::vector<CallLogEntry>> unpack(const CallLogBlock& block)
{
    std::vector<CallLogEntry> entries;
    std::string_view in = block.data;
    MonoTime at = block.begin;
    std::uint64_t asked = block.asked;
    while (!in.empty()) {
        const auto head = static_cast<unsigned char>(in.front());
        in.remove_prefix(1);
        CallLogEntry entry;
        entry.kind = static_cast<Kind>(head >> kDetailBits);
        std::uint64_t passed = 0;
        std::uint64_t number = 0;
        if (entry.kind > Kind::start || !setDetail(entry, head & kDetailMask) ||
            !takeNumber(in, passed)) {
            return std::nullopt;
        }
        at = saturatingAdd(at, Duration{static_cast<std::int64_t>(passed)});
        entry.at = at;
        if (entry.kind == Kind::ask) {
            if (!takeNumber(in, number)) {
                return std::nullopt;
            }
            entry.longest = unpackedWait(number);
            entry.number = ++asked;
        } else if (isAboutAnother(entry.kind)) {
            if (!takeNumber(in, number) || number >= asked) {
                return std::nullopt;
            }
            entry.number = asked - number;
        }
        entries.push_back(entry);
    }
    return entries.size() == block.entries ? std::optional(std::move(entries)) : std::nullopt;
}

}  // namespace muster
