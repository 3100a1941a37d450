// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runtime/create.h"
#include "runtime/internal/core.h"
#include "runtime/internal/creation_steps.h"
#include "runtime/internal/lifecycle.h"
#include "runtime/internal/notices.h"

namespace muster::detail {
namespace {

/// One bulk creation, a chunk at a time: memory beyond the agents stays bounded.
class BulkCreation {
public:
    BulkCreation(ThreadContext& context, const CreateOptions& options, const AgentOps& ops,
                 AgentGroup& group, std::uint32_t firstOrdinal)
        : m_context(context),
          m_core(context.owner()),
          m_stem(options.name.empty() ? std::string() : options.name + "-"),
          m_ops(ops),
          m_group(group),
          m_firstOrdinal(firstOrdinal)
    {
    }

    [[nodiscard]] BulkCreated run(std::uint64_t count)
    {
        m_out.ids.reserve(count);
        for (std::uint64_t from = 0; from < count; from += kChunk) {
            chunk(from, static_cast<std::uint32_t>(std::min<std::uint64_t>(kChunk, count - from)));
        }
        return std::move(m_out);
    }

private:
    static constexpr std::uint32_t kChunk = 1024;

    struct Place {
        const AgentRecipe& recipe;
        std::uint64_t index;

        static void construct(void* where, void* arguments)
        {
            const Place& place = *static_cast<const Place*>(arguments);
            place.recipe(where, place.index);
        }
    };

    void chunk(std::uint64_t from, std::uint32_t count)
    {
        std::uint32_t admitted = admitMost(from, count);
        std::uint32_t slots = 0;
        for (; slots < admitted; ++slots) {
            const std::uint32_t slot = m_context.slots.take();
            if (slot == Cell::kNoSlot) {
                break;
            }
            m_slots[slots] = slot;
            openCell(m_core.slots.at(slot), m_group,
                     m_firstOrdinal + static_cast<std::uint32_t>(from + slots));
        }
        if (slots < admitted) {
            fail(from + slots, admitted - slots, noSlots(m_core));
            unadmit(m_core, admitted - slots, m_ops);
        }
        m_taken.clear();
        if (!m_stem.empty() && slots != 0) {
            m_core.names.addMany(m_stem, m_firstOrdinal + static_cast<std::uint32_t>(from),
                                 m_slots.data(), slots, m_taken);
        }
        auto taken = m_taken.begin();
        for (std::uint32_t i = 0; i < slots; ++i) {
            const bool unnamed = taken != m_taken.end() && *taken == i;
            taken += unnamed ? 1 : 0;
            one(from + i, m_core.slots.at(m_slots[i]), unnamed);
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

    void one(std::uint64_t index, Cell& cell, bool nameIsTaken)
    {
        Place place{m_group.recipe, index};
        const Result<void> begun =
            nameIsTaken ? Result<void>(nameTaken(m_stem + std::to_string(m_firstOrdinal + index)))
                        : beginFirstLife(m_context, cell, m_ops, &Place::construct, &place);
        if (!begun.ok()) {
            abandonCell(m_context, cell);
            unadmit(m_core, 1, m_ops);
            m_out.failures.push_back({index, begun.error()});
            return;
        }
        m_out.ids.push_back(m_core.slots.idOf(cell));
        enterLife(m_context, cell, m_group);
        setReady(m_context, cell);
    }

    void fail(std::uint64_t from, std::uint64_t count, const Error& error)
    {
        for (std::uint64_t i = 0; i < count; ++i) {
            m_out.failures.push_back({from + i, error});
        }
    }

    ThreadContext& m_context;
    Core& m_core;
    const std::string m_stem;
    const AgentOps& m_ops;
    AgentGroup& m_group;
    const std::uint32_t m_firstOrdinal;
    BulkCreated m_out;
    std::array<std::uint32_t, kChunk> m_slots{};
    std::vector<std::size_t> m_taken;
};

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
    const std::uint32_t first =
        options.name.empty() ? 0 : core.names.nextOrdinal(options.name + "-");
    group.firstOrdinal = first;
    if (!options.name.empty()) {
        core.names.prepare(count);
    }
    const std::string type = group.type;  // the group goes with its last agent
    BulkCreated out = BulkCreation(context, options, ops, group, first).run(count);
    if (!out.ids.empty()) {
        notice::createdMany(core, type, out.ids.front(), options.name, out.ids.size(),
                            core.clock->now() - start);
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
