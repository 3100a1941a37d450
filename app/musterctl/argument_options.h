// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <charconv>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>

namespace muster::ctl {

// The kinds of options that the subcommands are made of.

/// Names a choice in the help as "table|jsonl".
template <class Enum>
CLI::Option* addChoice(CLI::App& app, const std::string& name, Enum& value,
                       const std::map<std::string, Enum>& choices, const std::string& help)
{
    std::string names;
    std::string chosen;
    for (const auto& [text, choice] : choices) {
        names += (names.empty() ? "" : "|") + text;
        chosen = choice == value ? text : chosen;
    }
    return app
        .add_option_function<std::string>(
            name, [&value, &choices](const std::string& text) { value = choices.at(text); }, help)
        ->check(CLI::IsMember(choices))
        ->type_name(names)
        ->default_str(chosen);
}

/// An option whose text `parse` turns into the value, or refuses with a sentence.
template <class T, class Parse>
CLI::Option* addParsed(CLI::App& app, const std::string& name, std::optional<T>& value, Parse parse,
                       const std::string& help)
{
    return app.add_option_function<std::string>(
        name,
        [&value, parse, name](const std::string& text) {
            const auto parsed = parse(text);
            if (!parsed) {
                throw CLI::ValidationError(name, parsed.error().text());
            }
            value = *parsed;
        },
        help);
}

/// A whole number from 0 on. The library reads -1 as the largest there is, and what is too large
/// as well.
template <class Number>
CLI::Option* addNumber(CLI::App& app, const std::string& name, Number& value,
                       const std::string& help)
{
    return app
        .add_option_function<std::string>(
            name,
            [&value, name](const std::string& text) {
                const auto* last = text.data() + text.size();
                const auto [end, problem] = std::from_chars(text.data(), last, value);
                if (problem != std::errc{} || end != last) {
                    throw CLI::ValidationError(
                        name, fmt::format("expected a whole number from 0 to {}, found \"{}\"",
                                          std::numeric_limits<Number>::max(), text));
                }
            },
            help)
        ->type_name("N");
}

/// An empty name is a variable that a script forgot to set; no file is meant by it.
inline std::string refuseEmpty(const std::string& text)
{
    return text.empty() ? "expected the name of a file, found \"\"" : "";
}

inline void addDatabase(CLI::App& app, std::filesystem::path& database)
{
    app.add_option("--db", database, "the session: a database that run, sim or the console made")
        ->required()
        ->check(refuseEmpty)
        ->type_name("FILE");
}

}  // namespace muster::ctl
