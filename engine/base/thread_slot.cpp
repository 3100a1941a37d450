// SPDX-License-Identifier: Apache-2.0
#include "base/thread_slot.h"

#include <atomic>
#include <bit>

namespace muster {
namespace {

static_assert(ThreadSlot::kOwned < 64, "one word holds which slots are taken");

// One bit a taken slot. A thread that takes a slot sees all that its last owner wrote.
constinit std::atomic<std::uint64_t> takenSlots{0};

struct SlotHolder {
    std::uint32_t slot = ThreadSlot::kOwned;

    SlotHolder() noexcept
    {
        std::uint64_t taken = takenSlots.load(std::memory_order_relaxed);
        do {
            slot = static_cast<std::uint32_t>(std::countr_one(taken));
            if (slot >= ThreadSlot::kOwned) {
                slot = ThreadSlot::kOwned;
                return;
            }
        } while (!takenSlots.compare_exchange_weak(taken, taken | (std::uint64_t{1} << slot),
                                                   std::memory_order_acq_rel,
                                                   std::memory_order_relaxed));
    }
    SlotHolder(const SlotHolder&) = delete;
    SlotHolder& operator=(const SlotHolder&) = delete;
    ~SlotHolder()
    {
        if (slot < ThreadSlot::kOwned) {
            takenSlots.fetch_and(~(std::uint64_t{1} << slot), std::memory_order_acq_rel);
        }
    }
};

}  // namespace

thread_local constinit std::uint32_t ThreadSlot::t_slot = ThreadSlot::kUnset;

std::uint32_t ThreadSlot::take() noexcept
{
    // Other thread-local destructors may still ask after this one ran: they share then.
    thread_local const struct Guard {
        SlotHolder holder;
        Guard() noexcept { t_slot = holder.slot; }
        ~Guard() { t_slot = kOwned; }
    } guard;
    return t_slot;
}

}  // namespace muster
