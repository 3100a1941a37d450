// SPDX-License-Identifier: Apache-2.0
#include "api/internal/machine_faults.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <new>

#include "api/internal/agent_filter.h"
#include "base/rng.h"
#include "telemetry/resource_probe.h"

namespace muster {

namespace {

using Kind = MachineFault::Kind;

constexpr std::size_t kPage = 4096;
constexpr const char* kWritePoint = "storage.write";
/// Of the memory that is free, so that the system's own killer stays out of it.
constexpr double kMostOfFree = 0.9;

[[nodiscard]] Error tooMuch(std::uint64_t wanted, std::uint64_t available)
{
    constexpr double kMebibyte = 1024.0 * 1024;
    return {ErrorCode::outOfRange,
            fmt::format("{:.0f} MiB cannot be taken: {:.0f} MiB are available",
                        static_cast<double>(wanted) / kMebibyte,
                        static_cast<double>(available) / kMebibyte),
            {},
            "Take less."};
}

}  // namespace

MachineFaults::MachineFaults(EngineCore& core, ResourceWatch& resources)
    : m_core(core), m_resources(resources), m_runtime(*core.runtime)
{
}

MachineFaults::~MachineFaults()
{
    endAll("the engine was closed");
}

void MachineFaults::begin(const MachineFault& fault, Duration length, std::string author,
                          Begun begun)
{
    end(fault.kind, "replaced");
    const auto posted = m_runtime.scheduler().blocking(
        [this, fault, length, author, begun] { carryOut(fault, length, author, begun); });
    if (!posted) {
        begun(posted.error());
    }
}

void MachineFaults::carryOut(const MachineFault& fault, Duration length, const std::string& author,
                             const Begun& begun)
{
    std::uint64_t number = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (m_over) {
            begun(Error{ErrorCode::cancelled, "the run ends", {}, {}});
            return;
        }
        number = ++at(fault.kind).number;
    }
    const auto hit = take(fault, length);
    if (!hit) {
        begun(hit.error());
        return;
    }
    publishBegin(fault, length, author);
    if (lasts(fault.kind)) {
        {
            const std::lock_guard lock(m_mutex);
            Entry& entry = at(fault.kind);
            entry.active = true;
            entry.fault = fault;
            entry.until = m_core.clock->now() + length;
        }
        m_runtime.scheduler().after(length, [this, kind = fault.kind, number] {
            bool same = false;
            {
                const std::lock_guard lock(m_mutex);
                same = at(kind).number == number;
            }
            if (same) {
                end(kind, "its time was over");
            }
        });
    }
    m_resources.lookSoon();
    begun(*hit);
}

Result<std::uint64_t> MachineFaults::take(const MachineFault& fault, Duration length)
{
    switch (fault.kind) {
        case Kind::kill:
            return killAgents(fault);
        case Kind::stall:
            return stallWorkers(fault, length);
        case Kind::memory:
            return takeMemory(fault);
        case Kind::diskFull:
            fillDisk();
            break;
        case Kind::clock:
            m_core.jumpWall(fault.jump);
            break;
        case Kind::count:
            break;
    }
    return std::uint64_t{1};
}

Result<std::uint64_t> MachineFaults::killAgents(const MachineFault& fault)
{
    const auto filter = parseAgentFilter(fault.filter);
    if (!filter) {
        return filter.error();
    }
    std::vector<AgentId> ids;
    m_runtime.directory().forEach([&](const DirectoryEntry& entry) {
        if (!*filter || (*filter)(entry)) {
            ids.push_back(entry.id());
        }
        return true;
    });
    if (ids.empty()) {
        return Error{
            ErrorCode::notFound, fmt::format("no agent matches \"{}\"", fault.filter), {}, {}};
    }
    const Rng chance = Rng(m_core.seed)
                           .fork("kill")
                           .fork(static_cast<std::uint64_t>(m_core.clock->now().nanoseconds));
    std::uint64_t killed = 0;
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const bool hit = fault.share >= 1 || chance.fork(i).uniform() < fault.share;
        if (hit && m_runtime.kill(ids[i], {EndKind::killed, "killed by a fault"})) {
            ++killed;
        }
    }
    return killed;
}

Result<std::uint64_t> MachineFaults::stallWorkers(const MachineFault& fault, Duration length)
{
    CreateOptions options;
    options.name = "fault-stall";
    const auto made = m_runtime.createMany<StallAgent>(fault.workers, options);
    if (!made) {
        return made.error();
    }
    const auto gate = std::make_shared<StallGate>();
    {
        const std::lock_guard lock(m_mutex);
        at(Kind::stall).gate = gate;
    }
    for (const AgentId id : made->ids) {
        m_runtime.send(id, StallOrder{gate, length});
    }
    return made->ids.size();
}

Result<std::uint64_t> MachineFaults::takeMemory(const MachineFault& fault)
{
    if (m_core.simulated()) {
        m_core.overlay.memory.store(fault.bytes, std::memory_order_relaxed);
        return std::uint64_t{1};
    }
    const auto free = availableMemory();
    if (free && static_cast<double>(fault.bytes) > kMostOfFree * static_cast<double>(*free)) {
        return tooMuch(fault.bytes, *free);
    }
    std::unique_ptr<std::byte[]> memory(new (std::nothrow) std::byte[fault.bytes]);
    if (!memory) {
        return tooMuch(fault.bytes, free.value_or(0));
    }
    for (std::size_t page = 0; page < fault.bytes; page += kPage) {
        static_cast<volatile std::byte*>(memory.get())[page] = std::byte{1};
    }
    const std::lock_guard lock(m_mutex);
    at(Kind::memory).memory = std::move(memory);
    return std::uint64_t{1};
}

void MachineFaults::fillDisk()
{
    m_core.overlay.diskFull.store(true, std::memory_order_relaxed);
    if (!m_core.simulated()) {  // where only the model's disk is full: the record is to be whole
        m_core.faults.arm(kWritePoint,
                          {ErrorCode::diskFull,
                           "the disk is full: a fault that was injected",
                           {},
                           "Wait until the fault is over, or end it (fault.end disk_full)"},
                          1, std::numeric_limits<std::uint64_t>::max());
    }
}

void MachineFaults::giveBack(Entry& entry)
{
    entry.memory.reset();
    if (entry.gate) {
        entry.gate->open();
        entry.gate.reset();
    }
    if (entry.fault.kind == Kind::memory) {
        m_core.overlay.memory.store(0, std::memory_order_relaxed);
    }
    if (entry.fault.kind == Kind::diskFull) {
        m_core.overlay.diskFull.store(false, std::memory_order_relaxed);
        m_core.faults.disarm(kWritePoint);
    }
}

bool MachineFaults::end(MachineFault::Kind kind, std::string_view reason)
{
    {
        const std::lock_guard lock(m_mutex);
        Entry& entry = at(kind);
        if (!std::exchange(entry.active, false)) {
            return false;
        }
        ++entry.number;
        giveBack(entry);
    }
    m_resources.lookSoon();
    m_core.publisher->publish(EventType::faultStopped, Component::engine,
                              {{"fault", toString(kind)}, {"reason", reason}});
    return true;
}

void MachineFaults::endAll(std::string_view reason)
{
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
    }
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        end(static_cast<Kind>(i), reason);
    }
}

std::vector<FaultStatus> MachineFaults::active() const
{
    std::vector<FaultStatus> all;
    const auto now = m_core.clock->now();
    const std::lock_guard lock(m_mutex);
    for (const Entry& entry : m_entries) {
        if (entry.active) {
            std::string kind(toString(entry.fault.kind));
            auto end = "fault.end " + kind;
            all.push_back({.fault = std::move(kind),
                           .value = valueText(entry.fault),
                           .left = std::max(entry.until - now, Duration::zero()),
                           .end = std::move(end)});
        }
    }
    return all;
}

void MachineFaults::publishBegin(const MachineFault& fault, Duration length,
                                 std::string_view author)
{
    Fields fields{{"fault", toString(fault.kind)}, {"share", fault.share}, {"author", author}};
    if (const std::string value = valueText(fault); !value.empty()) {
        fields.add("value", value);
    }
    if (lasts(fault.kind)) {
        fields.add("length_ns", std::int64_t{length.count()});
    }
    m_core.publisher->publish(EventDraft{EventType::faultStarted, Component::engine, fields, {}});
}

}  // namespace muster
