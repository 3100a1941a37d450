// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/library.h"

#include <algorithm>
#include <chrono>
#include <fstream>
#include <utility>

#include "bridge/deliver.h"

namespace muster::ui {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> filesWith(const fs::path& folder, const char* extension)
{
    std::vector<fs::path> files;
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        if (at->path().extension() == extension) {
            files.push_back(at->path());
        }
    }
    std::ranges::sort(files);
    return files;
}

WallTime changedAt(const fs::path& file)
{
    std::error_code error;
    const auto time = fs::last_write_time(file, error);
    if (error) {
        return {};
    }
    const auto wall = std::chrono::file_clock::to_sys(time).time_since_epoch();
    return {std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count()};
}

std::vector<SessionOffer> sessionsIn(const fs::path& folder, std::size_t limit,
                                     const std::vector<fs::path>& unclosed)
{
    std::vector<SessionOffer> offers;
    for (const auto& file : filesWith(folder, ".db")) {
        std::error_code error;
        const auto bytes = fs::file_size(file, error);
        std::error_code noLog;
        // What a program that was killed has written is still in the log beside the file.
        const auto log = fs::file_size(file.string() + "-wal", noLog);
        offers.push_back({QString::fromStdString(file.string()),
                          (error ? 0 : bytes) + (noLog ? 0 : log), changedAt(file),
                          std::ranges::find(unclosed, file) != unclosed.end()});
    }
    std::ranges::stable_sort(offers, std::greater{}, &SessionOffer::changedAt);
    if (offers.size() > limit) {
        offers.erase(offers.begin() + static_cast<std::ptrdiff_t>(limit), offers.end());
    }
    return offers;
}

}  // namespace

Library::Library(DataSources sources, QObject* parent)
    : QObject(parent), m_sources(std::move(sources)), m_inbox(std::make_shared<Inbox>())
{
}

Library::~Library()
{
    m_inbox->close();
}

void Library::post(std::function<void()> task)
{
    if (!m_reader) {
        m_reader = std::make_unique<TaskThread>("muster-library");
    }
    m_reader->post(std::move(task));
}

void Library::checkWorkload(const fs::path& file, std::vector<std::string> overrides,
                            QObject* context, std::function<void(const Result<WorkloadInfo>&)> done)
{
    post([check = m_sources.check, file, overrides = std::move(overrides),
          answer = deliverTo<Result<WorkloadInfo>>(m_inbox, context, std::move(done))] {
        answer(check(file, overrides));
    });
}

void Library::workloads(const fs::path& folder, QObject* context,
                        std::function<void(const std::vector<WorkloadOffer>&)> done)
{
    post([check = m_sources.check, folder,
          answer = deliverTo<std::vector<WorkloadOffer>>(m_inbox, context, std::move(done))] {
        std::vector<WorkloadOffer> offers;
        for (const auto& file : filesWith(folder, ".toml")) {
            offers.push_back({QString::fromStdString(file.string()), check(file, {})});
        }
        answer(std::move(offers));
    });
}

void Library::sessions(const fs::path& folder, std::size_t limit, QObject* context,
                       std::function<void(const std::vector<SessionOffer>&)> done)
{
    post([unclosed = m_sources.unclosed, folder, limit,
          answer = deliverTo<std::vector<SessionOffer>>(m_inbox, context, std::move(done))] {
        answer(sessionsIn(folder, limit, unclosed ? unclosed() : std::vector<fs::path>{}));
    });
}

bool Library::looksLikeSession(const fs::path& file)
{
    std::ifstream in(file, std::ios::binary);
    char head[15] = {};
    in.read(head, sizeof head);
    return in.gcount() == sizeof head && std::string_view(head, sizeof head) == "SQLite format 3";
}

}  // namespace muster::ui
