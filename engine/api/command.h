// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

enum class ParameterKind : std::uint8_t {
    text,
    number,
    rate,
    duration,
    size,
    choice,
    filter,
    stages
};

struct CommandParameter {
    std::string_view name;
    ParameterKind kind;
    bool required;
    std::string_view help;     ///< with unit and range
    std::string_view choices;  ///< of `choice`: separated by '|'; "services.*" is what begins so
};

/// How much an operator is asked before it is carried out.
enum class Confirmation : std::uint8_t { none, whenMany, always };

/// One operator action, defined once: menu, palette, command line, standard input of
/// `musterctl run`, audit and undo are all made from it.
struct CommandInfo {
    std::string_view name;   ///< "load.rate"
    std::string_view title;  ///< "Set load rate"
    std::string_view help;
    std::string_view example;                      ///< "load.rate 500/s"
    std::span<const CommandParameter> parameters;  ///< positional in this order, or key=value
    Confirmation confirmation = Confirmation::none;
    bool changes = true;  ///< refused while the console is locked read-only
};

[[nodiscard]] std::span<const CommandInfo> allCommands() noexcept;
[[nodiscard]] const CommandInfo* findCommand(std::string_view name) noexcept;

/// A command to carry out: its name and its arguments by parameter name.
struct Command {
    std::string name;
    std::map<std::string, std::string, std::less<>> arguments;
    std::string author = "operator";  ///< who: for the audit

    /// "load.rate rate=500/s", the form that parseCommand() reads back.
    [[nodiscard]] std::string text() const;
};

/// Reads `NAME [VALUE | KEY=VALUE]…`; a value with spaces stands in double quotes. Errors name
/// what was expected and the nearest known command or parameter.
[[nodiscard]] Result<Command> parseCommand(std::string_view line);

/// What came of it. `undo` is the command that takes it back, where there is one.
struct CommandOutcome {
    std::string summary;  ///< "Stopped 12 agents"
    std::uint64_t affected = 0;
    std::optional<Command> undo;
};

using CommandDone = std::function<void(Result<CommandOutcome>)>;

}  // namespace muster
