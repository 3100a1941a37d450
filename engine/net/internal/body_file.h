// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "base/result.h"

namespace muster {

/// A file that appears under its name only once it is whole: what is written goes to a
/// neighbour, which takes its place. Unfinished it leaves nothing. Thread safety: one thread.
class BodyFile {
public:
    BodyFile() = default;
    BodyFile(const BodyFile&) = delete;
    BodyFile& operator=(const BodyFile&) = delete;
    ~BodyFile() { drop(); }

    /// Errors: ioFailure, permissionDenied, notFound (its directory).
    [[nodiscard]] Result<void> open(std::string path);
    [[nodiscard]] bool isOpen() const noexcept { return m_file.open(); }
    /// Errors: diskFull, ioFailure.
    [[nodiscard]] Result<void> write(std::string_view bytes);
    /// Errors: as write().
    [[nodiscard]] Result<void> finish();
    void drop() noexcept;

private:
    std::string m_path;
    std::string m_part;
    Descriptor m_file;
};

}  // namespace muster
