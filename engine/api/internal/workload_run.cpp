// SPDX-License-Identifier: Apache-2.0
#include "api/internal/workload_run.h"

#include <fmt/format.h>

#include "agents/task_agent.h"
#include "api/internal/arrival_record.h"
#include "api/internal/queue_rows.h"
#include "base/rng.h"
#include "workload/input.h"
#include "workload/queue_input.h"

namespace muster {

namespace {

/// Half of it, so that there is less to do while what is there is worked off.
constexpr double kLoadUnderCritical = 0.5;

}  // namespace

WorkloadRun::WorkloadRun(EngineCore& core, std::function<void(const std::string&)> loadOver)
    : m_core(core),
      m_spec(*core.workload),
      m_loadOver(std::move(loadOver)),
      m_results(core.recorder.get(), *core.clock, core.runtime->directory()),
      m_services(core),
      m_faults(core),
      m_expectations(expectationsOf(m_spec))
{
}

Result<void> WorkloadRun::start(const std::function<void()>& announced)
{
    if (auto started = startHelpers(); !started) {
        return started;
    }
    if (auto bound = bindActions(); !bound) {
        return bound;
    }
    m_services.announce();
    announced();
    makeLoad();
    if (auto made = makeAgents(); !made) {
        return made;
    }
    if (m_made) {
        m_made();
    }
    return m_generator ? m_generator->start() : Result<void>{};
}

bool WorkloadRun::mayWait(std::size_t action) const
{
    const ActionSpec& spec = m_spec.actions[action];
    return m_core.simulated() || spec.service || spec.info->blocking || spec.action->waits();
}

Result<void> WorkloadRun::startHelpers()
{
    if (m_spec.helpers.empty() || m_core.simulated()) {
        return {};
    }
    auto helpers =
        Helpers::start(m_spec.helpers, m_core.publisher.get(), m_core.log->component("helpers"));
    if (!helpers) {
        return helpers.error();
    }
    m_helpers = *std::move(helpers);
    return {};
}

Result<void> WorkloadRun::bindActions()
{
    ActionWorld& world = m_core.world;
    if (m_helpers) {
        for (const auto& helper : m_helpers->status()) {
            world.helpers.push_back({helper.name, helper.port});
        }
    }
    HttpClientOptions http;
    http.connectionsPerHost = m_spec.limits.connectionsPerHost.value_or(http.connectionsPerHost);
    world.http = std::make_shared<HttpClient>(http);
    world.processes = std::make_shared<ProcessRunner>();
    for (const auto& spec : m_spec.actions) {
        m_actions.push_back(spec.action);
        m_asRecorded.push_back(false);
        if (m_core.sandbox) {
            auto recorded = m_core.sandbox->action(spec.name, spec.action);
            if (!recorded) {
                return recorded.error();
            }
            if (*recorded) {
                m_actions.back() = *std::move(recorded);
                m_asRecorded.back() = true;
            }
            continue;
        }
        if (m_core.simulated()) {
            continue;
        }
        auto bound = spec.action->bind(world);
        if (!bound) {
            Error error = bound.error();
            error.where = fmt::format("action {}{}{}", spec.name, error.where.empty() ? "" : ": ",
                                      error.where);
            return error;
        }
        if (*bound) {
            m_actions.back() = *std::move(bound);
        }
    }
    return {};
}

std::vector<std::string> WorkloadRun::stopHelpers()
{
    return m_helpers ? m_helpers->stop() : std::vector<std::string>{};
}

void WorkloadRun::makeLoad()
{
    const auto again = m_core.sandbox ? m_core.sandbox->arrivals() : nullptr;
    if (m_core.sandbox ? again == nullptr : !m_spec.load) {
        return;
    }
    auto& runtime = *m_core.runtime;
    const Rng chance(m_core.seed);
    LoadGeneratorOptions options;
    if (again) {
        options.load.model = ArrivalModel::open;
        options.load.recorded = again;
    } else {
        options.load = *m_spec.load;
    }
    options.seed = chance.fork("load").next();
    options.finished = again ? std::function<void(const std::string&)>() : m_loadOver;
    options.metrics = &m_core.metrics;
    options.publisher = m_core.publisher.get();
    options.results = &m_results;
    options.log = m_core.log->component("load");
    if (m_core.recorder) {
        options.logArrivals = true;
        options.behind = [&recorder = *m_core.recorder] { return recorder.behind(); };
    }
    options.share = [&admission = m_core.admission] {
        return admission.pressure() == Pressure::critical ? kLoadUnderCritical : 1.0;
    };
    m_generator = std::make_unique<LoadGenerator>(runtime, makeSource(chance.fork("input").next()),
                                                  std::move(options));
    m_load.store(m_generator.get(), std::memory_order_release);
}

void WorkloadRun::recordArrivals()
{
    if (m_core.recorder && m_generator && !m_core.recorder->behind()) {
        for (ArrivalBlock& block : m_generator->takeArrivals()) {
            m_core.recorder->addCalls(toRecord(std::move(block), *m_core.clock));
        }
    }
}

std::unique_ptr<InputSource> WorkloadRun::makeSource(std::uint64_t seed)
{
    Scheduler& scheduler = m_core.runtime->scheduler();
    const QueueSpec* queue = m_spec.takes();
    if (queue == nullptr) {
        return makeInput(m_spec.input, scheduler, &m_results, seed);
    }
    QueueInputOptions options;
    options.queue = queue->name;
    if (m_spec.input.kind != InputKind::none) {
        options.feed = makeInput(m_spec.input, scheduler, &m_results, seed);
        options.feedName = inputName(m_spec.input);
    }
    options.results = &m_results;
    options.log = m_core.log->component("queues");
    auto input = std::make_unique<QueueInput>(*m_core.queues, scheduler, std::move(options));
    m_sink = input.get();
    m_core.queues->holdRetries([this](std::string_view name) { return retriesHeld(name); });
    return input;
}

std::string WorkloadRun::retriesHeld(std::string_view queue) const
{
    for (const ServiceStatus& service : servicesOf(queue)) {
        if (service.breaker &&
            (service.breaker->state == "open" || service.breaker->state == "forced_open")) {
            return fmt::format("the breaker of {} is open", service.name);
        }
    }
    return {};
}

std::vector<ServiceStatus> WorkloadRun::servicesOf(std::string_view queue) const
{
    std::vector<ServiceStatus> found;
    for (const AgentGroupSpec& group : m_spec.agents) {
        const ActionSpec& action = m_spec.actions[group.action];
        if (!group.takes || m_spec.queues[*group.takes].name != queue || !action.service) {
            continue;
        }
        for (ServiceStatus& status : m_services.statuses()) {
            if (status.name == m_spec.services[*action.service].name) {
                found.push_back(std::move(status));
            }
        }
    }
    return found;
}

std::vector<std::string> WorkloadRun::retryFindings(std::string_view queue,
                                                    const std::string& payload) const
{
    std::vector<std::string> findings = payloadFindings(m_spec, queue, payload);
    for (const ServiceStatus& service : servicesOf(queue)) {
        if (service.breaker && service.breaker->state != "closed") {
            findings.push_back(
                fmt::format("the breaker of {} is {}", service.name, service.breaker->state));
        }
        if (service.limiter && !service.limiter->keyed && service.limiter->remaining == 0) {
            findings.push_back(fmt::format("the limiter of {} has nothing left", service.name));
        }
    }
    return findings;
}

Result<void> WorkloadRun::makeAgents()
{
    const Rng chance(m_core.seed);
    for (std::size_t i = 0; i < m_spec.agents.size(); ++i) {
        const auto& group = m_spec.agents[i];
        const auto& action = m_spec.actions[group.action];
        TaskSetup::Options options;
        options.action = action.name;
        options.info = action.info;
        options.perform = m_actions[group.action];
        options.timeout = action.timeout;
        options.deadline = group.deadline;
        options.faults = &m_faults.at(group.action);
        // What was recorded is how a call went with all that protects it.
        const bool asRecorded = m_asRecorded[group.action];
        options.service = action.service && !asRecorded ? &m_services.at(*action.service) : nullptr;
        if (action.fallback && !asRecorded) {
            options.fallback = m_spec.actions[*action.fallback].info;
            options.instead = m_actions[*action.fallback];
        }
        options.seed = chance.fork("actions").fork(i).next();
        options.results = m_sink;
        options.metrics = &m_core.metrics;
        options.publisher = m_core.publisher.get();
        m_setups.push_back(std::make_unique<TaskSetup>(*m_core.runtime, std::move(options)));
    }
    for (std::size_t i = 0; i < m_spec.agents.size(); ++i) {
        const auto& group = m_spec.agents[i];
        m_setups[i]->handOnTo(group.then ? m_setups[*group.then].get() : nullptr);
    }
    for (std::size_t i = 0; i < m_spec.agents.size(); ++i) {
        if (auto made = makeGroup(m_spec.agents[i], *m_setups[i]); !made) {
            return made;
        }
    }
    return {};
}

Result<void> WorkloadRun::makeGroup(const AgentGroupSpec& group, TaskSetup& setup)
{
    CreateOptions options;
    options.name = group.name;
    options.type = group.type;
    options.capabilities = group.capabilities;
    options.attributes = group.attributes;
    options.mailbox.bound = group.queue;
    const auto create = [this, options, &setup](std::uint64_t count) {
        return m_core.runtime->createMany<TaskAgent>(
            count, options, [&setup](std::uint64_t) { return TaskAgent(setup); });
    };
    auto made = create(group.count);
    if (!made) {
        return made.error();
    }
    if (!made->failures.empty()) {
        auto error = made->failures.front().error;
        error.message = fmt::format("{} of {} agents of \"{}\" could not be made: {}",
                                    made->failures.size(), group.count, group.name, error.message);
        return error;
    }
    if (!group.fed) {
        setup.takeTurns(std::move(made->ids));
    } else if (m_generator) {
        m_generator->addTarget({.setup = &setup,
                                .agents = std::move(made->ids),
                                .queue = group.queue,
                                .lifetime = group.lifetime,
                                .create = create});
    }
    return {};
}

/// Of this run.
Reading WorkloadRun::jobFigure(ExpectedFigure figure) const
{
    if (!m_core.queues) {
        return Reading::unknown("the workload has no queue");
    }
    std::uint64_t sum = 0;
    for (const QueueStatus& queue : m_core.queues->status()) {
        const QueueCounts& counts = queue.figures.counts;
        sum += figure == ExpectedFigure::jobsDone ? counts.done : counts.died;
    }
    return Reading::of(static_cast<double>(sum));
}

Reading WorkloadRun::figure(const Expectation& expectation, Duration ran) const
{
    const auto& sampler = *m_core.sampler;
    const auto labels =
        expectation.action.empty() ? std::string() : labelText({{"action", expectation.action}});
    const auto ok = sampler.value("actions.ok", labels);
    const auto failed = sampler.value("actions.failed", labels);
    const double outcomes = ok.value + failed.value;
    const auto percentile = [&](double quantile) {
        const auto all = sampler.total("actions.latency", labels);
        return all.empty() ? Reading::unknown("no action has ended yet")
                           : Reading::of(all.quantile(quantile));
    };
    switch (expectation.figure) {
        case ExpectedFigure::failedShare:
            return outcomes == 0 ? Reading::unknown("no action has ended yet")
                                 : Reading::of(failed.value / outcomes);
        case ExpectedFigure::throughput:
            return ran.count() <= 0
                       ? Reading::unknown("the load has not begun")
                       : Reading::of(outcomes * 1e9 / static_cast<double>(ran.count()));
        case ExpectedFigure::dropped:
            return m_generator ? Reading::of(static_cast<double>(m_generator->figures().dropped))
                               : Reading::unknown("the workload has no load");
        case ExpectedFigure::p50:
            return percentile(0.5);
        case ExpectedFigure::p90:
            return percentile(0.9);
        case ExpectedFigure::p95:
            return percentile(0.95);
        case ExpectedFigure::p99:
            return percentile(0.99);
        case ExpectedFigure::p999:
            return percentile(0.999);
        case ExpectedFigure::max:
            return percentile(1);
        case ExpectedFigure::count:
            return Reading::of(outcomes);
        case ExpectedFigure::jobsDone:
        case ExpectedFigure::deadLetters:
            return jobFigure(expectation.figure);
    }
    return Reading::unknown("not a figure that is measured");
}

std::vector<ExpectationStatus> WorkloadRun::expectations(Duration ran) const
{
    std::vector<ExpectationStatus> all;
    for (const auto& result : evaluate(m_expectations, [this, ran](const Expectation& expected) {
             return figure(expected, ran);
         })) {
        all.push_back({.key = result.expectation.key,
                       .condition = result.expectation.condition,
                       .value = {result.value.value, result.value.missing},
                       .unit = result.expectation.unit,
                       .met = result.met});
    }
    return all;
}

}  // namespace muster
