// SPDX-License-Identifier: Apache-2.0
#include "telemetry/internal/proc_files.h"

#include <charconv>
#include <fstream>
#include <iterator>

namespace muster {
namespace {

constexpr std::string_view kSpaces = " \t\r\n";

std::string_view trim(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(kSpaces);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

}  // namespace

std::optional<std::string> readSmallFile(const std::filesystem::path& file)
{
    std::ifstream in(file, std::ios::binary);
    if (!in) {
        return std::nullopt;
    }
    std::string text{std::istreambuf_iterator<char>(in), {}};
    return in.bad() ? std::nullopt : std::optional(std::move(text));
}

std::vector<std::string_view> splitWords(std::string_view text)
{
    std::vector<std::string_view> words;
    for (text = trim(text); !text.empty(); text = trim(text)) {
        words.push_back(text.substr(0, text.find_first_of(kSpaces)));
        text.remove_prefix(words.back().size());
    }
    return words;
}

std::vector<std::string_view> splitLines(std::string_view text)
{
    std::vector<std::string_view> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.push_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

std::optional<std::uint64_t> parseCount(std::string_view text)
{
    text = trim(text);
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<std::string_view> lineValue(std::string_view text, std::string_view key)
{
    for (const auto line : splitLines(text)) {
        if (line.starts_with(key)) {
            return trim(line.substr(key.size()));
        }
    }
    return std::nullopt;
}

std::optional<std::uint64_t> countList(std::string_view list)
{
    std::uint64_t count = 0;
    while (!list.empty()) {
        const auto comma = list.find(',');
        const auto range = list.substr(0, comma);
        const auto dash = range.find('-');
        const auto first = parseCount(range.substr(0, dash));
        const auto last =
            dash == std::string_view::npos ? first : parseCount(range.substr(dash + 1));
        if (!first || !last || *last < *first) {
            return std::nullopt;
        }
        count += *last - *first + 1;
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
    }
    return count;
}

}  // namespace muster
