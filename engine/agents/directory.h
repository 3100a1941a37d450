// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

struct TreeOptions {
    std::string root;                  ///< made absolute; a link is followed here only
    std::vector<std::string> exclude;  ///< names left out wherever they stand, files or directories
    bool recursive = true;
};

struct TreeEntry {
    std::string path;  ///< absolute
    bool directory = false;
};

/// What the walk did not give as an entry, and why.
struct TreeProblem {
    std::string path;
    Error error;
};

/// Walks a directory tree a piece at a time, with memory for one path of directories and what
/// waits beside it. Links are not followed, so a tree without loops of mounts has an end; links
/// that lead in a circle are named as problems, as are directories that cannot be read or
/// vanished; none of them stops the walk. Blocking. Thread safety: one thread at a time.
class TreeWalker {
public:
    explicit TreeWalker(TreeOptions options);
    TreeWalker(const TreeWalker&) = delete;
    TreeWalker& operator=(const TreeWalker&) = delete;
    ~TreeWalker();

    /// Errors: the root cannot be walked at all; it names the path and what to do.
    [[nodiscard]] Result<void> open();
    /// Appends at most `most` entries and the problems met; false when the walk is over.
    [[nodiscard]] bool next(std::size_t most, std::vector<TreeEntry>& entries,
                            std::vector<TreeProblem>& problems);
    /// Symbolic links passed by so far.
    [[nodiscard]] std::uint64_t links() const noexcept { return m_links; }

private:
    struct Listing;

    void openNext(std::vector<TreeProblem>& problems);
    void take(const char* name, unsigned char type, std::vector<TreeEntry>& entries,
              std::vector<TreeProblem>& problems);
    void passLink(const std::string& path, std::vector<TreeProblem>& problems);
    [[nodiscard]] bool excluded(std::string_view name) const noexcept;

    TreeOptions m_options;
    std::vector<std::string> m_waiting;   // directories not read yet, the next one last
    std::unique_ptr<Listing> m_listing;   // the directory being read
    std::optional<std::string> m_single;  // the root, when it is a file
    std::uint64_t m_links = 0;
};

}  // namespace muster
