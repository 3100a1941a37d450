// SPDX-License-Identifier: Apache-2.0
#include "api/internal/ledger.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace muster {

namespace {

[[nodiscard]] Error failed(const std::filesystem::path& file, const char* what)
{
    return {errno == ENOSPC ? ErrorCode::diskFull : ErrorCode::ioFailure,
            fmt::format("the ledger of acknowledged events cannot be {}: {}", what,
                        std::strerror(errno)),  // NOLINT(concurrency-mt-unsafe)
            file.string(), "Name a file in a directory you can write to that has room."};
}

/// A database or a workload is not written into: its first line would have to be an id.
[[nodiscard]] bool holdsIdsOnly(int descriptor)
{
    struct stat status {};
    if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
        return true;
    }
    std::string line(toString(EventId{}).size() + 1, '\0');
    const auto got = ::pread(descriptor, line.data(), line.size(), 0);
    line.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
    const bool whole = line.ends_with('\n');
    line.resize(line.size() - (whole ? 1 : 0));
    return line.find_first_not_of("0123456789abcdef") == std::string::npos;
}

}  // namespace

Ledger::Ledger(int descriptor, std::filesystem::path file)
    : m_descriptor(descriptor), m_file(std::move(file))
{
}

Ledger::~Ledger()
{
    ::close(m_descriptor);
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file)
{
    const int descriptor =
        ::open(file.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);  // NOLINT
    if (descriptor < 0) {
        auto error = failed(file, "opened");
        error.code = ErrorCode::permissionDenied;
        return error;
    }
    auto ledger = std::unique_ptr<Ledger>(new Ledger(descriptor, file));
    if (!holdsIdsOnly(descriptor)) {
        return Error{ErrorCode::invalidArgument, "the file is no ledger of acknowledged events",
                     file.string(), "Name a new file, or a ledger to add to (--acknowledged)"};
    }
    return ledger;
}

Result<void> Ledger::append(std::span<const EventId> acknowledged)
{
    if (m_failure) {
        return {};
    }
    m_lines.clear();
    for (const auto id : acknowledged) {
        m_lines += toString(id);
        m_lines += '\n';
    }
    std::string_view rest = m_lines;
    while (!rest.empty()) {
        const auto written = ::write(m_descriptor, rest.data(), rest.size());
        if (written < 0 && errno != EINTR) {
            return *(m_failure = failed(m_file, "written"));
        }
        rest.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace muster
