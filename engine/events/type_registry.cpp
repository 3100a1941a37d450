// SPDX-License-Identifier: Apache-2.0
#include "events/type_registry.h"

namespace muster {
namespace {

bool validName(std::string_view name) noexcept
{
    bool startsSegment = true;
    for (const char c : name) {
        const bool letter =
            (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
        if (!letter && (c != '.' || startsSegment)) {
            return false;
        }
        startsSegment = c == '.';
    }
    return !startsSegment;
}

}  // namespace

struct TypeRegistry::Added {
    std::string name;
    EventInfo info;
};

TypeRegistry::TypeRegistry() : m_size(static_cast<std::uint32_t>(allEventTypes().size()))
{
    for (const EventInfo& info : allEventTypes()) {
        m_byName.emplace(info.name, info.type);
    }
}

TypeRegistry::~TypeRegistry() = default;

Result<TypeId> TypeRegistry::intern(std::string_view name)
{
    const std::scoped_lock lock(m_mutex);
    if (const auto known = m_byName.find(name); known != m_byName.end()) {
        return known->second;
    }
    if (!validName(name)) {
        return Error{ErrorCode::invalidArgument, "this is no name of an event type",
                     std::string(name), "Write dotted segments of a-z, 0-9, _ and -"};
    }
    const std::uint32_t number = m_size.load(std::memory_order_relaxed) + 1;
    if (number >= kMaxTypes) {
        return Error{ErrorCode::overloaded, "there are too many event types", std::string(name),
                     "Put what varies into the event's data, not into its type"};
    }
    auto added = std::make_unique<Added>();
    added->name = name;
    added->info.type = TypeId(number);
    added->info.name = added->name;
    added->info.openFields = true;
    auto& chunk = m_chunks[number / kChunk];
    if (chunk.load(std::memory_order_relaxed) == nullptr) {
        m_ownedChunks.push_back(std::make_unique<Chunk>());
        chunk.store(m_ownedChunks.back().get(), std::memory_order_release);
    }
    (*chunk.load(std::memory_order_relaxed))[number % kChunk].store(&added->info,
                                                                    std::memory_order_release);
    m_byName.emplace(added->info.name, added->info.type);
    m_added.push_back(std::move(added));
    m_size.store(number, std::memory_order_release);
    return TypeId(number);
}

TypeId TypeRegistry::find(std::string_view name) const
{
    const std::scoped_lock lock(m_mutex);
    const auto known = m_byName.find(name);
    return known == m_byName.end() ? TypeId() : known->second;
}

std::string_view TypeRegistry::name(TypeId type) const noexcept
{
    const EventInfo* known = info(type);
    return known == nullptr ? std::string_view() : known->name;
}

const EventInfo* TypeRegistry::info(TypeId type) const noexcept
{
    const auto catalogued = allEventTypes();
    if (type.value - 1 < catalogued.size()) {
        return &catalogued[type.value - 1];
    }
    if (type.value >= kMaxTypes) {
        return nullptr;
    }
    const Chunk* chunk = m_chunks[type.value / kChunk].load(std::memory_order_acquire);
    return chunk == nullptr ? nullptr
                            : (*chunk)[type.value % kChunk].load(std::memory_order_acquire);
}

}  // namespace muster
