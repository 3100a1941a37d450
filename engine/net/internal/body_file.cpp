// SPDX-License-Identifier: Apache-2.0
#include "net/internal/body_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <system_error>

namespace muster {
namespace {

constexpr mode_t kNewFile = 0666;  // as the umask cuts it

Error fileError(const std::string& path, int number)
{
    const ErrorCode code = number == ENOENT                       ? ErrorCode::notFound
                           : number == EACCES || number == EPERM  ? ErrorCode::permissionDenied
                           : number == ENOSPC || number == EDQUOT ? ErrorCode::diskFull
                                                                  : ErrorCode::ioFailure;
    return {code,
            fmt::format("the reply cannot be saved ({})", std::generic_category().message(number)),
            path, "Name a directory that is there and can be written to"};
}

}  // namespace

Result<void> BodyFile::open(std::string path)
{
    m_path = std::move(path);
    m_part = m_path + ".XXXXXX";
    m_file = Descriptor(::mkostemp(m_part.data(), O_CLOEXEC));
    if (!m_file.open()) {
        return fileError(m_path, errno);
    }
    const mode_t mask = ::umask(0);
    ::umask(mask);
    ::fchmod(m_file.number(), kNewFile & ~mask);
    return {};
}

Result<void> BodyFile::write(std::string_view bytes)
{
    while (!bytes.empty()) {
        const auto written = ::write(m_file.number(), bytes.data(), bytes.size());
        if (written < 0 && errno != EINTR) {
            return fileError(m_path, errno);
        }
        bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> BodyFile::finish()
{
    if (::rename(m_part.c_str(), m_path.c_str()) != 0) {
        const Error error = fileError(m_path, errno);
        drop();
        return error;
    }
    m_file.reset();
    return {};
}

void BodyFile::drop() noexcept
{
    if (m_file.open()) {
        m_file.reset();
        ::unlink(m_part.c_str());
    }
}

}  // namespace muster
