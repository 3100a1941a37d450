// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "events/event_sink.h"
#include "events/topic_pattern.h"

namespace muster {

struct EngineCore;

/// Draws a mark for each event that explains a change on the charts: load, limits, pressure,
/// restarts, the run itself. Thread safety: any thread.
class MarkMaker final : public EventSink {
public:
    explicit MarkMaker(EngineCore& core) : m_core(core) {}
    /// The types it looks at.
    [[nodiscard]] static std::vector<TopicPattern> topics();
    void accept(const EventPtr& event) override;

private:
    EngineCore& m_core;
};

}  // namespace muster
