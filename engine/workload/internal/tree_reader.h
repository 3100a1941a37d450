// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agents/directory.h"
#include "workload/internal/read_ahead.h"

namespace muster {

/// The files, or the directories, of a tree. Links are passed by and counted as skipped; those
/// in a circle, and directories that cannot be read, are problems.
class TreeReader final : public BatchReader {
public:
    explicit TreeReader(const InputSpec& spec);
    [[nodiscard]] Result<void> open() override;
    void read(std::size_t most, ReadBatch& batch) override;

private:
    [[nodiscard]] bool wanted(const TreeEntry& entry) const;

    bool m_directories;
    std::vector<std::string> m_endings;  // none: all
    TreeWalker m_walker;
    std::vector<TreeEntry> m_entries;
    std::vector<TreeProblem> m_problems;
    std::uint64_t m_links = 0;  // counted so far
};

}  // namespace muster
