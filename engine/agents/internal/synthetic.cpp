// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <atomic>
#include <limits>

#include "agents/distribution.h"
#include "agents/internal/built_in.h"
#include "documents/units.h"

namespace muster {

namespace {

constexpr double kMostCompute = 1e9;  // ns: a worker is held that long
constexpr double kMostAllocate = 1024.0 * 1024 * 1024;

constexpr std::array<std::string_view, kFailureClasses + 1> kFailures{
    "network", "timeout", "application", "rejected", "ignored"};

/// An item is poison or not by its text alone.
const Rng kItems(0x6974656d);

/// How one call goes.
struct Shape {
    Distribution compute;
    Distribution wait;
    Distribution allocate;
    double fail = 0;
    double poison = 0;  // of the items
    FailureClass failure = FailureClass::application;

    [[nodiscard]] Result<void> read(const Value& parameters)
    {
        for (auto [key, distribution, quantity] :
             {std::tuple("compute", &compute, SchemaType::duration),
              std::tuple("wait", &wait, SchemaType::duration),
              std::tuple("allocate", &allocate, SchemaType::size)}) {
            if (const Value* value = parameters.find(key)) {
                auto read = readDistribution(*value, quantity);
                if (!read.ok()) {
                    return read.error();
                }
                *distribution = read.value();
            }
        }
        if (const Value* share = parameters.find("fail")) {
            fail = share->isNumeric() ? share->asNumber() : parseShare(share->asText()).valueOr(0);
        }
        if (const Value* share = parameters.find("poison")) {
            poison =
                share->isNumeric() ? share->asNumber() : parseShare(share->asText()).valueOr(0);
        }
        if (const Value* name = parameters.find("failure")) {
            failure = static_cast<FailureClass>(std::ranges::find(kFailures, name->asText()) -
                                                kFailures.begin());
        }
        return {};
    }
    [[nodiscard]] bool waits() const noexcept { return !wait.zero() || !allocate.zero(); }
    [[nodiscard]] bool fixed() const noexcept
    {
        return fail == 0 && poison == 0 && compute.fixed() && wait.fixed() && allocate.fixed();
    }
};

/// A time in which calls go otherwise.
struct Phase {
    Duration end{};  ///< since the first phase's begin
    Shape shape;
};

/// Work of a known shape that touches nothing outside: computes, waits, allocates, fails. In
/// phases, if it has some: counted from its first call on.
class Synthetic final : public Action {
public:
    [[nodiscard]] Result<void> configure(const Value& parameters)
    {
        if (auto read = m_usual.read(parameters); !read.ok()) {
            return read;
        }
        if (const Value* repeat = parameters.find("repeat")) {
            m_repeat = repeat->asBool();
        }
        Duration end{};
        if (const Value* phases = parameters.find("phases")) {
            for (const Value& each : phases->asArray()) {
                end += parseDuration(each.find("for")->asText()).valueOr({});
                m_phases.push_back({end, m_usual});
                if (auto read = m_phases.back().shape.read(each); !read.ok()) {
                    return read;
                }
            }
        }
        if (!m_phases.empty() && end == Duration{}) {
            return Error{ErrorCode::invalidArgument, "the phases take no time in all", "phases",
                         "Name one that lasts"};
        }
        return {};
    }

    [[nodiscard]] ActionOutcome run(const ActionCall&) const override { return Fields{}; }

    [[nodiscard]] bool waits() const noexcept override
    {
        return m_usual.waits() || std::ranges::any_of(m_phases, [](const Phase& phase) {
                   return phase.shape.waits();
               });
    }

    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override
    {
        const Shape& shape = m_phases.empty() ? m_usual : shapeAt(call.clock->now());
        ActionPlan plan;
        plan.failure = shape.failure;
        if (shape.fixed()) {
            plan.compute = nanoseconds(shape.compute.mean);
            plan.wait = nanoseconds(shape.wait.mean);
            plan.allocate = static_cast<std::uint64_t>(shape.allocate.mean);
            return plan;
        }
        Rng rng = call.rng(seed);
        plan.compute = nanoseconds(std::min(shape.compute.draw(rng), kMostCompute));
        plan.wait = nanoseconds(shape.wait.draw(rng));
        plan.allocate =
            static_cast<std::uint64_t>(std::min(shape.allocate.draw(rng), kMostAllocate));
        plan.fail = rng.uniform() < shape.fail;
        if (shape.poison > 0 && kItems.fork(call.item).uniform() < shape.poison) {
            plan.fail = true;  // whenever it is tried, in every run
        }
        return plan;
    }

    [[nodiscard]] ActionOutcome outcome(const ActionCall&, const ActionPlan& plan,
                                        const Rng&) const override
    {
        if (plan.fail) {
            return ActionFailure{plan.failure,
                                 {ErrorCode::unavailable, "failed as its fail share says", "", ""}};
        }
        return Fields{};
    }

private:
    static Duration nanoseconds(double value) { return Duration{static_cast<std::int64_t>(value)}; }

    [[nodiscard]] const Shape& shapeAt(MonoTime now) const noexcept
    {
        std::int64_t begin = kNotBegun;
        if (m_begin.compare_exchange_strong(begin, now.nanoseconds)) {
            begin = now.nanoseconds;
        }
        Duration passed{std::max<std::int64_t>(0, now.nanoseconds - begin)};
        if (m_repeat) {
            passed %= m_phases.back().end;
        }
        const auto phase = std::ranges::find_if(
            m_phases, [passed](const Phase& each) { return passed < each.end; });
        return phase == m_phases.end() ? m_usual : phase->shape;
    }

    static constexpr std::int64_t kNotBegun = std::numeric_limits<std::int64_t>::min();

    Shape m_usual;
    std::vector<Phase> m_phases;
    bool m_repeat = false;
    mutable std::atomic<std::int64_t> m_begin{kNotBegun};
};

std::vector<SchemaField> shapeFields()
{
    return {schema::optional("compute", distributionSchema(SchemaType::duration,
                                                           "how long it keeps a worker busy")),
            schema::optional("wait", distributionSchema(SchemaType::duration,
                                                        "how long it waits, holding no worker")),
            schema::optional(
                "allocate", distributionSchema(SchemaType::size, "memory it holds while it waits")),
            schema::optional("fail", schema::of(SchemaType::share, "the share of calls that fail")),
            schema::optional(
                "poison", schema::of(SchemaType::share, "the share of items that fail each time")),
            schema::optional("failure", schema::choice({kFailures.begin(), kFailures.end()},
                                                       "the class of its failures"))};
}

}  // namespace

ActionInfo synthetic()
{
    ActionInfo info;
    info.kind = "synthetic";
    info.help = "work of a known shape: computes, waits, allocates and fails by distribution";
    info.parameters = shapeFields();
    auto phase = shapeFields();
    phase.insert(phase.begin(),
                 schema::required("for", schema::of(SchemaType::duration, "how long it lasts")));
    info.parameters.push_back(schema::optional(
        "phases", schema::list(schema::table(std::move(phase), "a time in which it goes otherwise"),
                               "one after the other, from its first call on; then as usual")
                      .range(1, 1000)));
    info.parameters.push_back(schema::standard(
        "repeat", schema::of(SchemaType::boolean, "begins with the first phase again"),
        Value(false)));
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
