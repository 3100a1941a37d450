// SPDX-License-Identifier: Apache-2.0
#include "api/internal/configuration_book.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "api/internal/command_handlers.h"
#include "api/internal/command_values.h"
#include "api/internal/queue_rows.h"
#include "documents/json.h"
#include "storage/session_reader.h"

namespace muster {

namespace {

constexpr std::string_view kServices = "services.";
constexpr std::string_view kResources = "resources.";
constexpr std::string_view kNone = "none";
constexpr const char* kProfile = "profile";
constexpr const char* kFileKey = "file";
constexpr const char* kCapture = "capture";
constexpr const char* kQueues = "queues";
/// Of a service's document, in the order of its schema.
constexpr std::array<std::string_view, 6> kParts{"deadline", "retry",    "limiter",
                                                 "breaker",  "bulkhead", "adaptive"};

[[nodiscard]] Value tableOf(const std::map<std::string, std::string, std::less<>>& texts)
{
    Value table(Value::Table{});
    for (const auto& [key, text] : texts) {
        table.set(key, Value(text));
    }
    return table;
}

[[nodiscard]] std::string textAt(const Value& document, std::string_view table,
                                 std::string_view key)
{
    const Value* in = document.find(table);
    const Value* value = in != nullptr ? in->find(key) : nullptr;
    return value != nullptr && value->isText() ? value->asText() : std::string();
}

}  // namespace

ConfigurationBook::ConfigurationBook(EngineCore& core, WorkloadRun* run) : m_core(core), m_run(run)
{
    const auto limits = core.admission.limits();
    const auto text = [](const std::optional<std::uint64_t>& limit) {
        return limit ? std::to_string(*limit) : std::string(kNone);
    };
    m_limits = {{"limits.agents", text(limits.agents)}, {"limits.memory", text(limits.memory)}};
    m_file = hashOf(toJson(document()));
}

Value ConfigurationBook::document() const
{
    Value document(Value::Table{});
    {
        const std::lock_guard lock(m_mutex);
        document.set("limits", tableOf(m_limits));
    }
    Value services(Value::Table{});
    if (m_run != nullptr) {
        for (const ServiceSpec* spec : m_run->services().specs()) {
            services.set(spec->name,
                         spec->document.isTable() ? spec->document : Value(Value::Table{}));
        }
    }
    document.set("services", std::move(services));
    if (m_core.workload && !m_core.workload->queues.empty()) {
        Value queues(Value::Table{});
        for (const QueueSpec& queue : m_core.workload->queues) {
            Value settings(Value::Table{});
            for (const auto& [key, text] : settingsOf(queue.settings)) {
                settings.set(key, Value(text));
            }
            queues.set(queue.name, std::move(settings));
        }
        document.set(kQueues, std::move(queues));
    }
    if (m_core.recorder) {
        Value capture(Value::Table{});
        const CapturePolicy policy = m_core.recorder->capture();
        for (const CaptureRule& rule : policy.rules()) {
            capture.set(std::string(rule.pattern.text()), Value(toString(rule)));
        }
        document.set(kCapture, std::move(capture));
    }
    Value load(Value::Table{});
    if (LoadGenerator* generator = m_run != nullptr ? m_run->load() : nullptr) {
        const auto figures = generator->figures();
        const bool perTime = figures.model == ArrivalModel::open;
        std::vector<LoadStage> stages;
        for (const auto& stage : figures.stages) {
            stages.push_back({stage.length, stage.target});
        }
        load.set("rate", Value(m_rate));
        load.set("stages", Value(stagesText(stages, perTime)));
    }
    document.set("load", std::move(load));
    if (!m_file.empty()) {
        document.set(kFileKey, Value(m_file));
    }
    sortKeys(document);
    return document;
}

bool ConfigurationBook::readSession()
{
    if (!m_core.recorder || m_core.recorder->run().value <= 1) {
        return false;
    }
    const auto reader = SessionReader::open(*m_core.options.database);
    const auto versions = reader ? (*reader)->configurations()
                                 : Result<std::vector<StoredConfiguration>>(reader.error());
    const auto info = reader ? (*reader)->info() : Result<StoredSession>(reader.error());
    if (!versions || !info) {
        m_core.logger.warn("the configuration that the session kept cannot be read: {}",
                           versions ? info.error().text() : versions.error().text());
        return false;
    }
    if (versions->empty()) {
        return false;
    }
    const ConfigurationRecord& newest = versions->back().record;
    const std::lock_guard lock(m_mutex);
    m_version = newest.version;
    m_document = newest.document;
    for (std::size_t i = versions->size() - std::min(versions->size(), kKept); i < versions->size();
         ++i) {
        m_versions.push_back({(*versions)[i].record.version, (*versions)[i].record.document});
    }
    m_before = newest.kept.empty() ? newest.document : newest.kept;
    m_interruptedVersion = newest.kept.empty() ? 0 : newest.version;
    const auto last = std::ranges::find(info->runs, versions->back().run, &StoredRun::id);
    const bool crashed = last != info->runs.end() && !last->endedAt;
    const auto kept = parseJson(m_before, "configuration");
    const Value* file = kept.ok() ? kept->find(kFileKey) : nullptr;
    const bool same = file != nullptr && file->isText() && file->asText() == m_file;
    const auto from = m_core.options.configuration;
    m_takesUp = from == StartConfiguration::kept || (from == StartConfiguration::keptAfterCrash &&
                                                     crashed && same && !m_core.simulated());
    m_tookUp = m_takesUp ? newest.kept.empty() ? newest.version : newest.parent : 0;
    return m_takesUp;
}

std::vector<Command> ConfigurationBook::toTakeUp() const
{
    const auto target = parseJson(m_before, "configuration");
    return target.ok() ? commandsTo(*target) : std::vector<Command>();
}

void ConfigurationBook::begin()
{
    if (m_interruptedVersion != 0) {
        // Said before the first version of this run: what was on trial then was never kept.
        store("reverted", "muster",
              fmt::format("the run ended before version {} was kept", m_interruptedVersion),
              m_before, {});
        m_core.publisher->publish(EventType::limitReverted, Component::limits,
                                  {{"limit", fmt::format("version {}", m_interruptedVersion)},
                                   {"before", ""},
                                   {"after", ""},
                                   {"cause", "interrupted"},
                                   {"detail", "its run ended before it was kept"},
                                   {"author", "muster"},
                                   {"version", version()}});
    }
    const std::string text = toJson(document());
    store("started", "muster",
          m_tookUp == 0 ? std::string("the run began as its file says")
                        : fmt::format("the run went on with what version {} had kept", m_tookUp),
          text, {});
    const std::lock_guard lock(m_mutex);
    m_begun = true;
}

std::optional<std::uint64_t> ConfigurationBook::note(std::string_view kind,
                                                     const std::string& author,
                                                     const std::string& reason)
{
    const Value now = document();
    const std::string text = toJson(now);
    std::string kept;
    {
        const std::lock_guard lock(m_mutex);
        if (m_trial) {
            Value without = now;
            putBack(without, *m_trial);
            sortKeys(without);
            kept = toJson(without);
        }
        if (!m_begun || (text == m_document && kept == m_kept)) {
            return std::nullopt;
        }
    }
    store(kind, author, reason, text, kept);
    return version();
}

void ConfigurationBook::store(std::string_view kind, const std::string& author,
                              const std::string& reason, const std::string& document,
                              const std::string& kept)
{
    ConfigurationRecord record;
    {
        const std::lock_guard lock(m_mutex);
        record.parent = m_version;
        record.version = ++m_version;
        m_document = document;
        m_kept = kept;
        m_versions.push_back({m_version, document});
        if (m_versions.size() > kKept) {
            m_versions.pop_front();
        }
    }
    record.at = m_core.clock->wall();
    record.kind = kind;
    record.author = author;
    record.reason = reason;
    record.hash = hashOf(document);
    record.document = document;
    record.kept = kept;
    m_core.publisher->publish(EventType::configurationChanged, Component::limits,
                              {{"version", record.version},
                               {"parent", record.parent},
                               {"kind", record.kind},
                               {"author", author},
                               {"reason", reason},
                               {"hash", record.hash}});
    if (m_core.recorder) {
        m_core.recorder->addConfiguration(std::move(record));
    }
}

void ConfigurationBook::learn(const Command& command, const CommandEffect& effect)
{
    const auto key = argument(command, "key");
    // As it is set: the generator itself follows with its next beat.
    if (command.name == "load.step" || command.name == "load.rate") {
        m_rate = effect.after;
    } else if (command.name == "load.auto") {
        m_rate = kProfile;
    }
    if (command.name != "limits.set" || key.starts_with(kServices)) {
        return;
    }
    const std::lock_guard lock(m_mutex);
    const auto original = m_original.try_emplace(key, effect.before).first;
    // Of resources the document has what is not as the run began with, so that the same settings
    // are the same document whatever the way there.
    if (key.starts_with(kResources) && original->second == effect.after) {
        m_limits.erase(std::string(key));
    } else {
        m_limits.insert_or_assign(key, effect.after);
    }
}

void ConfigurationBook::beginTrial(const Value& before)
{
    const Value now = document();
    const std::lock_guard lock(m_mutex);
    m_trial = changesBetween(before, now);
}

void ConfigurationBook::endTrial()
{
    const std::lock_guard lock(m_mutex);
    m_trial.reset();
}

std::uint64_t ConfigurationBook::version() const
{
    const std::lock_guard lock(m_mutex);
    return m_version;
}

Result<std::vector<Command>> ConfigurationBook::toRestore(std::uint64_t version) const
{
    std::string text;
    {
        const std::lock_guard lock(m_mutex);
        const auto found = std::ranges::find(m_versions, version, &Version::number);
        if (found == m_versions.end()) {
            return Error{ErrorCode::notFound,
                         m_versions.empty()
                             ? std::string("there is no version yet")
                             : fmt::format("there is no version {}, only {} to {}", version,
                                           m_versions.front().number, m_versions.back().number),
                         {},
                         "musterctl config --db FILE lists those of a session."};
        }
        text = found->document;
    }
    const auto target = parseJson(text, fmt::format("version {}", version));
    return target.ok() ? Result<std::vector<Command>>(commandsTo(*target)) : target.error();
}

std::vector<Command> ConfigurationBook::commandsTo(const Value& target) const
{
    std::vector<Command> commands;
    addLimitCommands(target, commands);
    addServiceCommands(target, commands);
    addLoadCommands(target, commands);
    addQueueCommands(target, commands);
    addCaptureCommands(target, commands);
    return commands;
}

void ConfigurationBook::addLimitCommands(const Value& target, std::vector<Command>& commands) const
{
    const std::lock_guard lock(m_mutex);
    for (const auto& [key, now] : m_limits) {
        std::string wanted = textAt(target, "limits", key);
        if (wanted.empty()) {
            const auto original = m_original.find(key);
            wanted = original != m_original.end() ? original->second : now;
        }
        if (wanted != now) {
            commands.push_back(makeCommand("limits.set", {{"key", key}, {"value", wanted}}));
        }
    }
    const Value* limits = target.find("limits");
    for (const auto& member : limits != nullptr ? limits->asTable() : Value::Table{}) {
        if (!m_limits.contains(member.key) && member.value.isText()) {
            commands.push_back(
                makeCommand("limits.set", {{"key", member.key}, {"value", member.value.asText()}}));
        }
    }
}

void ConfigurationBook::addQueueCommands(const Value& target, std::vector<Command>& commands) const
{
    const Value* wants = target.find(kQueues);  // versions of before did not say
    for (const QueueSpec& queue :
         m_core.workload ? m_core.workload->queues : std::vector<QueueSpec>()) {
        const Value* settings = wants != nullptr ? wants->find(queue.name) : nullptr;
        for (const auto& [key, now] : settingsOf(queue.settings)) {
            const Value* wanted = settings != nullptr ? settings->find(key) : nullptr;
            if (wanted != nullptr && wanted->isText() && wanted->asText() != now) {
                commands.push_back(makeCommand(
                    "queue.set",
                    {{"queue", queue.name}, {"key", key}, {"value", wanted->asText()}}));
            }
        }
    }
}

void ConfigurationBook::addCaptureCommands(const Value& target,
                                           std::vector<Command>& commands) const
{
    const Value now = document();
    const Value* has = now.find(kCapture);
    const Value* wants = target.find(kCapture);
    // Versions of before did not say, and a run that is not recorded has no rules.
    if (has == nullptr || wants == nullptr || !wants->isTable()) {
        return;
    }
    const auto set = [&commands](const std::string& pattern, const std::string& policy) {
        commands.push_back(makeCommand("capture.set", {{"pattern", pattern}, {"policy", policy}}));
    };
    for (const auto& rule : has->asTable()) {
        if (wants->find(rule.key) == nullptr) {
            set(rule.key, "default");
        }
    }
    for (const auto& rule : wants->asTable()) {
        const Value* is = has->find(rule.key);
        if (rule.value.isText() && (is == nullptr || !(*is == rule.value))) {
            set(rule.key, rule.value.asText());
        }
    }
}

void ConfigurationBook::addServiceCommands(const Value& target,
                                           std::vector<Command>& commands) const
{
    const Value* services = target.find("services");
    for (const ServiceSpec* spec :
         m_run != nullptr ? m_run->services().specs() : std::vector<const ServiceSpec*>()) {
        const Value* document = services != nullptr ? services->find(spec->name) : nullptr;
        if (document == nullptr) {
            continue;  // the file had no such service then
        }
        const ServiceSpec wanted{spec->name, {}, *document};
        for (const std::string_view part : kParts) {
            const auto now = settingText(*spec, part);
            const auto then = settingText(wanted, part);
            if (now.ok() && then.ok() && *now != *then) {
                commands.push_back(makeCommand(
                    "limits.set",
                    {{"key", fmt::format("services.{}.{}", spec->name, part)}, {"value", *then}}));
            }
        }
    }
}

void ConfigurationBook::addLoadCommands(const Value& target, std::vector<Command>& commands) const
{
    LoadGenerator* generator = m_run != nullptr ? m_run->load() : nullptr;
    if (generator == nullptr || generator->figures().finished) {
        return;
    }
    const Value now = document();
    const auto stages = textAt(target, "load", "stages");
    if (!stages.empty() && stages != textAt(now, "load", "stages")) {
        commands.push_back(makeCommand("load.stages", {{"stages", stages}}));
    }
    const auto rate = textAt(target, "load", "rate");
    if (!rate.empty() && rate != textAt(now, "load", "rate")) {
        commands.push_back(rate == kProfile ? makeCommand("load.auto")
                                            : makeCommand("load.rate", {{"rate", rate}}));
    }
}

}  // namespace muster
