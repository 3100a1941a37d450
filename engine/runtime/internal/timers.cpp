// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/timers.h"

#include <algorithm>
#include <exception>

#include "runtime/internal/core.h"
#include "runtime/internal/post.h"

namespace muster::detail {

Timers::Timers(Core& core, std::uint32_t shards) : m_core(core), m_shards(shards)
{
    for (Shard& shard : m_shards) {
        shard.wheel = TimerWheel(core.clock->now());
    }
}

Timers::~Timers()
{
    // Agents are gone; what is left are messages to nobody.
    for (auto& [id, record] : m_records) {
        if (record->envelope != nullptr) {
            releaseEnvelope(ThreadContext::in(m_core), record->envelope);
        }
    }
}

void Timers::set(ThreadContext& context, TimerNode& node, Kind kind, std::uint64_t owner,
                 std::uint64_t number, MonoTime deadline)
{
    node.owner = owner;
    node.number = number;
    node.kind = static_cast<std::uint16_t>(kind);
    node.shard = static_cast<std::uint16_t>(context.number % m_shards.size());
    {
        Shard& shard = m_shards[node.shard];
        const std::lock_guard lock(shard.lock);
        shard.wheel.insert(node, deadline);
    }
    if (deadline.nanoseconds < m_sleepsUntil.load(std::memory_order_seq_cst) && m_notify) {
        m_notify();
    }
}

void Timers::cancel(TimerNode& node) noexcept
{
    Shard& shard = m_shards[node.shard];
    const std::lock_guard lock(shard.lock);
    shard.wheel.cancel(node);
}

void Timers::schedule(ThreadContext& context, Record& record, std::uint64_t id, Kind kind,
                      MonoTime deadline)
{
    set(context, record.node, kind, 0, id, deadline);
}

TimerId Timers::message(ThreadContext& context, Duration delay, AgentId from, AgentId to,
                        Envelope* envelope)
{
    auto record = std::make_unique<Record>();
    record->from = from;
    record->to = to;
    record->envelope = envelope;
    const MonoTime deadline = m_core.clock->now() + std::max(delay, Duration::zero());
    const std::lock_guard lock(m_mutex);
    const std::uint64_t id = m_nextRecord++;
    schedule(context, *record, id, Kind::message, deadline);
    m_records.emplace(id, std::move(record));
    return TimerId{id};
}

TimerId Timers::callback(std::string name, Duration delay, std::optional<Duration> period,
                         std::function<void()> fn)
{
    auto record = std::make_unique<Record>();
    record->name = std::move(name);
    record->period = period;
    record->fn = std::make_shared<std::function<void()>>(std::move(fn));
    const MonoTime deadline = m_core.clock->now() + std::max(delay, Duration::zero());
    const std::lock_guard lock(m_mutex);
    const std::uint64_t id = m_nextRecord++;
    schedule(ThreadContext::in(m_core), *record, id, Kind::callback, deadline);
    m_records.emplace(id, std::move(record));
    return TimerId{id};
}

void Timers::cancel(TimerId id)
{
    std::unique_ptr<Record> gone;
    std::unique_lock lock(m_mutex);
    if (const auto found = m_records.find(id.value); found != m_records.end()) {
        gone = std::move(found->second);
        m_records.erase(found);
        cancel(gone->node);
        if (gone->envelope != nullptr) {
            releaseEnvelope(ThreadContext::in(m_core), gone->envelope);
        }
    }
    if (id && m_runningId == id.value && m_runningThread != std::this_thread::get_id()) {
        m_callbackDone.wait(lock, [this, id] { return m_runningId != id.value; });
    }
}

std::optional<MonoTime> Timers::earliest() const
{
    std::optional<MonoTime> least;
    for (const Shard& shard : m_shards) {
        const std::lock_guard lock(shard.lock);
        const auto first = shard.wheel.earliest();
        least = !least || (first && *first < *least) ? (first ? first : least) : least;
    }
    return least;
}

bool Timers::anyOneOff() const
{
    std::size_t periodic = 0;
    {
        const std::lock_guard lock(m_mutex);
        periodic = static_cast<std::size_t>(std::ranges::count_if(
            m_records, [](const auto& each) { return each.second->period.has_value(); }));
    }
    std::size_t all = 0;
    for (const Shard& shard : m_shards) {
        const std::lock_guard lock(shard.lock);
        all += shard.wheel.size();
    }
    return all > periodic;
}

void Timers::fireDue(MonoTime now)
{
    constexpr std::size_t kBatch = 64;
    std::vector<Due> due;
    for (Shard& shard : m_shards) {
        do {
            due.clear();
            {
                const std::lock_guard lock(shard.lock);
                while (due.size() < kBatch) {
                    TimerNode* node = shard.wheel.expired(now);
                    if (node == nullptr) {
                        break;
                    }
                    due.push_back(
                        {static_cast<Kind>(node->kind), node->owner, node->number, node->deadline});
                }
            }
            for (const Due& each : due) {
                fire(each, now);
            }
        } while (due.size() == kBatch);
    }
}

void Timers::fire(const Due& due, MonoTime now)
{
    switch (due.kind) {
        case Kind::answer:
            postAnswer(ThreadContext::in(m_core), AgentId::unpack(due.owner), due.number,
                       makeEnvelope(ThreadContext::in(m_core), Expired{}));
            break;
        case Kind::outsideAsk:
            m_core.asks.expire(due.number);
            break;
        case Kind::message:
            fireMessage(due.number);
            break;
        case Kind::callback:
            fireCallback(due.number, due.deadline, now);
            break;
    }
}

std::unique_ptr<Timers::Record> Timers::takeRecord(std::uint64_t number)
{
    const std::lock_guard lock(m_mutex);
    const auto found = m_records.find(number);
    if (found == m_records.end()) {
        return nullptr;
    }
    auto record = std::move(found->second);
    m_records.erase(found);
    return record;
}

void Timers::fireMessage(std::uint64_t id)
{
    const auto record = takeRecord(id);
    if (record == nullptr) {
        return;
    }
    ThreadContext& context = ThreadContext::in(m_core);
    if (m_core.slots.find(record->from) == nullptr || m_core.slots.find(record->to) == nullptr) {
        releaseEnvelope(context, record->envelope);  // it ended with its agent: no drop
        return;
    }
    record->envelope->sender = record->from;
    static_cast<void>(post(context, record->to, record->envelope));
}

void Timers::fireCallback(std::uint64_t id, MonoTime deadline, MonoTime now)
{
    std::shared_ptr<std::function<void()>> fn;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = m_records.find(id);
        if (found == m_records.end()) {
            return;
        }
        Record& record = *found->second;
        fn = record.fn;
        m_runningId = id;
        m_runningName = record.name;
        m_runningThread = std::this_thread::get_id();
        if (record.period) {
            // Missed beats are skipped; the rhythm stays.
            const auto missed = (now - deadline) / *record.period;
            schedule(ThreadContext::in(m_core), record, id, Kind::callback,
                     deadline + *record.period * (missed + 1));
        } else {
            m_records.erase(found);
        }
    }
    try {
        (*fn)();
    } catch (const std::exception& thrown) {
        m_core.logger.error("the callback {} threw: {}", m_runningName, thrown.what());
    } catch (...) {
        m_core.logger.error("the callback {} threw", m_runningName);
    }
    fn.reset();
    const std::lock_guard lock(m_mutex);
    m_runningId = 0;
    m_runningName.clear();
    m_callbackDone.notify_all();
}

std::string Timers::running() const
{
    const std::lock_guard lock(m_mutex);
    return m_runningName;
}

}  // namespace muster::detail
