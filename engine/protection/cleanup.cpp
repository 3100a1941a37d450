// SPDX-License-Identifier: Apache-2.0
#include "protection/cleanup.h"

#include <algorithm>
#include <exception>

namespace muster {

namespace {

constexpr std::array<std::string_view, kWatched> kNames{"cpu",     "memory", "disk", "files",
                                                        "threads", "agents", "queue"};

CleanupOutcome guarded(const CleanupHook& hook, const CleanupOrder& order)
{
    try {
        return hook.run(order);
    } catch (const std::exception& thrown) {
        return Error{ErrorCode::internal, thrown.what(), hook.name, {}};
    } catch (...) {
        return Error{ErrorCode::internal, "it threw what is no exception", hook.name, {}};
    }
}

}  // namespace

std::string_view toString(Watched resource) noexcept
{
    return resource < Watched::count ? kNames[static_cast<std::size_t>(resource)] : "";
}

std::optional<Watched> watchedNamed(std::string_view name) noexcept
{
    const auto found = std::ranges::find(kNames, name);
    return found == kNames.end() ? std::nullopt
                                 : std::optional(static_cast<Watched>(found - kNames.begin()));
}

std::string_view toString(CleanupStage stage) noexcept
{
    switch (stage) {
        case CleanupStage::garbage:
            return "garbage";
        case CleanupStage::caches:
            return "caches";
        case CleanupStage::lowPriority:
            return "low priority";
        case CleanupStage::count:
            break;
    }
    return "";
}

bool CleanupHooks::any(Watched resource, CleanupStage stage) const noexcept
{
    return std::ranges::any_of(m_hooks, [&](const CleanupHook& hook) {
        return hook.stage == stage && std::ranges::find(hook.of, resource) != hook.of.end();
    });
}

std::vector<CleanupDone> CleanupHooks::run(const CleanupOrder& order, const Clock& clock) const
{
    std::vector<CleanupDone> all;
    std::uint64_t given = 0;
    for (const CleanupHook& hook : m_hooks) {
        if (hook.stage != order.stage ||
            std::ranges::find(hook.of, order.resource) == hook.of.end()) {
            continue;
        }
        CleanupOrder rest = order;
        rest.amount = order.amount - std::min(given, order.amount);
        if (rest.amount == 0) {
            break;
        }
        const MonoTime begun = clock.now();
        auto outcome = guarded(hook, rest);
        if (outcome.ok()) {
            given += outcome->value_or(0);
        }
        all.push_back({hook.name, std::move(outcome), clock.now() - begun});
    }
    return all;
}

void CleanupPlan::begin(MonoTime now)
{
    m_began = now;
    m_enough = false;
    m_stage = CleanupStage::garbage;
    m_notBefore = now;
}

std::optional<Duration> CleanupPlan::look(const Look& look, MonoTime now)
{
    m_look = look;
    m_looked = true;
    if (m_startedAt && now - *m_startedAt >= kLongest) {
        ran(now);
        m_looked = true;
    }
    if (!m_began || m_enough) {
        if (look.presses && look.over) {
            begin(now);
        } else if (!look.presses) {
            m_began.reset();
            m_enough = false;
        }
    }
    if (!m_began || m_enough || look.excess > 0) {
        return std::nullopt;
    }
    m_enough = true;
    return now - *m_began;
}

std::optional<CleanupPlan::Step> CleanupPlan::next(MonoTime now)
{
    if (!underWay() || running() || !m_looked || now < m_notBefore || m_look.excess == 0) {
        return std::nullopt;
    }
    if (m_stage == CleanupStage::lowPriority && !m_look.severe) {
        m_stage = CleanupStage::garbage;
        m_notBefore = now + kPause;
        return std::nullopt;
    }
    m_startedAt = now;
    return Step{m_stage, m_look.excess};
}

void CleanupPlan::ran(MonoTime now)
{
    m_startedAt.reset();
    m_looked = false;
    m_stage = static_cast<CleanupStage>(static_cast<int>(m_stage) + 1);
    if (m_stage == CleanupStage::count) {
        m_stage = CleanupStage::garbage;
        m_notBefore = now + kPause;
    }
}

}  // namespace muster
