// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "documents/value.h"

namespace muster {

enum class SchemaType : std::uint8_t {
    boolean,
    integer,
    number,
    text,
    duration,  ///< "2s"
    rate,      ///< "500/s"
    size,      ///< "1GiB" or bytes
    share,     ///< "50%" or 0…1
    choice,    ///< one of Schema::choices
    list,      ///< of Schema::items[0]
    table,     ///< with the keys of Schema::fields
    map,       ///< any key, each holding Schema::items[0]
};

struct SchemaField;

/// What a document may hold: described once in code, checked here, published as JSON Schema,
/// and what types the value of `--set key=value`. Thread safety: immutable once built.
struct Schema {
    /// Further fields of a table, in force when its key `Schema::decidedBy` says `choice`.
    struct Variant {
        std::string choice;
        std::vector<SchemaField> fields;
    };
    /// A key that is refused with a reason of its own.
    struct Reserved {
        std::string key;
        std::string reason;
    };

    SchemaType type = SchemaType::text;
    std::string help;
    std::string expected;         ///< replaces the type's own words in messages; may be empty
    std::optional<double> least;  ///< number, length of a list; in base units (ns, 1/s, bytes)
    std::optional<double> most;
    std::vector<std::string> choices;
    std::vector<Schema> items;
    std::vector<SchemaField> fields;
    std::string decidedBy;
    std::vector<Variant> variants;
    std::vector<Reserved> reserved;
    /// Of a text: a further rule; gives what was expected when it does not hold.
    std::function<std::optional<std::string>(std::string_view)> rule;
    std::string pattern;  ///< the rule as a regular expression, for the published schema

    Schema& describe(std::string words)
    {
        help = std::move(words);
        return *this;
    }
    Schema& range(std::optional<double> low, std::optional<double> high)
    {
        least = low;
        most = high;
        return *this;
    }
};

struct SchemaField {
    std::string key;
    Schema schema;
    bool required = false;
    std::optional<Value> standard;  ///< the default, for help and the published schema
};

namespace schema {

[[nodiscard]] Schema of(SchemaType type, std::string help);
[[nodiscard]] Schema choice(std::vector<std::string> choices, std::string help);
[[nodiscard]] Schema list(Schema item, std::string help);
[[nodiscard]] Schema map(Schema item, std::string help);
[[nodiscard]] Schema table(std::vector<SchemaField> fields, std::string help);
[[nodiscard]] SchemaField required(std::string key, Schema schema);
[[nodiscard]] SchemaField optional(std::string key, Schema schema);
[[nodiscard]] SchemaField standard(std::string key, Schema schema, Value value);

}  // namespace schema

/// One thing that is wrong with a document.
struct Violation {
    Position at;
    std::string key;      ///< "services.disk.limter"; empty: the document as a whole
    std::string message;  ///< "unknown key, expected one of …"

    /// `corpus.toml:12: key "services.disk.limter": unknown key, expected one of …`
    [[nodiscard]] std::string text() const;
};

/// Everything that is wrong, in the order of the document.
[[nodiscard]] std::vector<Violation> check(const Schema& schema, const Value& document);

/// All violations as one error, one a line in its message. Only for a non-empty list.
[[nodiscard]] Error toError(const std::vector<Violation>& violations);

/// The fields that a table with this content may have.
[[nodiscard]] std::vector<const SchemaField*> fieldsInForce(const Schema& table,
                                                            const Value& content);

/// "a whole number from 1 to 10": what a message says was expected.
[[nodiscard]] std::string expectedWords(const Schema& schema);

}  // namespace muster
