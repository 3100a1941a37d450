// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "events/catalogue.h"

namespace muster {

/// Event types as small integers. Those of the catalogue always have their place there; others
/// (a workload's, a registered agent's) are added while the engine runs and stay for its life.
/// Thread safety: any thread; name() and info() take no lock.
class TypeRegistry {
public:
    TypeRegistry();
    TypeRegistry(const TypeRegistry&) = delete;
    TypeRegistry& operator=(const TypeRegistry&) = delete;
    ~TypeRegistry();

    /// The type of that name, made when it is new. Errors: invalidArgument when the name is not
    /// dotted segments of a–z, 0–9, `_` and `-`; overloaded beyond kMaxTypes.
    [[nodiscard]] Result<TypeId> intern(std::string_view name);
    [[nodiscard]] TypeId find(std::string_view name) const;  ///< none when unknown
    [[nodiscard]] std::string_view name(TypeId type) const noexcept;
    /// Null for an id that this registry never gave.
    [[nodiscard]] const EventInfo* info(TypeId type) const noexcept;
    /// Ids run from 1 to size(), without gaps.
    [[nodiscard]] std::uint32_t size() const noexcept
    {
        return m_size.load(std::memory_order_acquire);
    }

    static constexpr std::uint32_t kMaxTypes = 65'536;

private:
    struct Added;
    static constexpr std::uint32_t kChunk = 256;
    using Chunk = std::array<std::atomic<const EventInfo*>, kChunk>;

    std::atomic<std::uint32_t> m_size;
    std::array<std::atomic<Chunk*>, kMaxTypes / kChunk> m_chunks{};

    mutable std::mutex m_mutex;  // guards what follows, and additions to the above
    std::vector<std::unique_ptr<Chunk>> m_ownedChunks;
    std::vector<std::unique_ptr<Added>> m_added;
    std::unordered_map<std::string_view, TypeId> m_byName;
};

}  // namespace muster
