// SPDX-License-Identifier: Apache-2.0
#include "agents/distribution.h"
#include "agents/internal/built_in.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr double kMostCompute = 1e9;  // ns: a worker is held that long
constexpr double kMostAllocate = 1024.0 * 1024 * 1024;

/// Work of a known shape that touches nothing outside: computes, waits, allocates, fails.
class Synthetic final : public Action {
public:
    [[nodiscard]] Result<void> configure(const Value& parameters)
    {
        for (auto [key, distribution, quantity] :
             {std::tuple("compute", &m_compute, SchemaType::duration),
              std::tuple("wait", &m_wait, SchemaType::duration),
              std::tuple("allocate", &m_allocate, SchemaType::size)}) {
            if (const Value* value = parameters.find(key)) {
                auto read = readDistribution(*value, quantity);
                if (!read.ok()) {
                    return read.error();
                }
                *distribution = read.value();
            }
        }
        if (const Value* share = parameters.find("fail")) {
            m_fail =
                share->isNumeric() ? share->asNumber() : parseShare(share->asText()).valueOr(0);
        }
        m_chance = m_fail > 0 || !m_compute.fixed() || !m_wait.fixed() || !m_allocate.fixed();
        return {};
    }

    [[nodiscard]] ActionOutcome run(const ActionCall&) const override { return Fields{}; }

    [[nodiscard]] bool waits() const noexcept override
    {
        return !m_wait.zero() || !m_allocate.zero();
    }

    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override
    {
        if (!m_chance) {
            return {nanoseconds(m_compute.mean), nanoseconds(m_wait.mean),
                    static_cast<std::uint64_t>(m_allocate.mean), false};
        }
        Rng rng = call.rng(seed);
        ActionPlan plan;
        plan.compute = nanoseconds(std::min(m_compute.draw(rng), kMostCompute));
        plan.wait = nanoseconds(m_wait.draw(rng));
        plan.allocate = static_cast<std::uint64_t>(std::min(m_allocate.draw(rng), kMostAllocate));
        plan.fail = rng.uniform() < m_fail;
        return plan;
    }

    [[nodiscard]] ActionOutcome outcome(const ActionCall&, const ActionPlan& plan,
                                        const Rng&) const override
    {
        if (plan.fail) {
            return ActionFailure{FailureClass::application,
                                 {ErrorCode::unavailable, "failed as its fail share says", "", ""}};
        }
        return Fields{};
    }

private:
    static Duration nanoseconds(double value) { return Duration{static_cast<std::int64_t>(value)}; }

    Distribution m_compute;
    Distribution m_wait;
    Distribution m_allocate;
    double m_fail = 0;
    bool m_chance = false;
};

}  // namespace

ActionInfo synthetic()
{
    ActionInfo info;
    info.kind = "synthetic";
    info.help = "work of a known shape: computes, waits, allocates and fails by distribution";
    info.parameters = {
        schema::optional(
            "compute", distributionSchema(SchemaType::duration, "how long it keeps a worker busy")),
        schema::optional("wait", distributionSchema(SchemaType::duration,
                                                    "how long it waits, holding no worker")),
        schema::optional("allocate",
                         distributionSchema(SchemaType::size, "memory it holds while it waits")),
        schema::standard("fail", schema::of(SchemaType::share, "the share of calls that fail"),
                         Value("0%"))};
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        auto action = std::make_shared<Synthetic>();
        auto configured = action->configure(parameters);
        if (!configured.ok()) {
            return configured.error();
        }
        return std::shared_ptr<const Action>(std::move(action));
    };
    return info;
}

}  // namespace muster
