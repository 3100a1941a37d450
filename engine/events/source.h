// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/ids.h"

namespace muster {

/// The parts of the engine that speak in events of their own.
enum class Component : std::uint8_t {
    none,
    engine,
    runtime,
    supervisor,
    watchdog,
    messaging,
    load,
    input,
    actions,
    calls,
    limits,
    storage,
    telemetry,
    commands,
    helpers,
    expectations,
    log,
    queues,
    count,
};

[[nodiscard]] std::string_view toString(Component component) noexcept;

/// Where an event came from: an agent or a component. Becomes text only when asked.
struct Source {
    AgentId agent;
    Component component = Component::none;

    Source() = default;
    Source(AgentId id) noexcept : agent(id) {}
    Source(Component from) noexcept : component(from) {}

    friend bool operator==(const Source&, const Source&) = default;
};

/// "agent:1a2f.3", the component's name, or empty.
[[nodiscard]] std::string toString(Source source);
void appendText(std::string& out, Source source);
[[nodiscard]] std::optional<Source> parseSource(std::string_view text);

}  // namespace muster
