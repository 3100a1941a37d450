// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <cstdlib>

#include "api/session.h"
#include "storage/session_file.h"

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

std::vector<std::filesystem::path> unclosedSessions()
{
    struct Found {
        std::filesystem::file_time_type changed;
        std::filesystem::path file;
    };
    std::vector<Found> found;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(sessionsDirectory(), failed)) {
        if (entry.path().extension() != ".db") {
            continue;
        }
        const auto state = sessionState(entry.path());
        if (state && *state == SessionState::unclosed) {
            std::error_code gone;
            found.push_back({entry.last_write_time(gone), entry.path()});
        }
    }
    std::ranges::sort(found, std::greater{}, &Found::changed);
    std::vector<std::filesystem::path> files;
    std::ranges::transform(found, std::back_inserter(files), &Found::file);
    return files;
}

}  // namespace muster
