// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>

#include "api/internal/command_handlers.h"
#include "storage/stream.h"

namespace muster {

namespace {

using Json = nlohmann::ordered_json;

[[nodiscard]] Error wrong(std::string message, std::string todo)
{
    return {ErrorCode::invalidArgument, std::move(message), {}, std::move(todo)};
}

[[nodiscard]] Result<ExpectedVersion> expectedOf(const std::string& text)
{
    if (text.empty() || text == "any") {
        return ExpectedVersion::any();
    }
    if (text == "none") {
        return ExpectedVersion::none();
    }
    if (text == "exists") {
        return ExpectedVersion::exists();
    }
    std::uint64_t version = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), version);
    if (failed != std::errc() || end != text.data() + text.size()) {
        return wrong(fmt::format("\"{}\" is no version of a stream", text),
                     "Give any, none, exists or the number of its last event.");
    }
    return ExpectedVersion::exactly(version);
}

/// The fields of a flat JSON object.
[[nodiscard]] Result<Fields> fieldsOf(const std::string& text)
{
    Fields fields;
    const auto json = text.empty() ? Json::object() : Json::parse(text, nullptr, false);
    if (!json.is_object()) {
        return wrong("the data is no JSON object", R"(Write it as {"sum":3,"who":"ann"}.)");
    }
    for (const auto& [key, value] : json.items()) {
        if (value.is_boolean()) {
            fields.add(key, value.get<bool>());
        } else if (value.is_number_integer()) {
            fields.add(key, value.get<std::int64_t>());
        } else if (value.is_number()) {
            fields.add(key, value.get<double>());
        } else if (value.is_string()) {
            fields.add(key, value.get<std::string>());
        } else {
            return wrong(fmt::format("the data's field \"{}\" is no boolean, number or text", key),
                         "Fields are flat: write what is nested as text.");
        }
    }
    return fields;
}

[[nodiscard]] Result<StreamAppend> appendOf(CommandContext& context, const Command& command)
{
    auto expected = expectedOf(argument(command, "expected"));
    if (!expected) {
        return expected.error();
    }
    auto fields = fieldsOf(argument(command, "data"));
    if (!fields) {
        return fields.error();
    }
    EventId id{Rng(context.core.seed).fork("streams").next() | 1, ++context.core.streamEvents};
    if (const auto given = argument(command, "id"); !given.empty()) {
        const auto parsed = parseEventId(given);
        if (!parsed) {
            return wrong(fmt::format("\"{}\" is no id of an event", given),
                         "Give 32 hexadecimal digits, or leave it out.");
        }
        id = *parsed;
    }
    StreamAppend append;
    append.stream = argument(command, "stream");
    append.expected = *expected;
    append.events.push_back({id, argument(command, "type"), command.author, *std::move(fields),
                             context.core.clock->wall()});
    return append;
}

}  // namespace

void appendToStream(CommandContext& context, const Command& command, CommandFinish finish)
{
    auto* const recorder = context.core.recorder.get();
    if (recorder == nullptr) {
        finish(Error{ErrorCode::unavailable,
                     "the run is not recorded, so it has no streams",
                     {},
                     "Start it with --db FILE."});
        return;
    }
    auto append = appendOf(context, command);
    if (!append) {
        finish(append.error());
        return;
    }
    auto name = append->stream;
    // The answer comes after the synced commit: waited for where waiting holds up nobody.
    auto answer =
        std::make_shared<std::future<Result<StreamAppended>>>(recorder->append(*std::move(append)));
    const auto posted =
        context.core.runtime->scheduler().blocking([answer, name = std::move(name), finish] {
            const auto done = answer->get();
            if (!done) {
                finish(done.error());
                return;
            }
            finish(CommandEffect{{fmt::format("{} version {} of {}",
                                              done->before ? "It was there already:" : "Appended",
                                              done->lastVersion, name),
                                  done->before ? 0U : 1U, std::nullopt},
                                 {},
                                 {}});
        });
    if (!posted) {
        finish(posted.error());
    }
}

}  // namespace muster
