// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "events/fields.h"

namespace muster {

/// The event types that the engine itself publishes, in the catalogue's order.
enum class EventType : std::uint32_t {
    none,
    engineStarted,
    engineStopped,
    runStarted,
    runEnded,
    agentCreated,
    agentReady,
    agentEnded,
    agentCrashed,
    agentRestarted,
    agentSuspended,
    agentResumed,
    agentRegistered,
    agentUnregistered,
    agentUpdated,
    agentStalled,
    supervisorEscalated,
    actionCompleted,
    actionFailed,
    serviceConfigured,
    callTraced,
    breakerOpened,
    breakerHalfOpened,
    breakerClosed,
    breakerBypassed,
    faultStarted,
    faultStopped,
    loadStarted,
    loadStageStarted,
    loadPaused,
    loadResumed,
    loadChanged,
    loadFinished,
    loadBurst,
    limitChanged,
    limitTried,
    limitKept,
    limitReverted,
    configurationChanged,
    pressureChanged,
    resourceLevelChanged,
    resourceCleanedUp,
    resourceCleanupFailed,
    resourceRecovered,
    commandExecuted,
    commandRefused,
    captureChanged,
    stateRecorded,
    storeProblem,
    storeRecovered,
    retentionApplied,
    helperStarted,
    helperEnded,
    expectationUnmet,
    logLevelChanged,
    inputFinished,
    metricUnavailable,
    queueOpened,
    queuePaused,
    queueResumed,
    queueDeadLettered,
    queueRescued,
    queueRetried,
    queueEdited,
    queueDiscarded,
    replayStarted,
    replayEnded,
    blackboxSaved,
    count,
};

/// An event type as a small integer: the catalogue's own, or one added at run time
/// (TypeRegistry). 0 is none.
struct TypeId {
    std::uint32_t value = 0;

    TypeId() = default;
    constexpr explicit TypeId(std::uint32_t number) noexcept : value(number) {}
    constexpr TypeId(EventType type) noexcept : value(static_cast<std::uint32_t>(type)) {}

    [[nodiscard]] explicit operator bool() const noexcept { return value != 0; }
    friend auto operator<=>(const TypeId&, const TypeId&) = default;
};

/// What the store keeps of a type unless the capture policy says otherwise.
enum class Capture : std::uint8_t { all, sampled, counted };

struct FieldInfo {
    std::string_view key;
    FieldKind kind;
    std::string_view unit;  ///< "ns", "B", "1/s"; empty: none
    std::string_view help;
};

/// What is known of one event type. Its fields may all be left out of an event, but no other
/// may be in it, except in types added at run time, whose fields are free.
struct EventInfo {
    TypeId type;
    std::string_view name;
    std::uint16_t version = 1;
    bool durable = false;  ///< acknowledged only after its synced commit
    Capture capture = Capture::all;
    std::string_view help;
    std::span<const FieldInfo> fields;
    bool openFields = false;  ///< added at run time
};

[[nodiscard]] std::string_view toString(Capture capture) noexcept;

/// Every type of the catalogue, in the order of EventType (without none).
[[nodiscard]] std::span<const EventInfo> allEventTypes() noexcept;
[[nodiscard]] const EventInfo& eventInfo(EventType type) noexcept;
[[nodiscard]] const EventInfo* findEventType(std::string_view name) noexcept;

/// What is wrong with these fields for this type: an unknown key or another kind than the
/// catalogue's. Empty when nothing is.
[[nodiscard]] std::optional<std::string> checkFields(const EventInfo& info, FieldView fields);

/// The catalogue of event types as Markdown.
[[nodiscard]] std::string eventReference();

}  // namespace muster

template <>
struct std::hash<muster::TypeId> {
    std::size_t operator()(const muster::TypeId& id) const noexcept { return id.value; }
};
