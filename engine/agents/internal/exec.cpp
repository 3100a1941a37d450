// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <signal.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <filesystem>

#include "agents/internal/built_in.h"
#include "agents/internal/process_report.h"
#include "agents/text_template.h"
#include "documents/units.h"

namespace muster {
namespace {

/// Of a call that says nothing else: that none runs for ever.
constexpr Duration kLongest = std::chrono::hours(1);
constexpr double kMostOutput = 16.0 * 1024 * 1024;
constexpr double kMostCode = 255;
constexpr double kModelMean = 19.3;   // of the logarithm of ns: about 240 ms
constexpr double kModelSpread = 0.7;  // likewise
constexpr double kModelFailures = 0.01;
constexpr std::array<const char*, 6> kUsualEnvironment{"PATH",   "HOME",   "LANG",
                                                       "LC_ALL", "TMPDIR", "TZ"};

/// What a workload file says about an exec action. A value.
struct ExecSettings {
    std::vector<TextTemplate> command;
    std::vector<std::string> pass;  ///< names of our environment that it gets
    std::vector<std::pair<std::string, TextTemplate>> set;
    std::string directory;
    Duration cpu{};
    std::uint64_t memory = 0;
    std::uint64_t output = 64 * 1024;
    std::vector<int> results{0};
};

Error mistake(std::string key, std::string message)
{
    return {ErrorCode::invalidArgument, std::move(message), std::move(key), ""};
}

Result<void> readCommand(const Value& parameters, ExecSettings& settings)
{
    for (const auto& each : parameters.find("command")->asArray()) {
        auto argument = TextTemplate::parse(each.asText(), TextTarget::argument);
        if (!argument) {
            return mistake("command", argument.error().message);
        }
        settings.command.push_back(*std::move(argument));
    }
    if (!settings.command.front().constant() || settings.command.front().source().empty()) {
        return mistake("command", "the program itself stands first, and is not filled in");
    }
    return {};
}

Result<void> readEnvironment(const Value& parameters, ExecSettings& settings)
{
    settings.pass.assign(kUsualEnvironment.begin(), kUsualEnvironment.end());
    if (const Value* pass = parameters.find("pass")) {
        settings.pass.clear();
        for (const auto& name : pass->asArray()) {
            settings.pass.push_back(name.asText());
        }
    }
    if (const Value* set = parameters.find("set")) {
        for (const auto& entry : set->asTable()) {
            auto value = TextTemplate::parse(entry.value.asText(), TextTarget::argument,
                                             TextTemplate::Environment::allowed);
            if (!value || entry.key.find('=') != std::string::npos || entry.key.empty()) {
                return mistake("set." + entry.key,
                               value ? "this is no variable's name" : value.error().message);
            }
            settings.set.emplace_back(entry.key, *std::move(value));
        }
    }
    return {};
}

std::uint64_t sizeOf(const Value& value)
{
    return value.isText() ? parseSize(value.asText()).valueOr(0)
                          : static_cast<std::uint64_t>(value.asInteger());
}

Result<ExecSettings> readSettings(const Value& parameters)
{
    ExecSettings settings;
    auto command = readCommand(parameters, settings);
    auto environment = readEnvironment(parameters, settings);
    if (!command || !environment) {
        return command ? environment.error() : command.error();
    }
    if (const Value* directory = parameters.find("directory")) {
        settings.directory = directory->asText();
    }
    if (const Value* cpu = parameters.find("cpu")) {
        settings.cpu = parseDuration(cpu->asText()).valueOr({});
    }
    if (const Value* memory = parameters.find("memory")) {
        settings.memory = sizeOf(*memory);
    }
    if (const Value* output = parameters.find("output")) {
        settings.output = sizeOf(*output);
    }
    if (const Value* results = parameters.find("results")) {
        settings.results.clear();
        for (const auto& code : results->asArray()) {
            settings.results.push_back(static_cast<int>(code.asInteger()));
        }
    }
    return settings;
}

std::vector<SchemaField> execFields()
{
    const auto text = [](const char* help) { return schema::of(SchemaType::text, help); };
    return {
        schema::required(
            "command",
            schema::list(text("an argument as it is, no shell sees it; {item}, {item.KEY}, "
                              "{item:name}, {number} and {helpers.NAME.port} are filled in"),
                         "the program and its arguments")
                .range(1, 1000)),
        schema::optional("directory", text("where it works; made if it is not there")),
        schema::optional("pass", schema::list(text("a name"),
                                              "what it gets of our environment; else PATH, HOME, "
                                              "LANG, LC_ALL, TMPDIR and TZ")),
        schema::optional("set", schema::map(text("its value; a key comes from our environment: "
                                                 "\"$API_KEY\""),
                                            "further variables of its environment")),
        schema::optional(
            "cpu", schema::of(SchemaType::duration, "most that each of its processes may compute")
                       .range(1e9, std::nullopt)),
        schema::optional("memory",
                         schema::of(SchemaType::size, "most address space of each of its processes")
                             .range(1024 * 1024, std::nullopt)),
        schema::standard(
            "output",
            schema::of(SchemaType::size, "kept of its output, and of its errors: the beginning")
                .range(0, kMostOutput),
            Value("64KiB")),
        schema::standard(
            "results",
            schema::list(schema::of(SchemaType::integer, "an exit code").range(0, kMostCode),
                         "exit codes that are a result; others are a failure")
                .range(1, kMostCode + 1),
            Value(Value::Array{Value(0)}))};
}

/// The last line with something in it.
std::string_view lastLine(std::string_view text)
{
    const auto end = text.find_last_not_of(" \t\r\n");
    text = text.substr(0, end == std::string_view::npos ? 0 : end + 1);
    return text.substr(text.rfind('\n') + 1);
}

class ExecAction final : public Action {
public:
    explicit ExecAction(ExecSettings settings) : m_settings(std::move(settings)) {}

    [[nodiscard]] bool waits() const noexcept override { return true; }
    [[nodiscard]] ActionNeeds needs() const override;
    [[nodiscard]] Result<std::shared_ptr<const Action>> bind(
        const ActionWorld& world) const override;
    [[nodiscard]] std::vector<std::string> unfit(std::string_view item) const override;
    [[nodiscard]] Async<ActionOutcome> reach(ActionCall call) const override;
    [[nodiscard]] ActionOutcome run(const ActionCall&) const override
    {
        return failure({ErrorCode::unavailable, "an exec action runs within a run only", "", ""});
    }
    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override;
    [[nodiscard]] ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                        const Rng& seed) const override;

private:
    [[nodiscard]] Result<ProcessRequest> requestFor(const ActionCall& call) const;
    [[nodiscard]] Result<std::vector<std::string>> commandFor(TemplateValues& values) const;
    [[nodiscard]] ActionOutcome result(const ProcessReport& report) const;
    [[nodiscard]] ActionFailure failure(Error error) const;

    ExecSettings m_settings;
    Secrets m_secrets;  // of a bound one, as what follows
    std::vector<std::string> m_environment;
    std::shared_ptr<ProcessRunner> m_runner;
};

ActionNeeds ExecAction::needs() const
{
    ActionNeeds needs;
    std::vector<std::string> words;
    for (const auto& argument : m_settings.command) {
        words.push_back(argument.source());
        for (auto& name : argument.helpers()) {
            needs.helpers.push_back(std::move(name));
        }
    }
    for (const auto& [name, value] : m_settings.set) {
        for (auto& helper : value.helpers()) {
            needs.helpers.push_back(std::move(helper));
        }
    }
    needs.programs = {fmt::format("{}", fmt::join(words, " "))};
    return needs;
}

Result<std::shared_ptr<const Action>> ExecAction::bind(const ActionWorld& world) const
{
    auto bound = std::make_shared<ExecAction>(m_settings);
    for (auto& argument : bound->m_settings.command) {
        auto filled = argument.bind(world, bound->m_secrets);
        if (!filled) {
            return filled.error();
        }
        argument = *std::move(filled);
    }
    for (auto& [name, value] : bound->m_settings.set) {
        auto filled = value.bind(world, bound->m_secrets);
        if (!filled) {
            return filled.error();
        }
        value = *std::move(filled);
    }
    for (const auto& name : m_settings.pass) {
        if (const char* value = std::getenv(name.c_str())) {
            bound->m_environment.push_back(name + '=' + value);
        }
    }
    if (const std::string& directory = m_settings.directory; !directory.empty()) {
        std::error_code problem;
        std::filesystem::create_directories(directory, problem);
        if (problem) {
            return Error{ErrorCode::ioFailure,
                         fmt::format("the directory cannot be made ({})", problem.message()),
                         directory, "Name another directory"};
        }
    }
    bound->m_runner = world.processes;
    return std::shared_ptr<const Action>(std::move(bound));
}

Result<std::vector<std::string>> ExecAction::commandFor(TemplateValues& values) const
{
    std::vector<std::string> command;
    bool optionsOver = false;
    for (const auto& argument : m_settings.command) {
        auto text = argument.fill(values);
        if (!text) {
            return text.error();
        }
        // An item must not become an option of the program.
        if (argument.beginsOpen() && text->starts_with('-') && !optionsOver) {
            return Error{ErrorCode::invalidArgument,
                         fmt::format("\"{}\" would be taken for an option", *text), "",
                         "Put \"--\" before it in the command, or \"./\""};
        }
        optionsOver = optionsOver || *text == "--";
        command.push_back(*std::move(text));
    }
    return command;
}

Result<ProcessRequest> ExecAction::requestFor(const ActionCall& call) const
{
    TemplateValues values(call);
    ProcessRequest request;
    auto command = commandFor(values);
    if (!command) {
        return command.error();
    }
    request.command = *std::move(command);
    request.environment = m_environment;
    for (const auto& [name, value] : m_settings.set) {
        auto text = value.fill(values);
        if (!text) {
            return text.error();
        }
        request.environment.push_back(name + '=' + *text);
    }
    request.directory = m_settings.directory;
    request.cpu = m_settings.cpu;
    request.memory = m_settings.memory;
    request.longestOutput = m_settings.output;
    return request;
}

std::vector<std::string> ExecAction::unfit(std::string_view item) const
{
    ActionCall call;
    call.item = item;
    TemplateValues values(call);
    std::vector<std::string> found;
    for (std::size_t at = 0; at < m_settings.command.size(); ++at) {
        addProblems(found, fmt::format("command[{}]", at), m_settings.command[at], values);
    }
    for (const auto& [name, value] : m_settings.set) {
        addProblems(found, "set." + name, value, values);
    }
    if (const auto command = commandFor(values); found.empty() && !command) {
        found.push_back("command: " + command.error().message);
    }
    return found;
}

Async<ActionOutcome> ExecAction::reach(ActionCall call) const
{
    auto request = requestFor(call);
    if (!request) {
        co_return ActionOutcome(failure(request.error()));
    }
    auto report = co_await processReport(*m_runner, *std::move(request), call.within(kLongest));
    if (!report) {
        co_return ActionOutcome(failure(report.error()));
    }
    co_return result(*report);
}

ActionFailure ExecAction::failure(Error error) const
{
    error.message = m_secrets.redacted(error.message);
    const FailureClass kind = error.code == ErrorCode::timedOut     ? FailureClass::timeout
                              : error.code == ErrorCode::overloaded ? FailureClass::rejected
                              : error.code == ErrorCode::invalidArgument
                                  ? FailureClass::ignored
                                  : FailureClass::application;
    return {kind, std::move(error)};
}

ActionOutcome ExecAction::result(const ProcessReport& report) const
{
    const auto& status = report.status;
    const std::string errors = m_secrets.redacted(report.errors);
    if (!status.code ||
        std::ranges::find(m_settings.results, *status.code) == m_settings.results.end()) {
        const bool outOfTime = status.signal == SIGXCPU;
        const std::string_view words = lastLine(errors);
        return failure({outOfTime ? ErrorCode::timedOut : ErrorCode::unavailable,
                        fmt::format("ended with {}{}{}{}", status.text(),
                                    outOfTime ? ": it used up its CPU time" : "",
                                    words.empty() ? "" : ": ", words),
                        "", ""});
    }
    return Fields{{"exit_code", *status.code},
                  {"output", m_secrets.redacted(report.output)},
                  {"errors", errors},
                  {"output_bytes", report.outputBytes},
                  {"error_bytes", report.errorBytes},
                  {"wall_ns", report.wall.count()},
                  {"cpu_ns", report.cpu.count()},
                  {"peak_memory_bytes", report.peakMemory}};
}

ActionPlan ExecAction::plan(const ActionCall& call, const Rng& seed) const
{
    ActionPlan plan;
    Rng draws = call.rng(seed).fork("exec");
    plan.wait =
        Duration{static_cast<std::int64_t>(std::exp(kModelMean + kModelSpread * draws.normal()))};
    plan.fail = draws.uniform() < kModelFailures;
    return plan;
}

ActionOutcome ExecAction::outcome(const ActionCall& call, const ActionPlan& plan, const Rng&) const
{
    if (plan.fail) {
        return failure({ErrorCode::unavailable, "failed as the simulation's model says",
                        std::string(call.item), ""});
    }
    return Fields{{"exit_code", 0},
                  {"output", ""},
                  {"errors", ""},
                  {"output_bytes", 0},
                  {"error_bytes", 0},
                  {"wall_ns", plan.wait.count()},
                  {"cpu_ns", plan.wait.count()},
                  {"peak_memory_bytes", 0}};
}

}  // namespace

ActionInfo exec()
{
    ActionInfo info;
    info.kind = "exec";
    info.help = "runs a program, never a shell, within limits; kills its whole group in the end";
    info.parameters = execFields();
    info.columns = {"exit_code",   "output",  "errors", "output_bytes",
                    "error_bytes", "wall_ns", "cpu_ns", "peak_memory_bytes"};
    info.outside = true;
    info.startsProcesses = true;
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        auto settings = readSettings(parameters);
        if (!settings) {
            return settings.error();
        }
        return std::shared_ptr<const Action>(std::make_shared<ExecAction>(*std::move(settings)));
    };
    return info;
}

}  // namespace muster
