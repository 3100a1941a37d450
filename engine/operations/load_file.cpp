// SPDX-License-Identifier: Apache-2.0
#include "operations/load_file.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <fstream>
#include <optional>
#include <ostream>
#include <system_error>

namespace muster {

namespace {

constexpr std::string_view kMagic = "muster-load";
constexpr std::string_view kVersion = "1";

[[nodiscard]] std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view kBlank = " \t\r";
    const auto begin = text.find_first_not_of(kBlank);
    return begin == std::string_view::npos
               ? std::string_view()
               : text.substr(begin, text.find_last_not_of(kBlank) + 1 - begin);
}

/// The next word; `line` is left with what comes after it.
[[nodiscard]] std::string_view takeWord(std::string_view& line)
{
    const auto end = std::min(line.find_first_of(" \t"), line.size());
    const auto word = line.substr(0, end);
    line = trimmed(line.substr(end));
    return word;
}

template <class Number>
[[nodiscard]] std::optional<Number> readNumber(std::string_view word)
{
    Number value{};
    const auto [end, problem] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (problem != std::errc{} || end != word.data() + word.size()) {
        return std::nullopt;
    }
    return value;
}

[[nodiscard]] Error tooMuch(std::string what, const std::string& where)
{
    return {ErrorCode::outOfRange, std::move(what), where,
            "Take a shorter range, or a smaller factor."};
}

[[nodiscard]] std::optional<Error> beyondBounds(const LoadFile& file, std::uint64_t arrivals,
                                                const std::string& where)
{
    if (file.runs.size() > LoadFile::kMostRuns) {
        return tooMuch(fmt::format("a load file holds at most {} runs of arrivals, this would be "
                                   "more",
                                   LoadFile::kMostRuns),
                       where);
    }
    if (arrivals > LoadFile::kMostArrivals) {
        return tooMuch(
            fmt::format("a load file holds at most {} arrivals", LoadFile::kMostArrivals), where);
    }
    if (file.length > LoadFile::kLongest) {
        return tooMuch("a load file is at most 30 days long", where);
    }
    return std::nullopt;
}

/// Line by line, so that each mistake has its place.
class Reader {
public:
    explicit Reader(std::string source) : m_source(std::move(source)) {}

    [[nodiscard]] Result<LoadFile> read(std::istream& in)
    {
        for (std::string text; std::getline(in, text);) {
            ++m_line;
            const auto line = trimmed(std::string_view(text).substr(0, text.find('#')));
            if (line.empty()) {
                continue;
            }
            if (auto taken = take(line); !taken) {
                return taken.error();
            }
        }
        if (in.bad()) {
            return Error{ErrorCode::ioFailure, "the load file cannot be read", m_source, {}};
        }
        return finish();
    }

private:
    [[nodiscard]] Error wrong(std::string message, std::string advice = {}) const
    {
        return {ErrorCode::invalidArgument, std::move(message),
                fmt::format("{}:{}", m_source, m_line), std::move(advice)};
    }

    [[nodiscard]] Result<void> take(std::string_view line)
    {
        const std::string_view whole = line;
        const auto word = takeWord(line);
        if (!m_begun) {
            m_begun = true;
            if (word != kMagic) {
                return wrong(fmt::format("expected \"{} {}\" first, found \"{}\"", kMagic, kVersion,
                                         whole.substr(0, 40)),
                             "Make one with musterctl load SESSION.db --out FILE.");
            }
            return line == kVersion
                       ? Result<void>()
                       : Error{ErrorCode::unsupportedVersion,
                               fmt::format("this reads version {} of load files, found \"{}\"",
                                           kVersion, line.substr(0, 20)),
                               fmt::format("{}:{}", m_source, m_line), "Use a newer Muster."};
        }
        const bool isRun = word.front() >= '0' && word.front() <= '9';
        return isRun ? takeRun(word, line) : takeEntry(word, line);
    }

    [[nodiscard]] Result<void> takeEntry(std::string_view key, std::string_view value)
    {
        if (!m_file.runs.empty()) {
            return wrong(fmt::format("expected a run of arrivals, found \"{}\"", key),
                         "Entries stand before the first run.");
        }
        for (const auto& [name, text] :
             {std::pair("source", &LoadFile::source), std::pair("workload", &LoadFile::workload),
              std::pair("recorded", &LoadFile::recorded)}) {
            if (key == name) {
                m_file.*text = value;
                return {};
            }
        }
        if (key == "factor") {
            const auto factor = readNumber<double>(value);
            if (!factor || !std::isfinite(*factor) || *factor <= 0) {
                return wrong(fmt::format("factor is a number above 0, found \"{}\"", value));
            }
            m_file.factor = *factor;
            return {};
        }
        const auto number = readNumber<std::int64_t>(value);
        const bool known = key == "length_ns" || key == "error_ns" || key == "arrivals";
        if (!known) {
            return wrong(fmt::format("there is no entry \"{}\"", key),
                         "They are length_ns, arrivals, factor, error_ns, source, workload and "
                         "recorded.");
        }
        if (!number || *number < 0) {
            return wrong(
                fmt::format("{} is a whole number of at least 0, found \"{}\"", key, value));
        }
        if (key == "arrivals") {
            m_wanted = static_cast<std::uint64_t>(*number);
        } else {
            (key == "length_ns" ? m_file.length : m_file.error) = Duration{*number};
        }
        return {};
    }

    [[nodiscard]] Result<void> takeRun(std::string_view first, std::string_view rest)
    {
        std::array<std::optional<std::int64_t>, 3> numbers{
            readNumber<std::int64_t>(first), readNumber<std::int64_t>(takeWord(rest)),
            readNumber<std::int64_t>(takeWord(rest))};
        if (!numbers[0] || !numbers[1] || !numbers[2] || *numbers[1] < 0 || *numbers[2] < 1 ||
            !rest.empty()) {
            return wrong(
                "expected a run of arrivals: its first in nanoseconds, its span in "
                "nanoseconds, and how many they are");
        }
        const ArrivalRun run{Duration{*numbers[0]}, Duration{*numbers[1]},
                             static_cast<std::uint64_t>(*numbers[2])};
        if (run.first < m_last) {
            return wrong("this run begins before the one above it ends",
                         "Put them in the order of their times.");
        }
        if (run.first >= m_file.length || run.span >= m_file.length - run.first) {
            return wrong(fmt::format("this run leaves the length of {} ns", m_file.length.count()),
                         "Set length_ns above, greater than the last arrival.");
        }
        m_arrivals += std::min(run.count, LoadFile::kMostArrivals + 1);
        m_last = run.last();
        m_file.runs.push_back(run);
        if (auto beyond =
                beyondBounds(m_file, m_arrivals, fmt::format("{}:{}", m_source, m_line))) {
            return *beyond;
        }
        return {};
    }

    [[nodiscard]] Result<LoadFile> finish()
    {
        if (!m_begun) {
            return Error{ErrorCode::invalidArgument, "the load file is empty", m_source,
                         "Make one with musterctl load SESSION.db --out FILE."};
        }
        if (m_file.runs.empty()) {
            return Error{ErrorCode::invalidArgument, "the load file holds no arrival", m_source,
                         "Take a range in which there was load."};
        }
        if (m_wanted && *m_wanted != m_arrivals) {
            return Error{ErrorCode::invalidArgument,
                         fmt::format("its runs hold {} arrivals, not {} as it says: it was cut "
                                     "short, or changed",
                                     m_arrivals, *m_wanted),
                         m_source, "Make it again, or take its line \"arrivals\" out."};
        }
        return std::move(m_file);
    }

    std::string m_source;
    std::size_t m_line = 0;
    bool m_begun = false;
    Duration m_last{};
    std::uint64_t m_arrivals = 0;
    std::optional<std::uint64_t> m_wanted;
    LoadFile m_file;
};

}  // namespace

void writeLoadFile(const LoadFile& file, std::ostream& out)
{
    out << fmt::format("{} {}\n", kMagic, kVersion);
    if (!file.workload.empty()) {
        out << "workload " << file.workload << '\n';
    }
    if (!file.recorded.empty()) {
        out << "recorded " << file.recorded << '\n';
    }
    if (!file.source.empty()) {
        out << "source " << file.source << '\n';
    }
    out << fmt::format("length_ns {}\nfactor {}\nerror_ns {}\narrivals {}\n", file.length.count(),
                       file.factor, file.error.count(), arrivalsOf(file.runs));
    out << "# the first of a run in ns, from its first to its last in ns, how many\n";
    for (const ArrivalRun& run : file.runs) {
        out << fmt::format("{} {} {}\n", run.first.count(), run.span.count(), run.count);
    }
}

Result<void> saveLoadFile(const LoadFile& file, const std::filesystem::path& path)
{
    if (auto beyond = beyondBounds(file, arrivalsOf(file.runs), path.string())) {
        return *beyond;
    }
    const auto part = std::filesystem::path(path.string() + ".part");
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (out) {
        writeLoadFile(file, out);
        out.close();
    }
    std::error_code failed;
    if (!out) {
        failed = std::error_code(errno, std::generic_category());
    } else {
        std::filesystem::rename(part, path, failed);
    }
    if (!failed) {
        return {};
    }
    std::error_code ignored;
    std::filesystem::remove(part, ignored);
    return Error{ErrorCode::ioFailure,
                 fmt::format("the load file cannot be written: {}", failed.message()),
                 path.string(), "Name another file, or make room."};
}

Result<LoadFile> parseLoadFile(std::istream& in, const std::string& source)
{
    return Reader(source).read(in);
}

Result<LoadFile> readLoadFile(const std::filesystem::path& path)
{
    std::error_code failed;
    if (std::filesystem::is_directory(path, failed)) {
        return Error{ErrorCode::invalidArgument, "expected a load file, found a directory",
                     path.string(), "Make one with musterctl load SESSION.db --out FILE."};
    }
    std::ifstream in(path, std::ios::binary);
    if (!in) {
        return Error{ErrorCode::notFound,
                     fmt::format("the load file cannot be opened: {}", std::strerror(errno)),
                     path.string(), "Make one with musterctl load SESSION.db --out FILE."};
    }
    return parseLoadFile(in, path.string());
}

}  // namespace muster
