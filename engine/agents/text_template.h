// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/action.h"
#include "agents/action_world.h"
#include "agents/escape.h"
#include "agents/secrets.h"
#include "base/result.h"

namespace muster {

/// What a text made of a template is for: decides how what is filled in is escaped, and what is
/// refused in it.
enum class TextTarget : std::uint8_t {
    plain,     ///< a prompt, a body of text
    url,       ///< at its beginning a whole URL, elsewhere a part; {item.x:path} keeps "/"
    header,    ///< a line's end is refused
    json,      ///< within quotes; {item.x:json} is a whole JSON value instead
    form,      ///< a form's fields
    argument,  ///< a zero byte is refused; {item:name} is a path's last name, :stem without ending
    fileName,  ///< one name of a path
};

/// The values of one call that templates are filled with. The item is read as JSON when first
/// asked for a field. Refers to the call's. Thread safety: one thread.
class TemplateValues {
public:
    explicit TemplateValues(const ActionCall& call) : m_call(call) {}

    [[nodiscard]] const ActionCall& call() const noexcept { return m_call; }
    /// Null, as an error, if the item has no such field.
    [[nodiscard]] Result<const Value*> field(const std::vector<std::string>& path);

private:
    const ActionCall& m_call;
    std::optional<Result<Value>> m_item;
};

/// A text with places that each call fills in:
///   {item} the item, {item.key} and {item.key.inner} of an item that is a JSON object (rows of
///   csv and jsonl are), {number} of the job, {attempt} from 1, {helpers.NAME.port} of a helper;
///   $NAME and ${NAME}, where they are allowed, an environment variable that is kept secret;
///   "{{" and "$$" are the characters themselves, and so is a brace that begins no such place.
/// Immutable. Thread safety: any thread.
class TextTemplate {
public:
    enum class Environment : bool { refused, allowed };

    TextTemplate() = default;
    /// Errors: invalidArgument for a place that is none, with the nearest that is one.
    [[nodiscard]] static Result<TextTemplate> parse(std::string_view text, TextTarget target,
                                                    Environment environment = Environment::refused);

    /// Nothing differs between calls.
    [[nodiscard]] bool constant() const noexcept;
    [[nodiscard]] bool usesItem() const noexcept;
    [[nodiscard]] bool usesEnvironment() const noexcept;
    /// Begins with a place: what comes there is not known beforehand.
    [[nodiscard]] bool beginsOpen() const noexcept;
    [[nodiscard]] std::vector<std::string> helpers() const;
    /// As it was written.
    [[nodiscard]] const std::string& source() const noexcept { return m_source; }

    /// With what holds for the whole run filled in. Errors: a variable that is not set, a helper
    /// that is not there.
    [[nodiscard]] Result<TextTemplate> bind(const ActionWorld& world, Secrets& secrets) const;
    /// For one call; only of a bound one. Errors: invalidArgument, what about the item does not
    /// fit.
    [[nodiscard]] Result<std::string> fill(TemplateValues& values) const;
    /// What about the item keeps it from being filled in, each once. Needs no binding.
    [[nodiscard]] std::vector<std::string> problems(TemplateValues& values) const;

private:
    enum class Place : std::uint8_t { text, item, field, number, attempt, port, secret };
    struct Part {
        Place place = Place::text;
        std::string text;               ///< itself; of a port the helper, of a secret its name
        std::vector<std::string> path;  ///< of a field
        Escape escape = Escape::none;
        bool whole = false;  ///< a JSON value, not a text within quotes
    };
    class Parser;

    [[nodiscard]] Result<std::string> valueOf(const Part& part, TemplateValues& values) const;
    /// Its value, if that may stand where it is to be.
    [[nodiscard]] Result<std::string> fitting(const Part& part, TemplateValues& values) const;

    TextTarget m_target = TextTarget::plain;
    std::string m_source;
    std::vector<Part> m_parts;
};

/// Adds what keeps an item from being filled in, each behind the parameter's name: for
/// Action::unfit().
void addProblems(std::vector<std::string>& found, std::string_view parameter,
                 const TextTemplate& text, TemplateValues& values);

}  // namespace muster
