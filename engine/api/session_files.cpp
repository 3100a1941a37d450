// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "api/session.h"

namespace muster {

namespace {

constexpr std::size_t kNameKept = 40;

/// The workload's name as a part of a file name: letters, digits, '-', '_' and '.'.
[[nodiscard]] std::string fileNamePart(const std::string& workload)
{
    std::string part;
    for (const char c : workload.substr(0, kNameKept)) {
        const auto byte = static_cast<unsigned char>(c);
        const bool plain = byte < 0x80 && (std::isalnum(byte) != 0 || c == '-' || c == '_');
        part += plain ? c : '-';
    }
    return part.empty() ? "session" : part;
}

}  // namespace

std::filesystem::path sessionsDirectory()
{
    const auto set = [](const char* name) {
        const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): never set by us
        return std::filesystem::path(value == nullptr ? "" : value);
    };
    auto data = set("XDG_DATA_HOME");
    if (!data.is_absolute()) {
        data = set("HOME");
        data = data.empty() ? std::filesystem::temp_directory_path() : data / ".local" / "share";
    }
    return data / "muster" / "sessions";
}

std::filesystem::path newSessionFile(const std::string& workload, WallTime now)
{
    // "2026-11-20T14:02:03.123…Z" without what file managers dislike: "2026-11-20-140203".
    auto stamp = toString(now).substr(0, 19);
    std::ranges::replace(stamp, 'T', '-');
    std::erase(stamp, ':');
    const auto directory = sessionsDirectory();
    const auto stem = fileNamePart(workload) + "-" + stamp;
    auto file = directory / (stem + ".db");
    std::error_code ignored;
    for (int next = 2; std::filesystem::exists(file, ignored); ++next) {
        file = directory / (stem + "-" + std::to_string(next) + ".db");
    }
    return file;
}

}  // namespace muster
