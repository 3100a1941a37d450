// SPDX-License-Identifier: Apache-2.0
#include "small_disk.h"

#include <sys/mount.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <QProcess>
#include <fstream>
#include <vector>

namespace muster::tests {

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr std::uint64_t kSize = 32 * kMebibyte;
constexpr std::streamsize kPage = 4096;
constexpr std::uint64_t kMostShared = 256 * kMebibyte;

bool ran(const char* program, const QStringList& arguments)
{
    return QProcess::execute(QString::fromLatin1(program), arguments) == 0;
}

QString text(const fs::path& path)
{
    return QString::fromStdString(path.string());
}

}  // namespace

SmallDisk::SmallDisk()
{
    const fs::path root(m_directory.path().toStdString());
    m_mounted = root / "disk";
    fs::create_directories(m_mounted);
    if (::geteuid() == 0 && (mountImage() || mountMemory())) {
        m_path = m_mounted;
        return;
    }
    m_mounted.clear();
    if (!takeShared()) {
        m_kind = "nothing may be mounted here, and /dev/shm is not small";
    }
}

SmallDisk::~SmallDisk()
{
    if (!m_mounted.empty()) {
        ::umount2(m_mounted.c_str(), MNT_DETACH);
    } else if (!m_path.empty()) {
        std::error_code ignored;
        fs::remove_all(m_path, ignored);
    }
}

bool SmallDisk::mountImage()
{
    const fs::path image = m_mounted.parent_path() / "disk.img";
    {
        std::ofstream made(image, std::ios::binary);
    }
    fs::resize_file(image, kSize);
    if (!ran("mkfs.ext4", {QStringLiteral("-q"), QStringLiteral("-F"), text(image)}) ||
        !ran("mount",
             {QStringLiteral("-o"), QStringLiteral("loop"), text(image), text(m_mounted)})) {
        return false;
    }
    m_kind = "an ext4 image";
    return true;
}

bool SmallDisk::mountMemory()
{
    const std::string size = "size=" + std::to_string(kSize);
    if (::mount("tmpfs", m_mounted.c_str(), "tmpfs", 0, size.c_str()) != 0) {
        return false;
    }
    m_kind = "a tmpfs";
    return true;
}

bool SmallDisk::takeShared()
{
    struct statvfs shared {};
    if (::statvfs("/dev/shm", &shared) != 0 ||
        std::uint64_t{shared.f_blocks} * shared.f_frsize > kMostShared) {
        return false;
    }
    m_path = fs::path("/dev/shm") / ("muster-test-" + std::to_string(::getpid()));
    m_kind = "/dev/shm";
    return fs::create_directories(m_path);
}

void SmallDisk::fillTo(double share) const
{
    std::ofstream file(m_path / "ballast", std::ios::binary | std::ios::app);
    const std::vector<char> block(256 * 1024, 'x');
    struct statvfs disk {};
    while (file && ::statvfs(m_path.c_str(), &disk) == 0 &&
           static_cast<double>(disk.f_blocks - disk.f_bavail) <
               share * static_cast<double>(disk.f_blocks)) {
        file.write(block.data(), static_cast<std::streamsize>(block.size())).flush();
    }
    if (share <= 1) {
        return;
    }
    // What is kept back for root and the rest of a block go too.
    file.clear();
    while (file.write(block.data(), kPage).flush()) {
    }
}

void SmallDisk::empty() const
{
    fs::remove(m_path / "ballast");
}

}  // namespace muster::tests
