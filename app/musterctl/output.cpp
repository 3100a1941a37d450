// SPDX-License-Identifier: Apache-2.0
#include "musterctl/output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdio>

#include "musterctl/arguments.h"

namespace muster::ctl {

namespace {

constexpr std::size_t kBuffer = 64 * 1024;

struct Step {
    double from;
    std::string_view unit;
};

/// At least three significant digits, never an exponent.
[[nodiscard]] std::string threeDigits(double value)
{
    const auto size = std::abs(value);
    if (value == std::floor(value) || size >= 100) {
        return fmt::format("{:.0f}", value);
    }
    return size >= 10 ? fmt::format("{:.1f}", value) : fmt::format("{:.2f}", value);
}

[[nodiscard]] std::string scaled(double value, const auto& steps)
{
    for (const auto& step : steps) {
        if (std::abs(value) >= step.from) {
            return fmt::format("{} {}", threeDigits(value / step.from), step.unit);
        }
    }
    return fmt::format("{} {}", threeDigits(value), steps.back().unit);
}

}  // namespace

Output::Output()
{
    m_buffer.reserve(kBuffer);
}

Output::~Output()
{
    flush();
}

void Output::write(std::string_view text)
{
    if (m_buffer.size() + text.size() > kBuffer) {
        flush();
    }
    m_buffer += text;
}

void Output::line(std::string_view text)
{
    write(text);
    write("\n");
}

bool Output::flush()
{
    std::string_view rest = m_buffer;
    while (!rest.empty() && !m_closed && !m_failed) {
        const auto written = ::write(STDOUT_FILENO, rest.data(), rest.size());
        if (written >= 0) {
            rest.remove_prefix(static_cast<std::size_t>(written));
        } else if (errno == EPIPE) {
            m_closed = true;
        } else if (errno != EINTR && errno != EAGAIN) {
            m_failed = true;
        }
    }
    m_buffer.clear();
    return !m_closed && !m_failed;
}

Output::int_type Output::overflow(int_type c)
{
    if (!traits_type::eq_int_type(c, traits_type::eof())) {
        const char byte = traits_type::to_char_type(c);
        write({&byte, 1});
    }
    return m_closed || m_failed ? traits_type::eof() : traits_type::not_eof(c);
}

std::streamsize Output::xsputn(const char* text, std::streamsize count)
{
    write({text, static_cast<std::size_t>(count)});
    return m_closed || m_failed ? 0 : count;
}

int Output::sync()
{
    return flush() ? 0 : -1;
}

int finish(Output& output)
{
    output.flush();
    if (output.failed()) {
        complain({ErrorCode::ioFailure,
                  "standard output cannot be written",
                  {},
                  "Is the disk behind it full?"});
        return kExitFailed;
    }
    return kExitOk;
}

int sayNotice(const Session& session, const std::filesystem::path& file)
{
    if (const auto notice = session.notice(); !notice.empty()) {
        fmt::print(stderr, "musterctl: {}: {}.\n", file.string(), notice);
    }
    return session.damaged() ? kExitFailed : kExitOk;
}

int finish(Output& output, const Session& session, const std::filesystem::path& file)
{
    return std::max(finish(output), sayNotice(session, file));
}

int exitCodeOf(const Error& error) noexcept
{
    switch (error.code) {
        case ErrorCode::invalidArgument:
        case ErrorCode::notFound:
        case ErrorCode::alreadyExists:
        case ErrorCode::outOfRange:
        case ErrorCode::conflict:
        case ErrorCode::permissionDenied:
        case ErrorCode::readOnly:
        case ErrorCode::corrupt:
        case ErrorCode::unsupportedVersion:
            return kExitUsage;
        default:
            return kExitFailed;
    }
}

void complain(const Error& error)
{
    fmt::print(stderr, "musterctl: {}\n", error.text());
}

std::string duration(double nanoseconds)
{
    constexpr std::array kSteps{Step{3600e9, "h"}, Step{60e9, "min"}, Step{1e9, "s"},
                                Step{1e6, "ms"},   Step{1e3, "µs"},   Step{1, "ns"}};
    return scaled(nanoseconds, kSteps);
}

std::string count(std::uint64_t value)
{
    auto text = std::to_string(value);
    for (auto at = static_cast<std::ptrdiff_t>(text.size()) - 3; at > 0; at -= 3) {
        text.insert(static_cast<std::size_t>(at), 1, ',');
    }
    return text;
}

std::string bytes(double value)
{
    constexpr double kKibi = 1024;
    constexpr std::array kSteps{Step{kKibi * kKibi * kKibi * kKibi, "TiB"},
                                Step{kKibi * kKibi * kKibi, "GiB"}, Step{kKibi * kKibi, "MiB"},
                                Step{kKibi, "KiB"}, Step{1, "B"}};
    return scaled(value, kSteps);
}

std::string known(const Known& figure, std::string (*format)(double))
{
    return figure.known() ? format(figure.value)
                          : fmt::format("not available ({})", figure.missing);
}

std::string inUnit(double value, std::string_view unit)
{
    if (unit == "ns") {
        return duration(value);
    }
    if (unit == "B") {
        return bytes(value);
    }
    if (unit == "%") {
        return fmt::format("{:.3g} %", value * 100);
    }
    return unit == "1/s" ? fmt::format("{:.4g}/s", value) : fmt::format("{:.6g}", value);
}

}  // namespace muster::ctl
