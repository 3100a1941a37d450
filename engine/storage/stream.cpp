// SPDX-License-Identifier: Apache-2.0
#include "storage/stream.h"

#include <fmt/core.h>

namespace muster {

bool ExpectedVersion::holds(std::optional<std::uint64_t> now) const noexcept
{
    switch (m_kind) {
        case Kind::any:
            return true;
        case Kind::none:
            return !now;
        case Kind::exists:
            return now.has_value();
        case Kind::exact:
            return now == m_version;
    }
    return false;
}

std::string ExpectedVersion::text() const
{
    switch (m_kind) {
        case Kind::any:
            return "any version";
        case Kind::none:
            return "no stream";
        case Kind::exists:
            return "that the stream exists";
        case Kind::exact:
            break;
    }
    return fmt::format("version {}", m_version);
}

}  // namespace muster
