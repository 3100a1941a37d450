// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/link_reader.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "agents/paths.h"
#include "documents/json.h"
#include "workload/internal/link_scan.h"

namespace muster {
namespace {

constexpr std::size_t kEntriesAtOnce = 64;
constexpr std::uintmax_t kLongestPage = 16 * 1024 * 1024;

enum class PageKind : std::uint8_t { none, html, markdown };

PageKind kindOf(std::string_view path)
{
    const auto ends = [path](std::string_view with) {
        return path.size() > with.size() && path.substr(path.size() - with.size()) == with;
    };
    return ends(".html") || ends(".htm") ? PageKind::html
           : ends(".md")                 ? PageKind::markdown
                                         : PageKind::none;
}

Result<std::string> textOf(const std::string& path)
{
    std::error_code problem;
    const auto size = std::filesystem::file_size(path, problem);
    if (!problem && size > kLongestPage) {
        return Error{ErrorCode::outOfRange, "the page is longer than 16 MiB", path, "Leave it out"};
    }
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    if (problem || !file || (size > 0 && !(text << file.rdbuf()))) {
        return Error{ErrorCode::ioFailure, "the page cannot be read", path, "See its permissions"};
    }
    return std::move(text).str();
}

}  // namespace

LinkReader::LinkReader(const InputSpec& spec)
    : m_root(absolutePath(spec.path)), m_walker({spec.path, spec.exclude, true})
{
    while (!m_root.empty() && m_root.back() == '/') {
        m_root.pop_back();
    }
}

Result<void> LinkReader::open()
{
    return m_walker.open();
}

void LinkReader::read(std::size_t most, ReadBatch& batch)
{
    std::vector<TreeEntry> entries;
    std::vector<TreeProblem> problems;
    while (!batch.over && batch.items.size() < most) {
        entries.clear();
        problems.clear();
        batch.over = !m_walker.next(kEntriesAtOnce, entries, problems);
        for (const auto& entry : entries) {
            if (!entry.directory && kindOf(entry.path) != PageKind::none) {
                page(entry.path, batch);
            }
        }
        for (auto& problem : problems) {
            batch.problems.push_back({std::move(problem.path), std::move(problem.error)});
        }
    }
}

void LinkReader::page(const std::string& path, ReadBatch& batch)
{
    auto text = textOf(path);
    if (!text) {
        batch.problems.push_back({path, text.error()});
        return;
    }
    batch.bytes += text->size();
    const std::string name = path.substr(m_root.size() + 1);
    for (const auto& link :
         kindOf(path) == PageKind::html ? htmlLinks(*text) : markdownLinks(*text)) {
        auto place = resolveLink(name, link.target);
        if (!place) {
            ++batch.skipped;
            continue;
        }
        Value item;
        item.set("page", name);
        item.set("line", static_cast<std::int64_t>(link.line));
        item.set("link", link.target);
        item.set("path", std::move(place->path));
        item.set("anchor", std::move(place->anchor));
        batch.items.push_back(std::make_unique<const std::string>(toJson(item)));
    }
}

}  // namespace muster
