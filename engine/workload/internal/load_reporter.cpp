// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/load_reporter.h"

namespace muster {

LoadReporter::LoadReporter(Publisher* publisher, MetricRegistry* metrics, ArrivalModel model)
    : m_publisher(publisher), m_model(model)
{
    if (metrics != nullptr) {
        m_offered = metrics->counter("load.offered");
        m_achieved = metrics->counter("load.achieved");
        m_dropped = metrics->counter("load.dropped");
        m_shed = metrics->counter("load.shed");
        m_droppedLate = metrics->counter("load.dropped.late");
        m_target = metrics->gauge("load.target");
        m_outstanding = metrics->gauge("load.outstanding");
        m_lag = metrics->gauge("load.lag");
        m_saturation = metrics->gauge("load.saturation");
    }
}

void LoadReporter::started(const LoadProfile& profile)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::loadStarted, Component::load,
                             {{"model", toString(m_model)},
                              {"stages", profile.recorded() ? 0 : profile.stages().size()},
                              {"target", profile.start()}});
    }
    stages(profile);
}

void LoadReporter::stages(const LoadProfile& profile)
{
    if (profile.recorded()) {
        return;  // what it shows as stages is only their outline
    }
    const auto& stages = profile.stages();
    const std::size_t entered = profile.stage() + 1;
    for (; m_stagesSaid < entered && m_stagesSaid < stages.size(); ++m_stagesSaid) {
        const auto& stage = stages[m_stagesSaid];
        const double from = m_stagesSaid == 0 ? profile.start() : stages[m_stagesSaid - 1].target;
        if (m_publisher != nullptr) {
            m_publisher->publish(EventType::loadStageStarted, Component::load,
                                 {{"stage", m_stagesSaid + 1},
                                  {"from", from},
                                  {"to", stage.target},
                                  {"length_ns", stage.length.count()}});
        }
    }
}

void LoadReporter::paused(double target, std::string_view author)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::loadPaused, Component::load,
                             {{"target", target}, {"author", author}});
    }
}

void LoadReporter::resumed(double target, std::string_view author)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::loadResumed, Component::load,
                             {{"target", target}, {"author", author}});
    }
}

void LoadReporter::changed(double from, const LoadProfile& profile, bool reshaped,
                           std::string_view author)
{
    if (m_publisher == nullptr) {
        return;
    }
    if (reshaped) {
        m_stagesSaid = profile.stage() + 1;
        m_publisher->publish(EventType::loadChanged, Component::load,
                             {{"from", from},
                              {"to", profile.target()},
                              {"stages", profile.stages().size()},
                              {"author", author}});
    } else {
        m_publisher->publish(EventType::loadChanged, Component::load,
                             {{"from", from}, {"to", profile.target()}, {"author", author}});
    }
}

void LoadReporter::burst(std::uint64_t count, std::string_view author)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::loadBurst, Component::load,
                             {{"count", count}, {"author", author}});
    }
}

void LoadReporter::inputFinished(InputKind kind, const InputFigures& figures)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::inputFinished, Component::input,
                             {{"kind", toString(kind)},
                              {"items", figures.taken},
                              {"skipped", figures.skipped},
                              {"bytes", figures.bytes}});
    }
}

void LoadReporter::finished(const LoadProgress& progress, std::string_view reason)
{
    if (m_publisher != nullptr) {
        m_publisher->publish(EventType::loadFinished, Component::load,
                             {{"offered", progress.offered},
                              {"achieved", progress.achieved},
                              {"dropped", progress.dropped},
                              {"reason", reason}});
    }
}

void LoadReporter::measure(const LoadProgress& progress)
{
    m_offered.add(progress.offered - m_said.offered);
    m_achieved.add(progress.achieved - m_said.achieved);
    m_dropped.add(progress.dropped - m_said.dropped);
    m_shed.add(progress.shed - m_said.shed);
    m_droppedLate.add(progress.droppedLate - m_said.droppedLate);
    m_said = progress;
    m_target.set(progress.target);
    m_outstanding.set(static_cast<double>(progress.outstanding));
    m_lag.set(static_cast<double>(progress.lag.count()));
    m_saturation.set(progress.saturation);
}

}  // namespace muster
