// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/rng.h"

struct sqlite3_vfs;
struct sqlite3_file;

namespace muster::tests {

/// SQLite's default file system while it lives: passes all but syncs on, counts each write and
/// sync, fails those it is told to, and remembers what power loss would leave: of each file what
/// was there at its last sync.
class FaultyDisk {
public:
    FaultyDisk();
    FaultyDisk(const FaultyDisk&) = delete;
    FaultyDisk& operator=(const FaultyDisk&) = delete;
    ~FaultyDisk();

    enum class Operation { write, sync };

    /// From the n-th coming one on (1: the next) these fail, until heal().
    void failFrom(Operation operation, std::uint64_t nth);
    void heal();
    /// Called before each write and sync, with its number from 1.
    void onOperation(std::function<void(std::uint64_t number)> before);
    [[nodiscard]] std::uint64_t operations() const;

    /// What would be in a directory if the power went now, by file path. Without `chance` what was
    /// not synced is gone; with it, each write since the last sync is there, or is not, or is
    /// torn between two sectors, whatever became of those before it. Files that were never synced
    /// are not there.
    [[nodiscard]] std::map<std::string, std::vector<char>> afterPowerLoss(
        const std::string& directory, Rng* chance = nullptr) const;

    // For the file system's functions.
    struct File;
    int before(Operation operation);
    void written(const std::string& path, const void* data, int bytes, std::int64_t at);
    void truncated(const std::string& path, std::int64_t size);
    void synced(const std::string& path);
    void removed(const std::string& path);
    /// What was there before counts as synced.
    void opened(const std::string& path);
    [[nodiscard]] sqlite3_vfs* under() const noexcept { return m_under; }

private:
    /// A write since the last sync, or a new size.
    struct Pending {
        std::int64_t at = 0;
        std::vector<char> data;  ///< empty: the file ends at `at`
    };
    struct Content {
        std::vector<char> now;
        std::vector<char> durable;
        std::vector<Pending> pending;
        bool everSynced = false;
    };
    static void apply(std::vector<char>& content, const Pending& write, std::size_t from,
                      std::size_t to);
    [[nodiscard]] static std::vector<char> torn(const Content& content, Rng& chance);

    sqlite3_vfs* m_under;
    sqlite3_vfs* m_vfs;
    mutable std::mutex m_mutex;  // guards what follows
    std::map<std::string, Content> m_files;
    std::uint64_t m_operations = 0;
    std::map<Operation, std::uint64_t> m_failFrom;
    std::function<void(std::uint64_t)> m_before;
};

}  // namespace muster::tests
