// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agents/directory.h"
#include "workload/internal/read_ahead.h"

namespace muster {

/// The links of a tree's pages (.html, .htm, .md) to the tree itself, each where it stands, as
/// {"page", "line", "link", "path", "anchor"}: `path` is what is asked of a server whose root the
/// tree is. Links that lead elsewhere are counted as skipped.
class LinkReader final : public BatchReader {
public:
    explicit LinkReader(const InputSpec& spec);
    [[nodiscard]] Result<void> open() override;
    void read(std::size_t most, ReadBatch& batch) override;

private:
    void page(const std::string& path, ReadBatch& batch);

    std::string m_root;
    TreeWalker m_walker;
};

}  // namespace muster
