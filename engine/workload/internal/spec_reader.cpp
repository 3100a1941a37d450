// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/spec_reader.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/job.h"
#include "documents/nearest.h"
#include "documents/units.h"
#include "operations/load_file.h"
#include "storage/capture_policy.h"
#include "workload/expectation.h"
#include "workload/internal/probe.h"

namespace muster {

namespace {

std::string textOr(const Value& table, std::string_view key, std::string otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? value->asText() : std::move(otherwise);
}

std::uint64_t integerOr(const Value& table, std::string_view key, std::uint64_t otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? static_cast<std::uint64_t>(value->asInteger()) : otherwise;
}

bool flagOr(const Value& table, std::string_view key, bool otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? value->asBool() : otherwise;
}

Duration durationOr(const Value& table, std::string_view key, Duration otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? parseDuration(value->asText()).valueOr(otherwise) : otherwise;
}

std::vector<std::string> texts(const Value* list)
{
    std::vector<std::string> out;
    if (list != nullptr) {
        for (const auto& item : list->asArray()) {
            out.push_back(item.asText());
        }
    }
    return out;
}

/// Users as a number, arrivals as a rate.
double targetOf(const Value& value)
{
    return value.isNumeric() ? value.asNumber() : parseRate(value.asText()).valueOr(0);
}

void fillIn(std::string& text, std::string_view place, const std::string& value)
{
    for (auto at = text.find(place); at != std::string::npos;
         at = text.find(place, at + value.size())) {
        text.replace(at, place.size(), value);
    }
}

std::string programOf(const std::string& command)
{
    const auto slash = command.rfind('/');
    return slash == std::string::npos ? command : command.substr(slash + 1);
}

}  // namespace

void SpecReader::fail(const Value& at, std::string key, std::string message)
{
    m_found.push_back({at.at(), std::move(key), std::move(message)});
}

WorkloadSpec SpecReader::read()
{
    const Value& workload = *m_document.find("workload");
    m_spec.name = workload.find("name")->asText();
    m_spec.description = textOr(workload, "description", "");
    readInput();
    readServices();
    readActions();
    readProtection();
    readQueues();
    readAgents();
    readTakes();
    readLimits();
    readResources();
    readLoad();
    readCapture();
    readRetention();
    readExpect();
    readHelpers();
    checkNeeds();
    readFaults();
    std::stable_sort(m_found.begin(), m_found.end(),
                     [](const Violation& a, const Violation& b) { return a.at.line < b.at.line; });
    return std::move(m_spec);
}

void SpecReader::readActions()
{
    for (const auto& entry : m_document.find("actions")->asTable()) {
        m_actionNames.push_back(entry.key);
        readAction(entry);
    }
}

void SpecReader::readAction(const Value::Member& entry)
{
    ActionSpec action;
    action.name = entry.key;
    action.info = m_registry.find(entry.value.find("kind")->asText());
    action.capability = textOr(entry.value, "capability", "");
    if (entry.value.find("timeout") != nullptr) {
        action.timeout = durationOr(entry.value, "timeout", {});
    }
    auto made = action.info->make(entry.value);
    if (made.ok()) {
        action.action = std::move(made).value();
    } else {
        const Error& error = made.error();
        const std::string key = error.where.substr(0, error.where.find('.'));
        const Value* at = entry.value.find(key);
        fail(at != nullptr ? *at : entry.value,
             "actions." + entry.key + (error.where.empty() ? "" : "." + error.where),
             error.message);
    }
    m_spec.actions.push_back(std::move(action));
}

std::optional<std::size_t> SpecReader::placeOf(const Value& name, const std::string& key,
                                               const std::vector<std::string>& names)
{
    const auto found = std::find(names.begin(), names.end(), name.asText());
    if (found == names.end()) {
        fail(name, key,
             names.empty() ? fmt::format("there are none, found {}", name.describe())
                           : fmt::format("expected one of {}, found {}{}", listed(names),
                                         name.describe(), didYouMean(name.asText(), names)));
        return std::nullopt;
    }
    return static_cast<std::size_t>(found - names.begin());
}

void SpecReader::readAgents()
{
    const auto& groups = m_document.find("agents")->asArray();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        readGroup(groups[i], fmt::format("agents.{}", i));
    }
    readThen();
    if (m_spec.totalAgents() > Job::kMostAgents) {
        fail(groups.front(), "agents",
             fmt::format("{} agents in all, expected at most {}", m_spec.totalAgents(),
                         Job::kMostAgents));
    }
}

void SpecReader::readThen()
{
    std::vector<std::string> names;
    for (const auto& group : m_spec.agents) {
        names.push_back(group.name);
    }
    const auto& groups = m_document.find("agents")->asArray();
    for (std::size_t i = 0; i < groups.size(); ++i) {
        const Value* then = groups[i].find("then");
        const std::string key = fmt::format("agents.{}.then", i);
        const auto place = then != nullptr ? placeOf(*then, key, names) : std::nullopt;
        if (!place) {
            continue;
        }
        if (*place <= i) {
            fail(*then, key, "expected a group that stands further down");
        } else if (m_spec.agents[*place].lifetime > Duration::zero()) {
            fail(*then, key, "its agents have a lifetime; only those that the load feeds may");
        } else {
            m_spec.agents[i].then = *place;
            m_spec.agents[*place].fed = false;
        }
    }
}

void SpecReader::readGroup(const Value& value, const std::string& key)
{
    AgentGroupSpec group;
    group.type = textOr(value, "type", "task");
    group.name = value.find("name")->asText();
    group.count = integerOr(value, "count", 1);
    group.queue = static_cast<std::uint32_t>(integerOr(value, "queue", group.queue));
    group.lifetime = durationOr(value, "lifetime", {});
    if (value.find("deadline") != nullptr) {
        group.deadline = durationOr(value, "deadline", {});
    }
    if (const Value* quota = value.find("quota")) {
        group.quota = static_cast<std::uint64_t>(quota->asInteger());
    }
    group.capabilities = texts(value.find("capabilities"));
    if (const Value* attributes = value.find("attributes")) {
        for (const auto& attribute : attributes->asTable()) {
            group.attributes.emplace_back(attribute.key, attribute.value.asText());
        }
    }
    const bool low = textOr(value, "priority", "normal") == "low";
    if (low != group.quota.has_value()) {
        fail(value, key + (low ? ".quota" : ".priority"),
             low ? "a group of low priority needs a quota: the agents it may keep under pressure"
                 : "only a group of low priority has a quota");
    }
    const Value& action = *value.find("action");
    if (const auto place = placeOf(action, key + ".action", m_actionNames)) {
        group.action = *place;
        checkGroup(value, key, group);
    }
    m_spec.agents.push_back(std::move(group));
}

void SpecReader::checkGroup(const Value& value, const std::string& key, const AgentGroupSpec& group)
{
    for (const auto& other : m_spec.agents) {
        if (other.name == group.name) {
            fail(*value.find("name"), key + ".name",
                 fmt::format("\"{}\" is the name of another group", group.name));
        }
    }
    const ActionSpec& action = m_spec.actions[group.action];
    if (!action.capability.empty() &&
        std::find(group.capabilities.begin(), group.capabilities.end(), action.capability) ==
            group.capabilities.end()) {
        fail(value, key + ".capabilities",
             fmt::format("action \"{}\" needs the capability \"{}\"", action.name,
                         action.capability));
    }
    if (action.info->needsItem && m_spec.input.kind == InputKind::none &&
        value.find("takes") == nullptr) {
        fail(*value.find("action"), key + ".action",
             fmt::format("{} works through items, expected an [input]", action.info->kind));
    }
}

void SpecReader::readInput()
{
    const Value* value = m_document.find("input");
    if (value == nullptr) {
        return;
    }
    InputSpec& input = m_spec.input;
    const std::string kind = textOr(*value, "kind", "none");
    for (auto each :
         {InputKind::tree, InputKind::lines, InputKind::csv, InputKind::jsonl, InputKind::links}) {
        if (kind == toString(each)) {
            input.kind = each;
        }
    }
    input.path = textOr(*value, "path", ".");
    input.exclude = texts(value->find("exclude"));
    input.endings = texts(value->find("endings"));
    input.directories = textOr(*value, "items", "files") == "directories";
    input.header = flagOr(*value, "header", true);
    input.field = textOr(*value, "field", "");
}

void SpecReader::readLoad()
{
    const Value* list = m_document.find("load");
    if (list == nullptr || list->asArray().empty()) {
        if (m_spec.input.kind != InputKind::none || m_spec.takes() != nullptr) {
            m_spec.load.emplace();
            std::uint64_t users = 0;
            for (const auto& group : m_spec.agents) {
                users += group.fed ? group.count : 0;
            }
            m_spec.load->start = static_cast<double>(users);
        }
        return;
    }
    const Value& value = list->asArray().front();
    LoadSpec load;
    load.model =
        textOr(value, "model", "closed") == "open" ? ArrivalModel::open : ArrivalModel::closed;
    load.hold = textOr(value, "after", "stop") == "hold";
    load.outstanding = integerOr(value, "outstanding", 0);
    if (textOr(value, "model", "closed") == "recorded") {
        readRecorded(value, load);
        m_spec.load = std::move(load);
        return;
    }
    const char* const constantKey = load.model == ArrivalModel::open ? "rate" : "users";
    const Value* constant = value.find(constantKey);
    const Value* stages = value.find("stages");
    if ((constant == nullptr) == (stages == nullptr)) {
        fail(value, "load.0",
             fmt::format("expected either {} or stages, found {}", constantKey,
                         constant == nullptr ? "neither" : "both"));
        return;
    }
    if (constant != nullptr) {
        load.start = targetOf(*constant);
        if (const Value* start = value.find("start")) {
            fail(*start, "load.0.start", "belongs to stages only");
        }
    } else {
        readStages(value, load);
    }
    m_spec.load = std::move(load);
}

void SpecReader::readRecorded(const Value& value, LoadSpec& load)
{
    load.model = ArrivalModel::open;
    if (load.hold) {
        fail(*value.find("after"), "load.0.after",
             "recorded arrivals have no target to hold, expected \"stop\"");
    }
    const Value& name = *value.find("file");
    auto file = readLoadFile(name.asText());
    if (!file) {
        fail(name, "load.0.file", file.error().text());
        return;
    }
    const Value* factor = value.find("factor");
    file->runs = scaled(file->runs, factor != nullptr ? factor->asNumber() : 1, file->length);
    if (file->runs.size() > LoadFile::kMostRuns) {
        fail(factor != nullptr ? *factor : name, "load.0.factor",
             "so many arrivals do not fit, expected a smaller factor or a shorter file");
        return;
    }
    load.recorded = std::make_shared<const LoadFile>(*std::move(file));
}

void SpecReader::readStages(const Value& value, LoadSpec& load)
{
    if (const Value* start = value.find("start")) {
        load.start = targetOf(*start);
    }
    Duration length{};
    for (const auto& stage : value.find("stages")->asArray()) {
        load.stages.push_back({durationOr(stage, "for", {}), targetOf(*stage.find("to"))});
        length += load.stages.back().length;
    }
    if (length == Duration::zero() && !load.hold) {
        fail(*value.find("stages"), "load.0.stages",
             "they take no time in all, expected one that lasts, or after = \"hold\"");
    }
}

void SpecReader::readLimits()
{
    const Value* value = m_document.find("limits");
    if (value == nullptr) {
        return;
    }
    if (const Value* agents = value->find("agents")) {
        m_spec.limits.agents = static_cast<std::uint64_t>(agents->asInteger());
        if (*m_spec.limits.agents < m_spec.totalAgents()) {
            fail(*agents, "limits.agents",
                 fmt::format("the groups have {} agents, expected at least as many",
                             m_spec.totalAgents()));
        }
    }
    if (const Value* most = value->find("connections_per_host")) {
        m_spec.limits.connectionsPerHost = static_cast<std::uint32_t>(most->asInteger());
    }
    if (const Value* memory = value->find("memory")) {
        m_spec.limits.memory = memory->isText() ? parseSize(memory->asText()).valueOr(0)
                                                : static_cast<std::uint64_t>(memory->asInteger());
    }
}

void SpecReader::readCapture()
{
    const Value* value = m_document.find("capture");
    if (value == nullptr) {
        return;
    }
    for (const auto& entry : value->asTable()) {
        const std::string key = fmt::format("capture.\"{}\"", entry.key);
        const auto rule = CapturePolicy::parseRule(entry.key, entry.value.asText());
        if (!rule.ok()) {
            fail(entry.value, key, rule.error().message);
        } else if (const auto alone = CapturePolicy::make({rule.value()}); !alone.ok()) {
            fail(entry.value, key, alone.error().message);
        }
        m_spec.capture.push_back({entry.key, entry.value.asText(), entry.value.at()});
    }
}

void SpecReader::readExpect()
{
    const Value* value = m_document.find("expect");
    if (value == nullptr) {
        return;
    }
    for (const auto& entry : value->asTable()) {
        const auto parsed = parseExpectation(entry.key, entry.value.asText(), m_actionNames);
        if (!parsed.ok()) {
            fail(entry.value, fmt::format("expect.\"{}\"", entry.key), parsed.error().message);
        }
        m_spec.expect.push_back({entry.key, entry.value.asText(), entry.value.at()});
    }
}

void SpecReader::readHelpers()
{
    const Value* value = m_document.find("helpers");
    if (value == nullptr) {
        return;
    }
    for (const auto& entry : value->asArray()) {
        HelperSpec helper;
        helper.command = texts(entry.find("command"));
        for (std::string& argument : helper.command) {
            fillIn(argument, "{input.path}", m_spec.input.path);
        }
        helper.name = textOr(entry, "name", programOf(helper.command.front()));
        helper.ready = textOr(entry, "ready", "");
        helper.readyWithin = durationOr(entry, "ready_within", helper.readyWithin);
        helper.stopWithin = durationOr(entry, "stop_within", helper.stopWithin);
        if (!helper.ready.empty()) {
            if (const auto probe = parseProbe(helper.ready, 1); !probe.ok()) {
                fail(*entry.find("ready"), fmt::format("helpers.{}.ready", m_spec.helpers.size()),
                     probe.error().message);
            }
        }
        m_spec.helpers.push_back(std::move(helper));
    }
}

void SpecReader::checkNeeds()
{
    std::vector<std::string> names;
    for (const auto& helper : m_spec.helpers) {
        names.push_back(helper.name);
    }
    for (const auto& entry : m_document.find("actions")->asTable()) {
        const auto action = std::ranges::find(m_spec.actions, entry.key, &ActionSpec::name);
        if (!action->action) {
            continue;
        }
        for (const auto& helper : action->action->needs().helpers) {
            if (std::ranges::find(names, helper) == names.end()) {
                fail(entry.value, "actions." + entry.key,
                     fmt::format("there is no helper \"{}\"{}", helper, didYouMean(helper, names)));
            }
        }
    }
}

}  // namespace muster
