// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/tree_reader.h"

#include <algorithm>

namespace muster {

TreeReader::TreeReader(const InputSpec& spec)
    : m_directories(spec.directories),
      m_endings(spec.endings),
      m_walker({spec.path, spec.exclude, true})
{
}

Result<void> TreeReader::open()
{
    return m_walker.open();
}

bool TreeReader::wanted(const TreeEntry& entry) const
{
    return entry.directory == m_directories &&
           (m_directories || m_endings.empty() ||
            std::ranges::any_of(m_endings, [&entry](const std::string& ending) {
                return std::string_view(entry.path).ends_with(ending);
            }));
}

void TreeReader::read(std::size_t most, ReadBatch& batch)
{
    m_entries.clear();
    m_problems.clear();
    batch.over = !m_walker.next(most, m_entries, m_problems);
    for (auto& entry : m_entries) {
        if (wanted(entry)) {
            batch.items.push_back(std::make_unique<const std::string>(std::move(entry.path)));
        }
    }
    for (auto& problem : m_problems) {
        batch.problems.push_back({std::move(problem.path), std::move(problem.error)});
    }
    batch.skipped = m_walker.links() - m_links;
    m_links = m_walker.links();
}

}  // namespace muster
