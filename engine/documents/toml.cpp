// SPDX-License-Identifier: Apache-2.0
#include "documents/toml.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <toml++/toml.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

namespace muster {

namespace {

// A workload file is written by hand; a larger one is somebody's mistake.
constexpr std::uintmax_t kLargestFile = 16 * 1024 * 1024;

// The parser bounds nested values, yet not the tables that a dotted key opens, one in the other:
// taking down a hundred thousand of those overflows the stack.
constexpr int kMostKeyDots = 15;
// A pipe that nobody writes to must not hold the program.
constexpr int kPipeWaitMilliseconds = 5'000;

using Source = std::shared_ptr<const std::string>;

Position positionOf(const toml::source_region& region, const Source& source)
{
    return {source, region.begin.line, region.begin.column};
}

Value convert(const toml::node& node, const Source& source);

Value convertTable(const toml::table& table, const Source& source)
{
    Value::Table members;
    members.reserve(table.size());
    for (const auto& [key, node] : table) {
        members.push_back(
            {std::string(key.str()), convert(node, source), positionOf(key.source(), source)});
    }
    // The library keeps tables sorted by key; people think in the order of the file.
    std::stable_sort(members.begin(), members.end(),
                     [](const Value::Member& a, const Value::Member& b) {
                         return std::pair(a.keyAt.line, a.keyAt.column) <
                                std::pair(b.keyAt.line, b.keyAt.column);
                     });
    return Value(std::move(members));
}

Value convertArray(const toml::array& array, const Source& source)
{
    Value::Array items;
    items.reserve(array.size());
    for (const auto& node : array) {
        items.push_back(convert(node, source));
    }
    return Value(std::move(items));
}

template <class Time>
Value isoText(const Time& time)
{
    std::ostringstream out;
    out << time;
    return Value(out.str());
}

Value convertContent(const toml::node& node, const Source& source)
{
    switch (node.type()) {
        case toml::node_type::table:
            return convertTable(*node.as_table(), source);
        case toml::node_type::array:
            return convertArray(*node.as_array(), source);
        case toml::node_type::string:
            return Value(node.as_string()->get());
        case toml::node_type::integer:
            return Value(node.as_integer()->get());
        case toml::node_type::floating_point:
            return Value(node.as_floating_point()->get());
        case toml::node_type::boolean:
            return Value(node.as_boolean()->get());
        case toml::node_type::date:
            return isoText(node.as_date()->get());
        case toml::node_type::time:
            return isoText(node.as_time()->get());
        case toml::node_type::date_time:
            return isoText(node.as_date_time()->get());
        case toml::node_type::none:
            break;
    }
    return {};
}

Value convert(const toml::node& node, const Source& source)
{
    Value value = convertContent(node, source);
    value.setAt(positionOf(node.source(), source));
    return value;
}

Error fileError(const std::filesystem::path& file, int number)
{
    const auto name = file.string();
    switch (number) {
        case ENOENT:
        case ENOTDIR:
            return {ErrorCode::notFound, "there is no such file", name, "Check the path"};
        case EACCES:
            return {ErrorCode::permissionDenied, "the file may not be read", name,
                    "Change its permissions or choose another"};
        default:
            return {ErrorCode::ioFailure,
                    fmt::format("the file cannot be read ({})",
                                std::generic_category().message(number)),
                    name, "Check the file"};
    }
}

/// The place after a string that starts here, of one line or of many.
std::size_t endOfString(std::string_view text, std::size_t at)
{
    const char quote = text[at];
    const std::string threefold(3, quote);
    const bool manyLines = text.substr(at, 3) == threefold;
    for (at += manyLines ? 3 : 1; at < text.size(); ++at) {
        if (text[at] == '\\' && quote == '"') {
            ++at;
        } else if (manyLines ? text.substr(at, 3) == threefold : text[at] == quote) {
            return at + (manyLines ? 3 : 1);
        } else if (text[at] == '\n' && !manyLines) {
            return at;
        }
    }
    return text.size();
}

/// The line of a key of more parts than any workload has; nothing when there is none. Outside
/// strings and comments only a dotted key has more than one dot.
std::optional<std::size_t> lineOfTooDeepKey(std::string_view text)
{
    constexpr std::string_view kEndsKey = "\n=[]{},";
    int dots = 0;
    for (std::size_t at = 0; at < text.size();) {
        const char c = text[at];
        if (c == '"' || c == '\'') {
            at = endOfString(text, at);
            continue;
        }
        if (c == '#') {
            at = std::min(text.find('\n', at), text.size());
            continue;
        }
        dots = kEndsKey.find(c) != std::string_view::npos ? 0 : dots + (c == '.' ? 1 : 0);
        if (dots > kMostKeyDots) {
            return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + at, '\n'));
        }
        ++at;
    }
    return std::nullopt;
}

Error tooLarge(const std::filesystem::path& file)
{
    return {ErrorCode::invalidArgument, "the file is larger than 16 MiB", file.string(),
            "Name a workload file"};
}

Result<std::string> readAll(std::istream& in, const std::filesystem::path& file)
{
    std::string text;
    std::array<char, 65'536> chunk;
    while (in.read(chunk.data(), chunk.size()) || in.gcount() > 0) {
        text.append(chunk.data(), static_cast<std::size_t>(in.gcount()));
        if (text.size() > kLargestFile) {
            return tooLarge(file);
        }
    }
    if (in.bad()) {
        return fileError(file, errno);
    }
    return text;
}

/// What is written to a pipe, such as the shell's <(command): opening it otherwise would wait
/// for a writer without end.
Result<std::string> readPipe(const std::filesystem::path& file)
{
    const int pipe = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);  // NOLINT
    if (pipe < 0) {
        return fileError(file, errno);
    }
    std::string text;
    std::array<char, 65'536> chunk;
    Result<void> done;
    for (bool more = true; more && done;) {
        pollfd ready{pipe, POLLIN, 0};
        const int polled = ::poll(&ready, 1, kPipeWaitMilliseconds);
        const auto got = polled > 0 ? ::read(pipe, chunk.data(), chunk.size()) : -1;
        if (polled == 0) {
            done = Error{ErrorCode::invalidArgument, "nothing was written to this pipe for 5 s",
                         file.string(), "Name a workload file"};
        } else if (got < 0 && errno != EINTR && errno != EAGAIN) {
            done = fileError(file, errno);
        } else if (got >= 0) {
            text.append(chunk.data(), static_cast<std::size_t>(got));
            more = got > 0;
        }
        if (text.size() > kLargestFile) {
            done = tooLarge(file);
        }
    }
    ::close(pipe);
    return done ? Result<std::string>(std::move(text)) : done.error();
}

}  // namespace

Result<Value> parseToml(std::string_view text, const std::string& source)
{
    if (const auto line = lineOfTooDeepKey(text)) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("a key has more than {} parts", kMostKeyDots + 1),
                     fmt::format("{}:{}", source, *line), "Correct the line"};
    }
    try {
        const auto table = toml::parse(text, source);
        return convert(table, std::make_shared<const std::string>(source));
    } catch (const toml::parse_error& problem) {
        const auto line = std::max<toml::source_index>(problem.source().begin.line, 1);
        return Error{ErrorCode::invalidArgument,
                     fmt::format("not valid TOML: {}", problem.description()),
                     fmt::format("{}:{}", source, line), "Correct the line"};
    } catch (const std::exception& problem) {
        return Error{ErrorCode::invalidArgument, fmt::format("not valid TOML: {}", problem.what()),
                     fmt::format("{}:1", source), "Correct the file"};
    }
}

Result<Value> readTomlFile(const std::filesystem::path& file)
{
    std::error_code problem;
    if (std::filesystem::is_directory(file, problem)) {
        return Error{ErrorCode::invalidArgument, "this is a directory, not a file", file.string(),
                     "Name a file in it"};
    }
    if (std::filesystem::is_fifo(file, problem)) {
        const auto text = readPipe(file);
        return text ? parseToml(*text, file.string()) : text.error();
    }
    errno = 0;
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return file.empty() ? Error{ErrorCode::notFound, "no file is named", {}, "Name one"}
                            : fileError(file, errno);
    }
    const auto text = readAll(in, file);
    return text ? parseToml(*text, file.string()) : text.error();
}

Result<Value> parseTomlValue(std::string_view text, const std::string& source)
{
    auto parsed = parseToml(fmt::format("value = {}", text), source);
    if (!parsed.ok()) {
        Error error = parsed.error();
        error.where = source;
        return error;
    }
    const Value* value = parsed->find("value");
    if (value == nullptr || parsed->asTable().size() != 1) {
        return Error{ErrorCode::invalidArgument, "expected one value", source, ""};
    }
    return *value;
}

}  // namespace muster
