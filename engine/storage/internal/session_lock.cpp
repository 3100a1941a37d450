// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/session_lock.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace muster {

namespace {

std::filesystem::path lockFile(const std::filesystem::path& session)
{
    std::filesystem::path file = session;
    file += "-lock";
    return file;
}

Error lockError(int number, const std::filesystem::path& session)
{
    const std::string where = session.string();
    const std::string reason = std::strerror(number);
    switch (number) {
        case EACCES:
        case EPERM:
            return {ErrorCode::permissionDenied, "the session's directory may not be written to",
                    where, "Give yourself the right to write there, or use another file (--db)"};
        case EROFS:
            return {ErrorCode::readOnly, "the session lies on a read-only file system", where,
                    "Record to a file on another one (--db)"};
        case ENOSPC:
        case EDQUOT:
            return {ErrorCode::diskFull, "the disk is full", where,
                    "Free space on the disk that holds the session"};
        default:
            return {ErrorCode::ioFailure, "the session's lock could not be made (" + reason + ")",
                    where, "Check the disk, or record to another one (--db)"};
    }
}

struct flock wholeFile()
{
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

/// Whether the descriptor is still the file of that name: its last holder removes it.
bool sameFile(int descriptor, const std::filesystem::path& file)
{
    struct stat opened = {};
    struct stat named = {};
    return fstat(descriptor, &opened) == 0 && stat(file.c_str(), &named) == 0 &&
           opened.st_ino == named.st_ino && opened.st_dev == named.st_dev;
}

}  // namespace

Result<SessionLock> SessionLock::acquire(const std::filesystem::path& session)
{
    for (;;) {
        SessionLock lock;
        lock.m_file = lockFile(session);
        const int descriptor = open(lock.m_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
        if (descriptor < 0) {
            return lockError(errno, session);
        }
        struct flock whole = wholeFile();
        if (fcntl(descriptor, F_OFD_SETLK, &whole) != 0) {
            const int number = errno;
            close(descriptor);
            if (number == EAGAIN || number == EACCES) {
                return Error{ErrorCode::conflict, "another run is being recorded to this session",
                             session.string(), "Wait for its end, or use another file (--db)"};
            }
            return lockError(number, session);
        }
        lock.m_descriptor = descriptor;
        if (sameFile(descriptor, lock.m_file)) {
            return lock;
        }
        close(std::exchange(lock.m_descriptor, -1));
    }
}

bool SessionLock::held(const std::filesystem::path& session)
{
    const int descriptor = open(lockFile(session).c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    struct flock whole = wholeFile();
    const bool asked = fcntl(descriptor, F_OFD_GETLK, &whole) == 0;
    close(descriptor);
    return asked && whole.l_type != F_UNLCK;
}

SessionLock::SessionLock(SessionLock&& other) noexcept
    : m_file(std::move(other.m_file)), m_descriptor(std::exchange(other.m_descriptor, -1))
{
}

SessionLock& SessionLock::operator=(SessionLock&& other) noexcept
{
    std::swap(m_file, other.m_file);
    std::swap(m_descriptor, other.m_descriptor);
    return *this;
}

SessionLock::~SessionLock()
{
    if (m_descriptor >= 0) {
        std::error_code ignored;
        std::filesystem::remove(m_file, ignored);
        close(m_descriptor);
    }
}

}  // namespace muster
