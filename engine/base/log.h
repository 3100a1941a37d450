// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/core.h>

#include <cstddef>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

enum class LogLevel { trace, debug, info, warn, error, off };

[[nodiscard]] std::string_view toString(LogLevel level) noexcept;
[[nodiscard]] std::optional<LogLevel> parseLogLevel(std::string_view text) noexcept;

/// One component's voice in the log. Cheap to copy; a default-constructed one is silent.
/// Thread safety: any thread.
class Logger {
public:
    Logger() = default;

    template <class... Args>
    void log(LogLevel level, fmt::format_string<Args...> format, Args&&... args) const
    {
        if (enabled(level)) {
            write(level, fmt::format(format, std::forward<Args>(args)...));
        }
    }
    template <class... Args>
    void debug(fmt::format_string<Args...> format, Args&&... args) const
    {
        log(LogLevel::debug, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void info(fmt::format_string<Args...> format, Args&&... args) const
    {
        log(LogLevel::info, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void warn(fmt::format_string<Args...> format, Args&&... args) const
    {
        log(LogLevel::warn, format, std::forward<Args>(args)...);
    }
    template <class... Args>
    void error(fmt::format_string<Args...> format, Args&&... args) const
    {
        log(LogLevel::error, format, std::forward<Args>(args)...);
    }

    [[nodiscard]] bool enabled(LogLevel level) const noexcept;

private:
    friend class LogSystem;
    struct Sink;

    void write(LogLevel level, const std::string& text) const;

    std::shared_ptr<Sink> m_sink;
};

struct LogOptions {
    std::filesystem::path file;  ///< rotating; empty: no file
    std::size_t fileBytes = 8 * 1024 * 1024;
    std::size_t files = 3;
    bool standardError = false;       ///< also to standard error
    LogLevel level = LogLevel::info;  ///< of components not set apart
};

/// The engine's log: one file, a level per component, changed while it runs. Two engines in
/// one process have two. Thread safety: any thread.
class LogSystem {
public:
    /// A file that cannot be opened is an error that names it and says what to do.
    [[nodiscard]] static Result<std::unique_ptr<LogSystem>> open(const LogOptions& options);
    ~LogSystem();

    /// The same component always gets the same level.
    [[nodiscard]] Logger component(std::string_view name);

    /// Errors: notFound when no such component spoke yet, with the names there are.
    [[nodiscard]] Result<void> setLevel(std::string_view component, LogLevel level);
    [[nodiscard]] std::vector<std::pair<std::string, LogLevel>> levels() const;
    void flush();

private:
    struct State;
    explicit LogSystem(std::unique_ptr<State> state);

    std::unique_ptr<State> m_state;
};

}  // namespace muster
