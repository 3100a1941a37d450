// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <map>
#include <mutex>

namespace muster {
namespace {

constexpr std::array<std::string_view, 6> kLevelNames{"trace", "debug", "info",
                                                      "warn",  "error", "off"};

spdlog::level::level_enum toSpdlog(LogLevel level) noexcept
{
    constexpr std::array kLevels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                                 spdlog::level::warn,  spdlog::level::err,   spdlog::level::off};
    return kLevels[static_cast<std::size_t>(level)];
}

LogLevel fromSpdlog(spdlog::level::level_enum level) noexcept
{
    switch (level) {
        case spdlog::level::trace:
            return LogLevel::trace;
        case spdlog::level::debug:
            return LogLevel::debug;
        case spdlog::level::info:
            return LogLevel::info;
        case spdlog::level::warn:
            return LogLevel::warn;
        case spdlog::level::off:
            return LogLevel::off;
        default:
            return LogLevel::error;
    }
}

}  // namespace

std::string_view toString(LogLevel level) noexcept
{
    return kLevelNames[static_cast<std::size_t>(level)];
}

std::optional<LogLevel> parseLogLevel(std::string_view text) noexcept
{
    for (std::size_t i = 0; i < kLevelNames.size(); ++i) {
        if (kLevelNames[i] == text) {
            return static_cast<LogLevel>(i);
        }
    }
    return std::nullopt;
}

struct Logger::Sink {
    spdlog::logger logger;
};

bool Logger::enabled(LogLevel level) const noexcept
{
    return m_sink != nullptr && m_sink->logger.should_log(toSpdlog(level));
}

void Logger::write(LogLevel level, const std::string& text) const
{
    m_sink->logger.log(toSpdlog(level), text);
}

struct LogSystem::State {
    std::vector<spdlog::sink_ptr> sinks;
    LogLevel level = LogLevel::info;
    mutable std::mutex mutex;  // guards components
    std::map<std::string, std::shared_ptr<Logger::Sink>, std::less<>> components;
};

LogSystem::LogSystem(std::unique_ptr<State> state) : m_state(std::move(state)) {}

LogSystem::~LogSystem()
{
    flush();
}

Result<std::unique_ptr<LogSystem>> LogSystem::open(const LogOptions& options)
{
    auto state = std::make_unique<State>();
    state->level = options.level;
    try {
        if (!options.file.empty()) {
            state->sinks.push_back(std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                options.file.string(), options.fileBytes, options.files));
        }
        if (options.standardError) {
            state->sinks.push_back(std::make_shared<spdlog::sinks::stderr_sink_mt>());
        }
    } catch (const std::exception& failure) {
        return Error{ErrorCode::ioFailure,
                     fmt::format("the log cannot be opened: {}", failure.what()),
                     options.file.string(), "Choose a directory that can be written to"};
    }
    for (const auto& sink : state->sinks) {
        sink->set_formatter(std::make_unique<spdlog::pattern_formatter>(
            "%Y-%m-%dT%H:%M:%S.%fZ %-5l %n: %v", spdlog::pattern_time_type::utc));
    }
    return std::unique_ptr<LogSystem>(new LogSystem(std::move(state)));
}

Logger LogSystem::component(std::string_view name)
{
    const std::lock_guard lock(m_state->mutex);
    auto& sink = m_state->components[std::string(name)];
    if (sink == nullptr) {
        sink = std::make_shared<Logger::Sink>(Logger::Sink{
            spdlog::logger(std::string(name), m_state->sinks.begin(), m_state->sinks.end())});
        sink->logger.set_level(toSpdlog(m_state->level));
        sink->logger.flush_on(spdlog::level::warn);
    }
    Logger logger;
    logger.m_sink = sink;
    return logger;
}

Result<void> LogSystem::setLevel(std::string_view component, LogLevel level)
{
    const std::lock_guard lock(m_state->mutex);
    const auto found = m_state->components.find(component);
    if (found == m_state->components.end()) {
        std::string known;
        for (const auto& [name, sink] : m_state->components) {
            known += known.empty() ? name : ", " + name;
        }
        return Error{ErrorCode::notFound,
                     fmt::format("no component '{}' writes to the log", component), "log.level",
                     fmt::format("Choose one of: {}", known)};
    }
    found->second->logger.set_level(toSpdlog(level));
    return {};
}

std::vector<std::pair<std::string, LogLevel>> LogSystem::levels() const
{
    const std::lock_guard lock(m_state->mutex);
    std::vector<std::pair<std::string, LogLevel>> all;
    for (const auto& [name, sink] : m_state->components) {
        all.emplace_back(name, fromSpdlog(sink->logger.level()));
    }
    return all;
}

void LogSystem::flush()
{
    for (const auto& sink : m_state->sinks) {
        sink->flush();
    }
}

}  // namespace muster
