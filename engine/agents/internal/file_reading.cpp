// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/file_reading.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <memory>

#include "agents/paths.h"
#include "base/descriptor.h"

namespace muster {

namespace {

constexpr std::size_t kChunk = 256 * 1024;
constexpr std::size_t kSmallestBuffer = 4096;

std::string_view kindWords(mode_t mode)
{
    switch (mode & S_IFMT) {
        case S_IFDIR:
            return "a directory";
        case S_IFIFO:
            return "a named pipe";
        case S_IFSOCK:
            return "a socket";
        case S_IFBLK:
        case S_IFCHR:
            return "a device";
        case S_IFLNK:
            return "a symbolic link, which is not followed";
        default:
            return "something else";
    }
}

ActionFailure failure(std::string_view path, int number)
{
    return {FailureClass::application, pathError(path, number)};
}

ActionFailure notRegular(std::string_view path, mode_t mode)
{
    return {FailureClass::application,
            {ErrorCode::invalidArgument, fmt::format("not a regular file but {}", kindWords(mode)),
             std::string(path), ""}};
}

/// Why open() failed, with the kind of thing it is where that is the reason.
ActionFailure openFailure(const std::string& path, int number)
{
    struct stat about {};
    if ((number == ELOOP || number == ENXIO || number == ENODEV) &&
        ::lstat(path.c_str(), &about) == 0 && !S_ISREG(about.st_mode)) {
        return notRegular(path, about.st_mode);
    }
    return failure(path, number);
}

ActionFailure outOfTime(std::string_view path, std::uint64_t bytes)
{
    return {FailureClass::timeout,
            {ErrorCode::timedOut, fmt::format("not read within its time; {} bytes were", bytes),
             std::string(path), "Raise the action's timeout"}};
}

}  // namespace

std::optional<ActionFailure> readFile(const ActionCall& call, const ChunkUse& use)
{
    const std::string path(call.item);
    if (path.empty() || path.find('\0') != std::string::npos) {
        return failure(path, path.empty() ? ENOENT : EINVAL);
    }
    const Descriptor file(
        ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY));
    if (file.number() < 0) {
        return openFailure(path, errno);
    }
    struct stat about {};
    if (::fstat(file.number(), &about) != 0) {
        return failure(path, errno);
    }
    if (!S_ISREG(about.st_mode)) {
        return notRegular(path, about.st_mode);
    }
    // One byte more than the size, so that a small file's end shows in the first read.
    const auto wanted = static_cast<std::size_t>(about.st_size) + 1;
    const std::size_t size = std::clamp(wanted, kSmallestBuffer, kChunk);
    const auto buffer = std::make_unique_for_overwrite<unsigned char[]>(size);
    for (std::uint64_t bytes = 0;;) {
        if (call.expired()) {
            return outOfTime(path, bytes);
        }
        const auto count = ::read(file.number(), buffer.get(), size);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            return failure(path, errno);
        }
        const auto got = static_cast<std::size_t>(count);
        bytes += got;
        if (got == 0 || !use(std::span(buffer.get(), got))) {
            return std::nullopt;
        }
    }
}

}  // namespace muster
