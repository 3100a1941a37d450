// SPDX-License-Identifier: Apache-2.0
#include "workload/input.h"

#include <fmt/format.h>

#include <atomic>

#include "workload/internal/link_reader.h"
#include "workload/internal/read_ahead.h"
#include "workload/internal/row_reader.h"
#include "workload/internal/tree_reader.h"

namespace muster {

namespace {

/// Jobs without an item, for ever.
class NoInput final : public InputSource {
public:
    [[nodiscard]] Result<void> open(std::function<void()>) override { return {}; }
    [[nodiscard]] Next take(std::unique_ptr<const std::string>&) override { return Next::item; }
    [[nodiscard]] InputFigures figures() const override { return {}; }
    [[nodiscard]] InputKind kind() const noexcept override { return InputKind::none; }
    void stop() override {}
};

/// What stands in for a file or a tree in a simulation: items by number, a seeded count of them.
class ModelInput final : public InputSource {
public:
    ModelInput(InputKind kind, std::uint64_t seed)
        : m_kind(kind), m_total(kFewest + Rng(seed).fork("input").below(kMostMore))
    {
    }
    [[nodiscard]] Result<void> open(std::function<void()>) override { return {}; }
    [[nodiscard]] Next take(std::unique_ptr<const std::string>& item) override
    {
        const std::uint64_t taken = m_taken.load(std::memory_order_relaxed);
        if (taken == m_total) {
            return Next::over;
        }
        item = std::make_unique<const std::string>(fmt::format("item-{:06}", taken + 1));
        m_taken.store(taken + 1, std::memory_order_relaxed);
        return Next::item;
    }
    [[nodiscard]] InputFigures figures() const override
    {
        return {m_taken.load(std::memory_order_relaxed), 0, 0, m_total};
    }
    [[nodiscard]] InputKind kind() const noexcept override { return m_kind; }
    void stop() override {}

private:
    static constexpr std::uint64_t kFewest = 4000;
    static constexpr std::uint64_t kMostMore = 2000;

    const InputKind m_kind;
    const std::uint64_t m_total;
    std::atomic<std::uint64_t> m_taken{0};
};

/// Reads under way keep what they need, however soon the generator is gone.
class SharedInput final : public InputSource {
public:
    explicit SharedInput(std::shared_ptr<ReadAhead> inner) : m_inner(std::move(inner)) {}
    ~SharedInput() override { m_inner->stop(); }
    [[nodiscard]] Result<void> open(std::function<void()> ready) override
    {
        return m_inner->open(std::move(ready));
    }
    [[nodiscard]] Next take(std::unique_ptr<const std::string>& item) override
    {
        return m_inner->take(item);
    }
    [[nodiscard]] InputFigures figures() const override { return m_inner->figures(); }
    [[nodiscard]] InputKind kind() const noexcept override { return m_inner->kind(); }
    void stop() override { m_inner->stop(); }

private:
    std::shared_ptr<ReadAhead> m_inner;
};

}  // namespace

std::string inputName(const InputSpec& spec)
{
    return fmt::format("{}:{}{}{}", toString(spec.kind), spec.path, spec.field.empty() ? "" : "#",
                       spec.field);
}

std::unique_ptr<InputSource> makeInput(const InputSpec& spec, Scheduler& scheduler,
                                       ResultSink* sink, std::uint64_t seed)
{
    if (spec.kind == InputKind::none) {
        return std::make_unique<NoInput>();
    }
    if (scheduler.simulated()) {
        return std::make_unique<ModelInput>(spec.kind, seed);
    }
    std::unique_ptr<BatchReader> reader;
    if (spec.kind == InputKind::tree) {
        reader = std::make_unique<TreeReader>(spec);
    } else if (spec.kind == InputKind::links) {
        reader = std::make_unique<LinkReader>(spec);
    } else {
        reader = std::make_unique<RowReader>(spec);
    }
    return std::make_unique<SharedInput>(
        std::make_shared<ReadAhead>(spec.kind, std::move(reader), scheduler, sink));
}

}  // namespace muster
