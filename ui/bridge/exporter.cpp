// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/exporter.h"

#include <fstream>
#include <functional>
#include <utility>

namespace muster::ui {

namespace {

namespace fs = std::filesystem;

Error cannotWrite(const fs::path& file)
{
    return {ErrorCode::ioFailure, "the file cannot be written", file.string(),
            "Choose a folder you may write to and that has room"};
}

using Rows = Result<std::uint64_t>;
using Write = std::function<Rows(std::ostream&, const ExportProgress&)>;

Rows writePart(const fs::path& part, const Write& write, const ExportProgress& progress)
{
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    if (!out) {
        return cannotWrite(part);
    }
    auto rows = write(out, progress);
    out.close();
    if (rows.ok() && !out) {
        return cannotWrite(part);
    }
    return rows;
}

Rows writeFile(const fs::path& file, const Write& write, const ExportProgress& progress)
{
    auto part = file;
    part += ".part";
    auto rows = writePart(part, write, progress);
    std::error_code error;
    if (!rows.ok()) {
        fs::remove(part, error);
        return rows;
    }
    fs::rename(part, file, error);
    if (error) {
        fs::remove(part, error);
        return cannotWrite(file);
    }
    return rows;
}

}  // namespace

Exporter::Exporter(DataSources sources, QObject* parent)
    : QObject(parent), m_sources(std::move(sources)), m_inbox(std::make_shared<Inbox>())
{
}

Exporter::~Exporter()
{
    cancel();
    m_inbox->close();
}

void Exporter::start(const fs::path& database, const ExportQuery& query, const QString& file)
{
    run(file, [write = std::bind_front(m_sources.exportRows, database, query)](
                  const fs::path& path, const ExportProgress& progress) {
        return writeFile(path, write, progress);
    });
}

void Exporter::startCopy(const fs::path& database, const QString& file)
{
    run(file, [copy = m_sources.copySession, database](const fs::path& path,
                                                       const ExportProgress& progress) {
        return copy(database, path,
                    [&progress](std::uint64_t done, std::uint64_t) { return progress(done); });
    });
}

void Exporter::run(const QString& file, Work work)
{
    if (std::exchange(m_running, true)) {
        return;
    }
    m_file = file;
    m_cancelled = std::make_shared<std::atomic<bool>>(false);
    if (!m_thread) {
        m_thread = std::make_unique<TaskThread>("muster-export");
    }
    m_thread->post([this, inbox = m_inbox, cancelled = m_cancelled, work = std::move(work),
                    path = fs::path(file.toStdString())] {
        const auto progress = [this, &inbox, &cancelled](std::uint64_t rows) {
            inbox->post([this, rows] { emit progressed(rows); });
            return !cancelled->load();
        };
        auto rows = work(path, progress);
        inbox->post([this, rows = std::move(rows)] {
            m_running = false;
            emit finished(rows);
        });
    });
}

void Exporter::cancel()
{
    if (m_cancelled) {
        m_cancelled->store(true);
    }
}

}  // namespace muster::ui
