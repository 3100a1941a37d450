// SPDX-License-Identifier: Apache-2.0
#include "faulty_disk.h"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <new>

namespace muster::tests {

/// Begins as SQLite's file does; the file below lies right behind it.
struct FaultyDisk::File {
    const sqlite3_io_methods* methods;
    FaultyDisk* disk;
    std::string* path;  // null: a temporary file

    sqlite3_file* under() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

namespace {

using File = FaultyDisk::File;

File& self(sqlite3_file* file)
{
    return *reinterpret_cast<File*>(file);
}

sqlite3_file* under(sqlite3_file* file)
{
    return self(file).under();
}

int closeFile(sqlite3_file* file)
{
    const int code = under(file)->pMethods->xClose(under(file));
    delete self(file).path;
    return code;
}

int readFile(sqlite3_file* file, void* to, int bytes, sqlite3_int64 at)
{
    return under(file)->pMethods->xRead(under(file), to, bytes, at);
}

int writeFile(sqlite3_file* file, const void* from, int bytes, sqlite3_int64 at)
{
    File& f = self(file);
    if (const int code = f.disk->before(FaultyDisk::Operation::write); code != SQLITE_OK) {
        return code;
    }
    const int code = under(file)->pMethods->xWrite(under(file), from, bytes, at);
    if (code == SQLITE_OK && f.path != nullptr) {
        f.disk->written(*f.path, from, bytes, at);
    }
    return code;
}

int truncateFile(sqlite3_file* file, sqlite3_int64 size)
{
    const int code = under(file)->pMethods->xTruncate(under(file), size);
    if (code == SQLITE_OK && self(file).path != nullptr) {
        self(file).disk->truncated(*self(file).path, size);
    }
    return code;
}

int syncFile(sqlite3_file* file, int)
{
    File& f = self(file);
    if (f.disk->before(FaultyDisk::Operation::sync) != SQLITE_OK) {
        return SQLITE_IOERR_FSYNC;
    }
    // What is durable is known here: the machine's own disk need not be waited for.
    if (f.path != nullptr) {
        f.disk->synced(*f.path);
    }
    return SQLITE_OK;
}

int fileSize(sqlite3_file* file, sqlite3_int64* size)
{
    return under(file)->pMethods->xFileSize(under(file), size);
}

int lockFile(sqlite3_file* file, int level)
{
    return under(file)->pMethods->xLock(under(file), level);
}

int unlockFile(sqlite3_file* file, int level)
{
    return under(file)->pMethods->xUnlock(under(file), level);
}

int checkReserved(sqlite3_file* file, int* out)
{
    return under(file)->pMethods->xCheckReservedLock(under(file), out);
}

int fileControl(sqlite3_file* file, int operation, void* argument)
{
    return under(file)->pMethods->xFileControl(under(file), operation, argument);
}

int sectorSize(sqlite3_file* file)
{
    return under(file)->pMethods->xSectorSize(under(file));
}

int characteristics(sqlite3_file* file)
{
    return under(file)->pMethods->xDeviceCharacteristics(under(file));
}

int shmMap(sqlite3_file* file, int region, int size, int extend, void volatile** out)
{
    return under(file)->pMethods->xShmMap(under(file), region, size, extend, out);
}

int shmLock(sqlite3_file* file, int offset, int n, int flags)
{
    return under(file)->pMethods->xShmLock(under(file), offset, n, flags);
}

void shmBarrier(sqlite3_file* file)
{
    under(file)->pMethods->xShmBarrier(under(file));
}

int shmUnmap(sqlite3_file* file, int removeIt)
{
    return under(file)->pMethods->xShmUnmap(under(file), removeIt);
}

// Version 2: shared memory for the log, no memory-mapped reads.
constexpr sqlite3_io_methods kMethods{
    2,        closeFile,  readFile,      writeFile,   truncateFile, syncFile,        fileSize,
    lockFile, unlockFile, checkReserved, fileControl, sectorSize,   characteristics, shmMap,
    shmLock,  shmBarrier, shmUnmap,      nullptr,     nullptr};

int openFile(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* outFlags)
{
    auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
    File* made = new (file) File{nullptr, disk, nullptr};
    const int code = disk->under()->xOpen(disk->under(), name, made->under(), flags, outFlags);
    if (code == SQLITE_OK) {
        made->methods = &kMethods;
        made->path = name != nullptr ? new std::string(name) : nullptr;
        if (name != nullptr) {
            disk->opened(name);
        }
    }
    return code;
}

int deleteFile(sqlite3_vfs* vfs, const char* name, int syncDirectory)
{
    auto* disk = static_cast<FaultyDisk*>(vfs->pAppData);
    const int code = disk->under()->xDelete(disk->under(), name, syncDirectory);
    if (code == SQLITE_OK) {
        disk->removed(name);
    }
    return code;
}

}  // namespace

FaultyDisk::FaultyDisk() : m_under(sqlite3_vfs_find(nullptr)), m_vfs(new sqlite3_vfs(*m_under))
{
    m_vfs->zName = "faulty";
    m_vfs->pAppData = this;
    m_vfs->szOsFile = static_cast<int>(sizeof(File)) + m_under->szOsFile;
    m_vfs->xOpen = openFile;
    m_vfs->xDelete = deleteFile;
    sqlite3_vfs_register(m_vfs, 1);
}

FaultyDisk::~FaultyDisk()
{
    sqlite3_vfs_unregister(m_vfs);
    sqlite3_vfs_register(m_under, 1);
    delete m_vfs;
}

void FaultyDisk::failFrom(Operation operation, std::uint64_t nth)
{
    const std::lock_guard lock(m_mutex);
    m_failFrom[operation] = nth;
}

void FaultyDisk::heal()
{
    const std::lock_guard lock(m_mutex);
    m_failFrom.clear();
}

void FaultyDisk::onOperation(std::function<void(std::uint64_t)> before)
{
    const std::lock_guard lock(m_mutex);
    m_before = std::move(before);
}

std::uint64_t FaultyDisk::operations() const
{
    const std::lock_guard lock(m_mutex);
    return m_operations;
}

void FaultyDisk::apply(std::vector<char>& content, const Pending& write, std::size_t from,
                       std::size_t to)
{
    const auto at = static_cast<std::size_t>(write.at);
    if (write.data.empty()) {
        content.resize(at);
        return;
    }
    content.resize(std::max(content.size(), at + to));
    std::memcpy(content.data() + at + from, write.data.data() + from, to - from);
}

std::vector<char> FaultyDisk::torn(const Content& content, Rng& chance)
{
    constexpr std::size_t kSector = 512;
    std::vector<char> left = content.durable;
    for (const Pending& write : content.pending) {
        const auto sectors = write.data.size() / kSector;
        const auto tear = sectors > 1 ? kSector * (1 + chance.below(sectors - 1)) : 0;
        switch (chance.below(4)) {
            case 0:
                break;  // not there
            case 1:
                apply(left, write, 0, tear == 0 ? write.data.size() : tear);
                break;
            case 2:
                apply(left, write, tear, write.data.size());
                break;
            default:
                apply(left, write, 0, write.data.size());
        }
    }
    return left;
}

std::map<std::string, std::vector<char>> FaultyDisk::afterPowerLoss(const std::string& directory,
                                                                    Rng* chance) const
{
    const std::lock_guard lock(m_mutex);
    std::map<std::string, std::vector<char>> files;
    for (const auto& [path, content] : m_files) {
        if (content.everSynced && path.starts_with(directory + "/")) {
            files.emplace(path, chance == nullptr ? content.durable : torn(content, *chance));
        }
    }
    return files;
}

int FaultyDisk::before(Operation operation)
{
    std::unique_lock lock(m_mutex);
    const std::uint64_t number = ++m_operations;
    if (const auto before = m_before) {
        lock.unlock();
        before(number);
        lock.lock();
    }
    const auto fail = m_failFrom.find(operation);
    if (fail == m_failFrom.end()) {
        return SQLITE_OK;
    }
    if (fail->second > 1) {
        --fail->second;
        return SQLITE_OK;
    }
    return SQLITE_FULL;
}

void FaultyDisk::written(const std::string& path, const void* data, int bytes, std::int64_t at)
{
    const std::lock_guard lock(m_mutex);
    Content& content = m_files[path];
    const char* const begin = static_cast<const char*>(data);
    content.pending.push_back({at, std::vector<char>(begin, begin + bytes)});
    apply(content.now, content.pending.back(), 0, static_cast<std::size_t>(bytes));
}

void FaultyDisk::truncated(const std::string& path, std::int64_t size)
{
    const std::lock_guard lock(m_mutex);
    Content& content = m_files[path];
    content.pending.push_back({size, {}});
    apply(content.now, content.pending.back(), 0, 0);
}

void FaultyDisk::synced(const std::string& path)
{
    const std::lock_guard lock(m_mutex);
    Content& content = m_files[path];
    content.durable = content.now;
    content.pending.clear();
    content.everSynced = true;
}

void FaultyDisk::opened(const std::string& path)
{
    const std::lock_guard lock(m_mutex);
    std::error_code none;
    const auto size = std::filesystem::file_size(path, none);
    if (none || size == 0 || m_files.contains(path)) {
        return;
    }
    std::vector<char> bytes(size);
    std::ifstream(path, std::ios::binary)
        .read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    m_files[path] = {bytes, bytes, {}, true};
}

void FaultyDisk::removed(const std::string& path)
{
    const std::lock_guard lock(m_mutex);
    m_files.erase(path);
}

}  // namespace muster::tests
