// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "api/compare.h"
#include "api/engine.h"
#include "api/load_making.h"
#include "api/queries.h"
#include "api/replay.h"
#include "api/report.h"
#include "api/what_if.h"

namespace muster::ctl {

/// How results stand on standard output: for people, or one JSON object a line.
enum class Format : std::uint8_t { table, jsonl };

/// `run` and `sim`: a seed makes it a simulation.
struct RunArguments {
    EngineOptions engine;
    Format format = Format::table;
};

struct CheckArguments {
    std::filesystem::path file;
    std::vector<std::string> overrides;
    Format format = Format::table;
};

struct EventsArguments {
    std::filesystem::path database;
    EventQuery query;
    Format format = Format::table;
};

struct ExportArguments {
    std::filesystem::path database;
    ExportQuery query;
    std::optional<std::filesystem::path> out;
};

struct WhatIfArguments {
    std::filesystem::path database;
    WhatIfQuery query;
    Format format = Format::table;
};

struct ConfigArguments {
    std::filesystem::path database;
    std::uint64_t version = 0;           ///< shown whole; 0: all of them, a line each
    std::vector<std::uint64_t> between;  ///< two of which the difference is shown
    Format format = Format::table;
};

/// One end of a range: since the run's start, or a time; neither: the run's own end.
struct RangeEnd {
    std::optional<Duration> after;
    std::optional<WallTime> at;
};
struct RelativeRange {
    RangeEnd from;
    RangeEnd to;
};

struct CompareSideArguments {
    CompareSide side;  ///< without its range
    std::optional<RelativeRange> range;
};

struct StateArguments {
    CompareSideArguments side;  ///< without a range
    std::optional<RangeEnd> at;
    bool agents = false;
    Format format = Format::table;
};

struct LoadArguments {
    CompareSideArguments side;  ///< without a range
    std::optional<RangeEnd> from, to;
    LoadQuery query;  ///< without its run and range
    std::optional<std::filesystem::path> out;
    Format format = Format::table;
};

struct ReplayArguments {
    CompareSideArguments side;  ///< without a range
    std::optional<RangeEnd> from, to;
    ReplayQuery query;  ///< without its file, run and range
    std::optional<std::filesystem::path> workload;
    Format format = Format::table;
};

struct CompareArguments {
    CompareSideArguments a;
    CompareSideArguments b;
    CompareQuery query;  ///< without its sides
    double leastPercent = 3;
    std::string failOn;  ///< "worse", "changed"; empty: on nothing
    bool all = false;
    Format format = Format::table;
};

struct ReportArguments {
    CompareSideArguments run;
    std::optional<CompareSide> against;
    ReportFormat format = ReportFormat::html;
    bool causes = false;  ///< nothing but the changes with their effects
    std::optional<std::filesystem::path> out;
};

struct QueueArguments {
    std::filesystem::path database;
    std::string verb = "list";  ///< list, jobs, dead, retry, edit, dry-run, discard, pause, resume
    std::string which;          ///< dead letters as commands name them, or a queue
    std::string payload;        ///< of edit; "-": from standard input
    std::string reason;         ///< of discard
    std::filesystem::path workload;  ///< of dry-run; empty: none
    std::uint64_t limit = 200;
    bool all = false;  ///< of dead: those that were retried or discarded too
    Format format = Format::table;
};

struct StreamArguments {
    std::filesystem::path database;
    std::string name;  ///< empty: all of them, a line each
    std::optional<std::uint64_t> from;
    std::uint64_t limit = 0;
    Format format = Format::table;
};

struct BlackBoxArguments {
    std::string verb = "list";  ///< list, save
    std::filesystem::path directory;
    std::optional<std::filesystem::path> box;  ///< of save; empty: the only one there is
    std::optional<std::filesystem::path> out;
    Format format = Format::table;
};

struct DoctorArguments {
    std::optional<std::filesystem::path> database;  ///< the session the trial is recorded into
    bool reference = false;
    Format format = Format::table;
};

/// Nothing is left to do: help was printed, or the arguments were wrong.
struct Exit {
    int code = 0;
};

using Arguments = std::variant<Exit, RunArguments, CheckArguments, EventsArguments, ExportArguments,
                               WhatIfArguments, ConfigArguments, StateArguments, LoadArguments,
                               ReplayArguments, CompareArguments, ReportArguments, QueueArguments,
                               BlackBoxArguments, StreamArguments, DoctorArguments>;

/// What the command line asks for. Help goes to standard output, a mistake to standard error.
[[nodiscard]] Arguments parseArguments(int argc, char** argv);

// The subcommands; each gives the exit code (0 it ran and all held, 1 it failed or an
// expectation did not hold, 2 wrong use or a bad file).
[[nodiscard]] int run(const RunArguments& arguments);
[[nodiscard]] int check(const CheckArguments& arguments);
[[nodiscard]] int events(const EventsArguments& arguments);
[[nodiscard]] int exportRecords(const ExportArguments& arguments);
[[nodiscard]] int whatIf(const WhatIfArguments& arguments);
[[nodiscard]] int config(const ConfigArguments& arguments);
[[nodiscard]] int state(const StateArguments& arguments);
[[nodiscard]] int load(const LoadArguments& arguments);
[[nodiscard]] int replay(const ReplayArguments& arguments);
[[nodiscard]] int compare(const CompareArguments& arguments);
[[nodiscard]] int report(const ReportArguments& arguments);
[[nodiscard]] int queue(const QueueArguments& arguments);
[[nodiscard]] int streams(const StreamArguments& arguments);
[[nodiscard]] int blackBox(const BlackBoxArguments& arguments);
[[nodiscard]] int doctor(const DoctorArguments& arguments);

constexpr int kExitOk = 0;
constexpr int kExitFailed = 1;
constexpr int kExitUsage = 2;

}  // namespace muster::ctl
