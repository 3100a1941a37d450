// SPDX-License-Identifier: Apache-2.0
#include "runtime/model/no_runtime.h"

#include <array>
#include <cstddef>
#include <memory>

#include "runtime/internal/block_pool.h"
#include "runtime/internal/core.h"
#include "runtime/internal/post.h"
#include "runtime/internal/slot_table.h"

// What the mailbox asks of the rest of the runtime, which is not part of the stepped library.
namespace muster::detail {

namespace {

constexpr std::uint32_t kFewAgents = 64;

[[nodiscard]] BlockPool& blockPool()
{
    static BlockPool pool;
    return pool;
}

[[nodiscard]] SlotTable& slotTable()
{
    static SlotTable table(kFewAgents);
    return table;
}

/// Room for one that nobody looks into.
[[nodiscard]] Core& noCore()
{
    alignas(Core) static std::array<std::byte, sizeof(Core)> room;
    return *reinterpret_cast<Core*>(room.data());
}

[[nodiscard]] std::unique_ptr<ThreadContext> makeContext(Worker* worker)
{
    auto context = std::make_unique<ThreadContext>(noCore(), std::uint16_t{0});
    context->worker = worker;
    return context;
}

}  // namespace

ThreadContext::ThreadContext(Core& owner, std::uint16_t index)
    : core(&owner), number(index), blocks(blockPool()), slots(slotTable())
{
}

CellSide& Core::sideOf(Cell& cell)
{
    return *cell.side.load();
}

void discard(ThreadContext&, Envelope* envelope, DropCause) noexcept
{
    ++static_cast<model::Letter*>(envelope)->shed;
}

}  // namespace muster::detail

namespace muster::model {

detail::ThreadContext& outsideContext()
{
    static const auto context = detail::makeContext(nullptr);
    return *context;
}

detail::ThreadContext& workerContext()
{
    // The mailbox asks only whether there is one.
    static std::byte worker;
    static const auto context = detail::makeContext(reinterpret_cast<detail::Worker*>(&worker));
    return *context;
}

}  // namespace muster::model
