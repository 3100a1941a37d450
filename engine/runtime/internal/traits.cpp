// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/traits.h"

#include <algorithm>
#include <functional>

namespace muster::detail {
namespace {

constexpr std::size_t kSpread = 0x9e3779b97f4a7c15ULL;

[[nodiscard]] bool among(const std::vector<std::string>& words, std::string_view word) noexcept
{
    return std::ranges::find(words, word) != words.end();
}

}  // namespace

bool Traits::hasCapability(std::string_view capability) const noexcept
{
    return among(capabilities, capability);
}

std::optional<std::string_view> Traits::attribute(std::string_view key) const noexcept
{
    const auto found = std::ranges::find(
        attributes, key, [](const auto& each) { return std::string_view(each.first); });
    return found == attributes.end() ? std::nullopt
                                     : std::optional<std::string_view>(found->second);
}

Traits Traits::updated(const AgentUpdate& update) const
{
    Traits after = *this;
    std::erase_if(after.attributes, [&update](const auto& each) {
        return among(update.withoutAttributes, each.first);
    });
    std::erase_if(after.capabilities, [&update](const std::string& each) {
        return among(update.withoutCapabilities, each);
    });
    for (const auto& [key, value] : update.attributes) {
        const auto known =
            std::ranges::find(after.attributes, key, &std::pair<std::string, std::string>::first);
        if (known == after.attributes.end()) {
            after.attributes.emplace_back(key, value);
        } else {
            known->second = value;
        }
    }
    for (const std::string& capability : update.capabilities) {
        if (!after.hasCapability(capability)) {
            after.capabilities.push_back(capability);
        }
    }
    return after;
}

std::size_t Traits::hash() const noexcept
{
    std::size_t hash = capabilities.size();
    const auto add = [&hash](std::string_view word) {
        hash = hash * kSpread + std::hash<std::string_view>()(word);
    };
    std::ranges::for_each(capabilities, add);
    for (const auto& [key, value] : attributes) {
        add(key);
        add(value);
    }
    return hash;
}

}  // namespace muster::detail
