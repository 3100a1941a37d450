// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/capture_gate.h"

#include <algorithm>

#include "events/engine_state.h"

namespace muster {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::uint64_t kLow = 0xffff'ffff;

/// Takes one of `n` places in the event's second. A straggler of a second that is over takes
/// one of the second that has begun.
bool takeOfSecond(std::atomic<std::uint64_t>& second, const Event& event, std::uint64_t n)
{
    const auto now = static_cast<std::uint64_t>(event.mono.nanoseconds / 1'000'000'000) + 1;
    std::uint64_t held = second.load(kRelaxed);
    for (;;) {
        const bool begun = (held >> 32) >= (now & kLow);
        if (begun && (held & kLow) >= n) {
            return false;
        }
        const std::uint64_t next = begun ? held + 1 : ((now & kLow) << 32) | 1;
        if (second.compare_exchange_weak(held, next, kRelaxed)) {
            return true;
        }
    }
}

}  // namespace

bool CaptureGate::Type::admits(const Event& event) noexcept
{
    const std::uint64_t held = rule.load(kRelaxed);
    switch (event.durable ? CaptureMode::all : static_cast<CaptureMode>(held >> 32)) {
        case CaptureMode::all:
            return true;
        case CaptureMode::sample:
            if (seen.fetch_add(1, kRelaxed) % (held & kLow) == 0) {
                return true;
            }
            sampledAway.fetch_add(1, kRelaxed);
            return false;
        case CaptureMode::rateCap:
            if (takeOfSecond(second, event, held & kLow)) {
                return true;
            }
            capped.fetch_add(1, kRelaxed);
            return false;
        case CaptureMode::countOnly:
            countedOnly.fetch_add(1, kRelaxed);
            return false;
    }
    return true;
}

bool CaptureGate::Type::spares(const Event& event, std::uint32_t oneOf) noexcept
{
    if (always || event.durable) {
        return true;
    }
    const std::uint64_t number = beforeThin.fetch_add(1, kRelaxed);
    if (oneOf != 0 && number % oneOf == 0) {
        return true;
    }
    thinned.fetch_add(1, kRelaxed);
    return false;
}

CaptureGate::CaptureGate(CapturePolicy policy) : m_policy(std::move(policy)) {}

CaptureGate::Type& CaptureGate::makeType(const Event& event)
{
    const std::uint32_t id = event.type.value;
    const std::lock_guard lock(m_mutex);
    Chunk* chunk = m_chunks[id / kChunk].load(kRelaxed);
    if (chunk == nullptr) {
        chunk = m_ownedChunks.emplace_back(std::make_unique<Chunk>()).get();
        m_chunks[id / kChunk].store(chunk, std::memory_order_release);
    }
    if (Type* known = (*chunk)[id % kChunk].load(kRelaxed)) {
        return *known;
    }
    Type& made = *m_types.emplace_back(std::make_unique<Type>());
    made.name = event.typeName();
    made.info = &event.info();
    made.always = CapturePolicy::alwaysKept(event.info());
    made.shapes = id < static_cast<std::uint32_t>(EventType::count) &&
                  EngineState::shapedBy(static_cast<EventType>(id));
    made.rule.store(ruleOf(event.info()), kRelaxed);
    (*chunk)[id % kChunk].store(&made, std::memory_order_release);
    return made;
}

std::uint64_t CaptureGate::ruleOf(const EventInfo& info) const
{
    const CaptureRule rule = m_policy.decide(info);
    return (static_cast<std::uint64_t>(rule.mode) << 32) | rule.n;
}

void CaptureGate::setPolicy(CapturePolicy policy)
{
    const std::lock_guard lock(m_mutex);
    m_policy = std::move(policy);
    for (const auto& type : m_types) {
        type->rule.store(ruleOf(*type->info), kRelaxed);
    }
}

CapturePolicy CaptureGate::policy() const
{
    const std::lock_guard lock(m_mutex);
    return m_policy;
}

std::vector<CaptureCounts> CaptureGate::counts() const
{
    const std::lock_guard lock(m_mutex);
    std::vector<CaptureCounts> all;
    all.reserve(m_types.size());
    for (const auto& type : m_types) {
        all.push_back(
            {.type = type->name,
             .kept = type->kept.load(kRelaxed),
             .sampledAway = type->sampledAway.load(kRelaxed) + type->thinned.load(kRelaxed),
             .capped = type->capped.load(kRelaxed),
             .countedOnly = type->countedOnly.load(kRelaxed),
             .shed = type->shed.load(kRelaxed)});
    }
    std::ranges::sort(all, {}, &CaptureCounts::type);
    return all;
}

std::uint64_t CaptureGate::notKept() const
{
    const std::lock_guard lock(m_mutex);
    std::uint64_t sum = 0;
    for (const auto& type : m_types) {
        sum += type->sampledAway.load(kRelaxed) + type->thinned.load(kRelaxed) +
               type->capped.load(kRelaxed) + type->countedOnly.load(kRelaxed);
    }
    return sum;
}

std::uint64_t CaptureGate::thinned() const
{
    const std::lock_guard lock(m_mutex);
    std::uint64_t sum = 0;
    for (const auto& type : m_types) {
        sum += type->thinned.load(kRelaxed);
    }
    return sum;
}

}  // namespace muster
