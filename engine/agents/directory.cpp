// SPDX-License-Identifier: Apache-2.0
#include "agents/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "agents/paths.h"

namespace muster {

struct TreeWalker::Listing {
    Listing(std::string where, DIR* opened) : path(std::move(where)), stream(opened) {}
    Listing(const Listing&) = delete;
    Listing& operator=(const Listing&) = delete;
    ~Listing() { ::closedir(stream); }

    std::string path;
    DIR* stream;
};

namespace {

std::string join(const std::string& directory, const char* name)
{
    return directory == "/" ? directory + name : directory + '/' + name;
}

}  // namespace

TreeWalker::TreeWalker(TreeOptions options) : m_options(std::move(options))
{
    m_options.root = absolutePath(m_options.root);
}

TreeWalker::~TreeWalker() = default;

Result<void> TreeWalker::open()
{
    struct stat about {};
    if (::stat(m_options.root.c_str(), &about) != 0) {
        Error error = pathError(m_options.root, errno);
        error.advice = "Set input.path to a directory or file that is there";
        return error;
    }
    if (S_ISDIR(about.st_mode)) {
        if (::access(m_options.root.c_str(), R_OK | X_OK) != 0) {
            return pathError(m_options.root, errno);
        }
        m_waiting.push_back(m_options.root);
    } else {
        m_single = m_options.root;
    }
    return {};
}

bool TreeWalker::next(std::size_t most, std::vector<TreeEntry>& entries,
                      std::vector<TreeProblem>& problems)
{
    if (m_single) {
        entries.push_back({std::move(*m_single), false});
        m_single.reset();
        return true;
    }
    const std::size_t end = entries.size() + most;
    while (entries.size() < end) {
        if (!m_listing) {
            if (m_waiting.empty()) {
                return false;
            }
            openNext(problems);
            continue;
        }
        errno = 0;
        const dirent* entry = ::readdir(m_listing->stream);
        if (entry == nullptr) {
            if (errno != 0) {
                problems.push_back({m_listing->path, pathError(m_listing->path, errno)});
            }
            m_listing.reset();
        } else if (!excluded(entry->d_name)) {
            take(entry->d_name, entry->d_type, entries, problems);
        }
    }
    return true;
}

void TreeWalker::openNext(std::vector<TreeProblem>& problems)
{
    const std::string path = std::move(m_waiting.back());
    m_waiting.pop_back();
    // Only the root may be a link: what became one since it was listed is not followed.
    const int follow = path == m_options.root ? 0 : O_NOFOLLOW;
    const int descriptor =
        ::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC | follow);
    DIR* stream = descriptor < 0 ? nullptr : ::fdopendir(descriptor);
    if (stream == nullptr) {
        problems.push_back({path, pathError(path, errno)});
        if (descriptor >= 0) {
            ::close(descriptor);
        }
        return;
    }
    m_listing = std::make_unique<Listing>(path, stream);
}

void TreeWalker::take(const char* name, unsigned char type, std::vector<TreeEntry>& entries,
                      std::vector<TreeProblem>& problems)
{
    std::string path = join(m_listing->path, name);
    if (type == DT_UNKNOWN) {
        struct stat about {};
        if (::fstatat(::dirfd(m_listing->stream), name, &about, AT_SYMLINK_NOFOLLOW) != 0) {
            problems.push_back({path, pathError(path, errno)});
            return;
        }
        type = S_ISDIR(about.st_mode) ? DT_DIR : S_ISLNK(about.st_mode) ? DT_LNK : DT_REG;
    }
    if (type == DT_LNK) {
        passLink(path, problems);
        return;
    }
    if (type == DT_DIR && m_options.recursive) {
        m_waiting.push_back(path);
    }
    entries.push_back({std::move(path), type == DT_DIR});
}

void TreeWalker::passLink(const std::string& path, std::vector<TreeProblem>& problems)
{
    ++m_links;
    const auto loop = [&](std::string message) {
        problems.push_back(
            {path, {ErrorCode::invalidArgument, std::move(message), path, "It is not followed"}});
    };
    char* resolved = ::realpath(path.c_str(), nullptr);
    if (resolved == nullptr) {
        if (errno == ELOOP) {
            loop("a loop of symbolic links");
        }
        return;
    }
    const std::string target(resolved);
    std::free(resolved);
    // A link to a directory that it stands in would be walked for ever if it were followed.
    char* parent = ::realpath(m_listing->path.c_str(), nullptr);
    const std::string here(parent == nullptr ? m_listing->path.c_str() : parent);
    std::free(parent);
    if (here == target || target == "/" || here.compare(0, target.size() + 1, target + '/') == 0) {
        loop(fmt::format("a symbolic link back to {}", target));
    }
}

bool TreeWalker::excluded(std::string_view name) const noexcept
{
    return name == "." || name == ".." ||
           std::find(m_options.exclude.begin(), m_options.exclude.end(), name) !=
               m_options.exclude.end();
}

}  // namespace muster
