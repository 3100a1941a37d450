// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agents/action.h"
#include "agents/action_faults.h"
#include "base/clock.h"
#include "base/result.h"
#include "documents/schema.h"
#include "documents/value.h"
#include "protection/resource_manager.h"
#include "services/queue_settings.h"
#include "storage/retention.h"
#include "workload/load_profile.h"
#include "workload/machine_fault.h"
#include "workload/service_spec.h"

namespace muster {

struct AgentGroupSpec {
    std::string type = "task";
    std::string name;
    std::uint64_t count = 1;
    std::size_t action = 0;            ///< in WorkloadSpec::actions
    std::optional<std::size_t> takes;  ///< in WorkloadSpec::queues: its jobs come from there
    std::optional<std::size_t> then;   ///< in WorkloadSpec::agents: goes on with each result
    bool fed = true;                   ///< by the load; others are by the groups before them
    std::uint32_t queue = 8;           ///< jobs one agent may have, the one it works on included
    Duration lifetime{};               ///< until another takes an agent's place; zero: for ever
    /// Of an item, from when it was due, with all that follows it in other groups.
    std::optional<Duration> deadline{};
    /// Of low priority: what it may keep when memory, agents or mail run short.
    std::optional<std::uint64_t> quota;
    std::vector<std::string> capabilities;
    std::vector<std::pair<std::string, std::string>> attributes;
};

struct ActionSpec {
    std::string name;
    const ActionInfo* info = nullptr;  ///< of the registry that read the file
    std::shared_ptr<const Action> action;
    std::optional<Duration> timeout;
    std::string capability;               ///< an agent must have it; empty: none
    std::optional<std::size_t> service;   ///< in WorkloadSpec::services: protects its calls
    std::optional<std::size_t> fallback;  ///< in WorkloadSpec::actions: answers when it fails
};

enum class InputKind : std::uint8_t { none, tree, lines, csv, jsonl, links };

[[nodiscard]] std::string_view toString(InputKind kind) noexcept;

struct InputSpec {
    InputKind kind = InputKind::none;
    std::string path = ".";
    std::vector<std::string> exclude;  ///< of a tree and links: names
    std::vector<std::string> endings;  ///< of a tree's files: only these; empty: all
    bool directories = false;          ///< of a tree: gives directories instead of files
    bool header = true;                ///< of csv: the first row names the columns
    std::string field;  ///< of csv and jsonl: the column or key that is the item; empty: the row
};

struct LoadSpec {
    ArrivalModel model = ArrivalModel::closed;
    double start = 0;
    std::vector<ProfileStage> stages;            ///< empty: `start` for ever
    std::shared_ptr<const LoadFile> recorded{};  ///< in place of all these: its arrivals
    bool hold = false;                           ///< after the last stage its target stays
    std::uint64_t outstanding = 0;  ///< most dispatched and not answered; 0: what the agents take
};

struct LimitsSpec {
    std::optional<std::uint64_t> agents;
    std::optional<std::uint64_t> memory;  ///< bytes
    std::optional<std::uint32_t> connectionsPerHost;
};

/// By Watched; what a file leaves out has its default.
using ResourcesSpec = std::array<ResourceSettings, kWatched>;
[[nodiscard]] ResourcesSpec defaultResources() noexcept;

/// "action.failed" = "100/s": what to keep of the events of a topic.
struct CaptureSpec {
    std::string pattern;
    std::string rule;
    Position at;
};

struct ExpectSpec {
    std::string key;        ///< "failed_share", "digest.p99"
    std::string condition;  ///< "< 1%"
    Position at;
};

/// Something that goes wrong with an action, or with the engine, on purpose.
struct FaultSpec {
    Duration at{};                       ///< after the run, or its stage, began
    std::optional<std::uint64_t> stage;  ///< of the load, from 1
    Duration every{};                    ///< and again so often; zero: once
    double chance = 1;                   ///< that it begins, each time
    Duration length{};                   ///< how long
    std::size_t action = 0;              ///< in WorkloadSpec::actions
    ActionFault fault;
    std::optional<MachineFault> machine;  ///< in place of an action's
};

struct HelperSpec {
    std::string name;                  ///< the program's own, unless given
    std::vector<std::string> command;  ///< with "{port}" where a free port goes, "{input.path}"
                                       ///< filled in
    std::string ready;  ///< "http://127.0.0.1:{port}/" or "tcp://…"; empty: at once
    Duration readyWithin = std::chrono::seconds(10);
    Duration stopWithin = std::chrono::seconds(2);
};

/// A durable queue between the input and the agents.
struct QueueSpec {
    std::string name;
    QueueSettings settings;
    Value table{Value::Table{}};  ///< what the file says of it
};

/// With one setting ("lease", "backoff.cap") as `value` says.
/// Errors: notFound with the nearest key, invalidArgument, outOfRange.
[[nodiscard]] Result<QueueSpec> changedQueue(const QueueSpec& queue, std::string_view key,
                                             std::string_view value);

/// A workload file, read and checked: plain data, ready to run. Immutable after reading.
struct WorkloadSpec {
    std::string name;
    std::string description;
    std::string file;  ///< as it was given; empty: not from a file
    std::vector<AgentGroupSpec> agents;
    std::vector<ActionSpec> actions;
    std::vector<ServiceSpec> services;
    std::vector<QueueSpec> queues;
    InputSpec input;
    std::optional<LoadSpec> load;
    LimitsSpec limits;
    ResourcesSpec resources = defaultResources();
    std::vector<CaptureSpec> capture;
    RetentionOptions retention;  ///< of the session
    std::vector<ExpectSpec> expect;
    std::vector<HelperSpec> helpers;
    std::vector<FaultSpec> faults;

    [[nodiscard]] std::uint64_t totalAgents() const noexcept;
    /// The queue that the load's jobs come from; null: straight from the input.
    [[nodiscard]] const QueueSpec* takes() const noexcept;
    /// Command lines of what it would start, and what it would reach: asked before a file
    /// that is not trusted runs.
    [[nodiscard]] std::vector<std::string> startsProcesses() const;
    [[nodiscard]] std::vector<std::string> reachesNetwork() const;
};

/// A fault as files and commands write it: its kind; a delay's length or an error's class; the
/// share of attempts ("10%"). Empty: as ActionFault has it. Errors: what was expected.
[[nodiscard]] Result<ActionFault> readFault(std::string_view kind, std::string_view value,
                                            std::string_view share);

/// What a workload file may hold, with the kinds of action of `registry`.
[[nodiscard]] Schema workloadSchema(const ActionRegistry& registry);
/// The published form: resources/schema/workload.schema.json.
[[nodiscard]] std::string publishedWorkloadSchema(const ActionRegistry& registry);

/// Reads and checks a file with `--set` overrides ("input.path=DIR"). Nothing is started.
/// Errors: every mistake with file, line, key, what was expected and the nearest valid key, one
/// a line in the message; or why the file cannot be read. `registry` must outlive the spec.
[[nodiscard]] Result<WorkloadSpec> readWorkload(const std::filesystem::path& file,
                                                const std::vector<std::string>& overrides,
                                                const ActionRegistry& registry);
/// The same of a text; `source` names it in errors.
[[nodiscard]] Result<WorkloadSpec> parseWorkload(std::string_view text, const std::string& source,
                                                 const std::vector<std::string>& overrides,
                                                 const ActionRegistry& registry);

}  // namespace muster
