// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtTest/QtTest>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "agents/task_agent.h"
#include "documents/toml.h"
#include "runtime/runtime.h"
#include "workload/load_generator.h"

namespace muster::tests {

/// Everything that came out of the agents, in the order it came.
class Outcomes final : public ResultSink {
public:
    struct Row {
        std::string item;
        std::uint64_t number = 0;
        AgentId agent;
        std::string failure;  ///< empty: a result
        Fields fields;
    };

    void result(const ResultRow& row) override
    {
        const std::lock_guard lock(m_mutex);
        Fields fields;
        for (const auto field : row.fields) {
            fields.add(field.key, field.value);
        }
        m_rows.push_back({std::string(row.item), row.number, row.agent, {}, std::move(fields)});
    }
    void error(const ErrorRow& row) override
    {
        const std::lock_guard lock(m_mutex);
        m_rows.push_back(
            {std::string(row.item), row.number, row.agent, row.error->message, Fields{}});
    }
    [[nodiscard]] std::vector<Row> rows() const
    {
        const std::lock_guard lock(m_mutex);
        return m_rows;
    }

private:
    mutable std::mutex m_mutex;
    std::vector<Row> m_rows;
};

/// A small workload on a runtime of its own, simulated unless asked otherwise.
class LoadFixture {
public:
    struct Options {
        std::uint64_t agents = 4;
        std::uint32_t queue = 8;
        std::string kind = "synthetic";
        std::string parameters;  ///< of the action, as TOML
        InputSpec input;
        LoadSpec load;
        std::uint64_t seed = 1;
        SchedulerKind scheduler = SchedulerKind::simulated;
        std::uint32_t workers = 2;
        Duration lifetime{};
        AgentAdmission* admission = nullptr;
    };

    explicit LoadFixture(Options options)
        : m_options(std::move(options)), m_actions(builtInActions())
    {
        RuntimeOptions runtimeOptions;
        runtimeOptions.scheduler = m_options.scheduler;
        runtimeOptions.seed = m_options.seed;
        runtimeOptions.workers = m_options.workers;
        runtimeOptions.admission = m_options.admission;
        m_runtime = std::move(Runtime::create(runtimeOptions)).value();
        makeSetup();
        LoadGeneratorOptions load;
        load.load = m_options.load;
        load.logArrivals = true;
        load.seed = m_options.seed;
        load.metrics = &metrics;
        load.results = &outcomes;
        load.behind = [this] { return behind.load(); };
        load.share = [this] { return share.load(); };
        load.finished = [this](const std::string& reason) {
            const std::lock_guard lock(m_mutex);
            m_finished.push_back(reason);
        };
        generator = std::make_unique<LoadGenerator>(
            *m_runtime,
            makeInput(m_options.input, m_runtime->scheduler(), &outcomes, m_options.seed),
            std::move(load));
        CreateOptions create;
        create.name = "agent";
        const auto make = [this, create](std::uint64_t count) {
            return m_runtime->createMany<TaskAgent>(
                count, create, [this](std::uint64_t) { return TaskAgent(*m_setup); });
        };
        ids = make(m_options.agents).value().ids;
        generator->addTarget({.setup = m_setup.get(),
                              .agents = ids,
                              .queue = m_options.queue,
                              .lifetime = m_options.lifetime,
                              .create = make});
    }
    ~LoadFixture()
    {
        generator->stop();
        m_runtime.reset();
    }

    void start()
    {
        const auto started = generator->start();
        if (!started.ok()) {
            qFatal("%s", started.error().text().c_str());
        }
    }
    void run(Duration time) { m_runtime->simulation()->runFor(time); }
    [[nodiscard]] Runtime& runtime() { return *m_runtime; }
    [[nodiscard]] LoadFigures figures() const { return generator->figures(); }
    [[nodiscard]] std::vector<std::string> finished() const
    {
        const std::lock_guard lock(m_mutex);
        return m_finished;
    }

    MetricRegistry metrics;
    Outcomes outcomes;
    std::atomic<bool> behind{false};
    std::atomic<double> share{1};  ///< what pressure leaves of the load
    std::vector<AgentId> ids;
    std::unique_ptr<LoadGenerator> generator;

private:
    void makeSetup()
    {
        TaskSetup::Options setup;
        setup.action = "act";
        setup.info = m_actions.find(m_options.kind);
        setup.perform = setup.info->make(parseToml(m_options.parameters, "test").value()).value();
        setup.seed = m_options.seed;
        setup.results = &outcomes;
        setup.metrics = &metrics;
        m_setup = std::make_unique<TaskSetup>(*m_runtime, std::move(setup));
    }

    Options m_options;
    ActionRegistry m_actions;
    std::unique_ptr<Runtime> m_runtime;
    std::unique_ptr<TaskSetup> m_setup;
    mutable std::mutex m_mutex;
    std::vector<std::string> m_finished;
};

}  // namespace muster::tests
