// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/black_box_lock.h"

#include <fcntl.h>

namespace muster {

namespace {

struct flock wholeFile() noexcept
{
    struct flock lock = {};
    lock.l_type = F_WRLCK;
    lock.l_whence = SEEK_SET;
    return lock;
}

}  // namespace

bool lockBox(const Descriptor& box) noexcept
{
    auto whole = wholeFile();
    return fcntl(box.number(), F_OFD_SETLK, &whole) == 0;
}

bool boxLocked(const Descriptor& box) noexcept
{
    auto whole = wholeFile();
    return fcntl(box.number(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
}

}  // namespace muster
