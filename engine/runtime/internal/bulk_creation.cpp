// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/create.h"
#include "runtime/internal/core.h"
#include "runtime/internal/creation_steps.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"
#include "runtime/internal/work_board.h"
#include "runtime/internal/worker_pool.h"
#include "runtime/runtime.h"

namespace muster::detail {
namespace {

/// One bulk creation, a chunk at a time: memory beyond the agents stays bounded, and chunks can
/// be made by several threads at once. Where an agent stands in the result is its index, whoever
/// made it.
class BulkCreation final : public SharedWork {
public:
    BulkCreation(Core& core, std::string stem, const AgentOps& ops, AgentGroup& group,
                 std::uint64_t count)
        : m_core(core),
          m_stem(std::move(stem)),
          m_ops(ops),
          m_group(group),
          m_firstOrdinal(group.firstOrdinal),
          m_count(count)
    {
        m_ids.resize(count);
    }

    [[nodiscard]] BulkCreated run(ThreadContext& context)
    {
        if (worthSharing()) {
            if (context.worker != nullptr) {
                context.worker->shareNext();
            }
            m_core.executor->share(*this);
            while (doPiece(context)) {
                m_core.executor->sharedPieceDone(*this);
            }
            m_core.executor->unshare(*this);
        } else {
            while (doPiece(context)) {
            }
        }
        if (!m_failures.empty()) {
            std::erase(m_ids, AgentId{});
            std::ranges::sort(m_failures, {}, &BulkFailure::index);
        }
        return {std::move(m_ids), std::move(m_failures)};
    }

    bool doPiece(ThreadContext& context) override
    {
        const std::uint64_t from = m_next.fetch_add(kChunk, std::memory_order_relaxed);
        if (from >= m_count) {
            return false;
        }
        chunk(context, from,
              static_cast<std::uint32_t>(std::min<std::uint64_t>(kChunk, m_count - from)));
        return from + kChunk < m_count;
    }

    // Beside the calling thread: as the machine and the pressure, which may change meanwhile,
    // allow.
    [[nodiscard]] std::uint32_t helpers() const override
    {
        const std::uint32_t workers = m_core.runtime->workers();
        const AgentAdmission* admission = m_core.options.admission;
        const std::uint32_t atOnce =
            admission == nullptr ? workers : std::min(workers, admission->atOnce(workers));
        return atOnce == 0 ? 0 : atOnce - 1;
    }

private:
    static constexpr std::uint32_t kChunk = 1024;
    /// Fewer are made before a helper is awake.
    static constexpr std::uint64_t kWorthSharing = 8 * kChunk;

    struct Place {
        const AgentRecipe& recipe;
        std::uint64_t index;

        static void construct(void* where, void* arguments)
        {
            const Place& place = *static_cast<const Place*>(arguments);
            place.recipe(where, place.index);
        }
    };

    // Children of a supervisor are made in the order in which it must know them.
    [[nodiscard]] bool worthSharing() const
    {
        return m_count >= kWorthSharing && !m_group.supervisor && m_core.runtime->workers() > 1;
    }

    void chunk(ThreadContext& context, std::uint64_t from, std::uint32_t count)
    {
        const std::uint32_t admitted = admitMost(from, count);
        std::array<std::uint32_t, kChunk> taken;
        std::uint32_t slots = 0;
        for (; slots < admitted; ++slots) {
            const std::uint32_t slot = context.slots.take();
            if (slot == Cell::kNoSlot) {
                break;
            }
            taken[slots] = slot;
            openCell(m_core.slots.at(slot), m_group,
                     m_firstOrdinal + static_cast<std::uint32_t>(from + slots));
        }
        if (slots < admitted) {
            fail(from + slots, admitted - slots, noSlots(m_core));
            unadmit(m_core, admitted - slots, m_ops);
        }
        std::vector<std::size_t> unnamed;
        if (!m_stem.empty() && slots != 0) {
            m_core.names.addMany(m_stem, m_firstOrdinal + static_cast<std::uint32_t>(from),
                                 taken.data(), slots, unnamed);
        }
        auto next = unnamed.begin();
        for (std::uint32_t i = 0; i < slots; ++i) {
            const bool nameIsTaken = next != unnamed.end() && *next == i;
            next += nameIsTaken ? 1 : 0;
            one(context, from + i, m_core.slots.at(taken[i]), nameIsTaken);
        }
    }

    // As many as the limits allow: halves what it asks for until it is granted.
    [[nodiscard]] std::uint32_t admitMost(std::uint64_t from, std::uint32_t count)
    {
        std::uint32_t admitted = 0;
        std::uint32_t step = count;
        std::optional<Error> refused;
        while (admitted < count && step != 0) {
            step = std::min(step, count - admitted);
            if (const Result<void> more = admit(m_core, step, m_ops); more.ok()) {
                admitted += step;
            } else {
                refused = more.error();
                step /= 2;
            }
        }
        if (admitted < count) {
            fail(from + admitted, count - admitted, *refused);
        }
        return admitted;
    }

    void one(ThreadContext& context, std::uint64_t index, Cell& cell, bool nameIsTaken)
    {
        Place place{m_group.recipe, index};
        const Result<void> begun =
            nameIsTaken ? Result<void>(nameTaken(m_stem + std::to_string(m_firstOrdinal + index)))
                        : beginFirstLife(context, cell, m_ops, &Place::construct, &place);
        if (!begun.ok()) {
            abandonCell(context, cell);
            unadmit(m_core, 1, m_ops);
            fail(index, 1, begun.error());
            return;
        }
        m_ids[index] = m_core.slots.idOf(cell);
        enterLife(context, cell, m_group);
        setReady(context, cell);
    }

    void fail(std::uint64_t from, std::uint64_t count, const Error& error)
    {
        const std::lock_guard lock(m_mutex);
        for (std::uint64_t i = 0; i < count; ++i) {
            m_failures.push_back({from + i, error});
        }
    }

    Core& m_core;
    const std::string m_stem;
    const AgentOps& m_ops;
    AgentGroup& m_group;
    const std::uint32_t m_firstOrdinal;
    const std::uint64_t m_count;
    std::atomic<std::uint64_t> m_next{0};
    std::vector<AgentId> m_ids;  // each written by who makes the agent

    std::mutex m_mutex;  // guards m_failures
    std::vector<BulkFailure> m_failures;
};

// Numbers that this creation alone gives, for as long as it lasts.
class Ordinals {
public:
    Ordinals(NameTable& names, std::string_view stem, std::uint64_t count)
        : m_names(names),
          m_stem(stem),
          m_first(stem.empty() ? 0 : names.takeOrdinals(stem, static_cast<std::uint32_t>(count)))
    {
    }
    Ordinals(const Ordinals&) = delete;
    Ordinals& operator=(const Ordinals&) = delete;
    ~Ordinals()
    {
        if (!m_stem.empty()) {
            m_names.dropOrdinals(m_stem);
        }
    }
    [[nodiscard]] std::uint32_t first() const noexcept { return m_first; }

private:
    NameTable& m_names;
    const std::string_view m_stem;
    const std::uint32_t m_first;
};

/// Those that were made, in stretches without a failure in between, since their names count on.
void announce(Core& core, const BulkCreated& out, notice::Made made)
{
    constexpr std::size_t kMostStretches = 64;
    if (out.failures.size() > kMostStretches && !made.stem.empty()) {
        made.stem = {};  // hardly a name left
    }
    std::span<const AgentId> left = out.ids;
    std::uint64_t index = 0;
    for (std::size_t i = 0; i <= out.failures.size() && !left.empty(); ++i) {
        const bool last = made.stem.empty() || i == out.failures.size();
        const std::uint64_t until = last ? index + left.size() : out.failures[i].index;
        const std::uint64_t count = std::min<std::uint64_t>(until - index, left.size());
        notice::Made stretch = made;
        stretch.ordinal += static_cast<std::uint32_t>(index);
        stretch.ids = left.first(count);
        notice::createdMany(core, stretch);
        left = left.subspan(count);
        index = until + 1;
    }
}

}  // namespace

Result<BulkCreated> createBulk(ThreadContext& context, const CreateOptions& options,
                               const AgentOps& ops, std::uint64_t count, AgentRecipe recipe)
{
    Core& core = context.owner();
    const ContextScope scope(context);
    if (const Result<void> fine = check(core, options); !fine.ok()) {
        return fine.error();
    }
    if (count == 0) {
        return BulkCreated{};
    }
    const MonoTime start = core.clock->now();
    Result<AgentGroup*> made = groupFor(context, options, ops, true, std::move(recipe), count);
    if (!made.ok()) {
        return made.error();
    }
    AgentGroup& group = *made.value();
    const std::string stem = options.name.empty() ? std::string() : options.name + "-";
    const Ordinals ordinals(core.names, stem, count);
    group.firstOrdinal = ordinals.first();
    if (!stem.empty()) {
        core.names.prepare(count);
    }
    const std::string type = group.type;  // the group goes with its last agent
    BulkCreated out = BulkCreation(core, stem, ops, group, count).run(context);
    if (!out.ids.empty()) {
        announce(core, out,
                 {.type = type,
                  .stem = options.name,
                  .ordinal = ordinals.first(),
                  .took = core.clock->now() - start});
    }
    const std::uint64_t failed = out.failures.size();
    if (failed != 0) {
        const bool none = out.ids.empty();
        Error why = out.failures.front().error;
        dropGroup(core, group, failed);
        if (none) {
            return why;
        }
    }
    return out;
}

}  // namespace muster::detail
