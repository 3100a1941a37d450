// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QTemporaryDir>
#include <filesystem>
#include <string>

namespace muster::tests {

/// A file system of a few mebibytes that is really full when it is full: an ext4 image mounted
/// through a loop device, a tmpfs where there is none, or /dev/shm where nothing may be mounted
/// and it is small. Empty when none of them can be had here.
class SmallDisk {
public:
    SmallDisk();
    ~SmallDisk();
    SmallDisk(const SmallDisk&) = delete;
    SmallDisk& operator=(const SmallDisk&) = delete;

    [[nodiscard]] bool there() const noexcept { return !m_path.empty(); }
    /// A directory on it.
    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }
    /// "an ext4 image", "a tmpfs", …, or why there is none.
    [[nodiscard]] const std::string& kind() const noexcept { return m_kind; }
    /// Writes a file there until so many of its bytes are used, or no more fits; above 1: until not
    /// even root can write any more.
    void fillTo(double share) const;
    void empty() const;

private:
    [[nodiscard]] bool mountImage();
    [[nodiscard]] bool mountMemory();
    [[nodiscard]] bool takeShared();

    QTemporaryDir m_directory;
    std::filesystem::path m_mounted;
    std::filesystem::path m_path;
    std::string m_kind;
};

}  // namespace muster::tests
