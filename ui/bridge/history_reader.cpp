// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/history_reader.h"

#include <QStringList>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <map>
#include <set>

#include "bridge/deliver.h"
#include "bridge/library.h"

namespace muster::ui {

namespace {

namespace fs = std::filesystem;
using State = RecordedRun::State;

constexpr std::size_t kMostSessions = 500;
constexpr std::size_t kCurvePoints = 300;
constexpr std::size_t kSessionsInPart = 20;

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

std::vector<fs::path> sessionFiles(const fs::path& folder, const QStringList& others)
{
    std::vector<fs::path> files;
    std::set<fs::path> known;
    const auto add = [&](const fs::path& file) {
        std::error_code error;
        const auto whole = fs::weakly_canonical(file, error);
        if (Library::looksLikeSession(file) && known.insert(error ? file : whole).second) {
            files.push_back(file);
        }
    };
    std::error_code error;
    for (auto at = fs::directory_iterator(folder, error); !error && at != fs::directory_iterator();
         at.increment(error)) {
        if (at->path().extension() == ".db") {
            add(at->path());
        }
    }
    for (const QString& other : others) {
        add(fs::path(other.toStdString()));
    }
    std::ranges::stable_sort(files, std::greater{}, changedAt);
    files.resize(std::min(files.size(), kMostSessions));
    return files;
}

State stateOf(const RunInfo& run, const SessionInfo& session, bool damaged)
{
    if (!run.endedAt) {
        const bool last = run.id == session.runs.back().id;
        return session.live && last ? State::live : State::unclosed;
    }
    return damaged ? State::damaged : State::closed;
}

std::vector<RecordedRun> runsOf(const fs::path& file)
{
    RecordedRun offer;
    offer.file = QString::fromStdString(file.string());
    offer.changedAt = changedAt(file);
    auto session = Session::open(file);
    const auto info = session ? (*session)->info() : Result<SessionInfo>(session.error());
    if (!info || info->runs.empty()) {
        offer.state = State::unreadable;
        offer.problem = info ? QObject::tr("No run was recorded in it")
                             : QString::fromStdString(info.error().text());
        return {std::move(offer)};
    }
    offer.bytes = info->bytes;
    offer.problem = QString::fromStdString(info->notice);
    std::vector<RecordedRun> runs;
    for (auto run = info->runs.rbegin(); run != info->runs.rend(); ++run) {
        offer.run = *run;
        offer.state = stateOf(*run, *info, (*session)->damaged());
        runs.push_back(offer);
    }
    return runs;
}

Duration lengthOf(const ComparedSide& side)
{
    return side.range.to - side.range.from;
}

Result<void> writeFile(const ReportQuery& query, const fs::path& file,
                       const std::function<bool()>& goOn)
{
    if (Library::looksLikeSession(file)) {
        return Error{ErrorCode::invalidArgument, "this is a session; it would be lost",
                     file.string(), "Choose another name"};
    }
    auto part = file;
    part += ".part";
    std::error_code error;
    std::ofstream out(part, std::ios::binary | std::ios::trunc);
    auto written = writeReport(query, out, goOn);
    out.close();
    if (written) {
        fs::rename(part, file, error);
    }
    if (!written || error || !out) {
        std::error_code ignored;
        fs::remove(part, ignored);
    }
    return !written || (out && !error)
               ? written
               : Error{ErrorCode::ioFailure, "the report cannot be written", file.string(),
                       "Choose a folder you may write to and that has room"};
}

/// Cancelled while its answer was on the way: that is not wanted any more.
template <class T>
[[nodiscard]] std::function<void(const Result<T>&)> unless(
    std::shared_ptr<std::atomic<bool>> cancelled, std::function<void(const Result<T>&)> done)
{
    return [cancelled = std::move(cancelled), done = std::move(done)](const Result<T>& answer) {
        if (answer && cancelled->load()) {
            done(Error{ErrorCode::cancelled, "it was cancelled", {}, {}});
        } else {
            done(answer);
        }
    };
}

}  // namespace

/// What sessions had, while their files stay as they were.
struct HistoryReader::Known {
    struct Session {
        WallTime changedAt;
        std::vector<RecordedRun> runs;
    };
    std::map<fs::path, Session> sessions;

    const std::vector<RecordedRun>& runs(const fs::path& file)
    {
        const WallTime changed = changedAt(file);
        Session& known = sessions[file];
        const bool closed = std::ranges::all_of(known.runs, [](const RecordedRun& run) {
            return run.state == State::closed || run.state == State::damaged;
        });
        if (known.runs.empty() || !closed || known.changedAt != changed) {
            known = {changed, runsOf(file)};
        }
        return known.runs;
    }
};

HistoryReader::HistoryReader(QObject* parent)
    : QObject(parent), m_inbox(std::make_shared<Inbox>()), m_known(std::make_shared<Known>())
{
}

HistoryReader::~HistoryReader()
{
    cancel();
    renew(m_listOvertaken);
    renew(m_curvesOvertaken);
    m_inbox->close();
}

HistoryReader::Flag HistoryReader::renew(Flag& flag)
{
    if (flag) {
        flag->store(true);
    }
    return flag = std::make_shared<std::atomic<bool>>(false);
}

void HistoryReader::post(std::function<void()> task)
{
    if (!m_thread) {
        m_thread = std::make_unique<TaskThread>("muster-history");
    }
    m_thread->post(std::move(task));
}

void HistoryReader::runs(const fs::path& folder, const QStringList& others, QObject* context,
                         std::function<void(const RunList&)> done)
{
    post([folder, others, known = m_known, overtaken = renew(m_listOvertaken),
          answer = deliverTo<RunList>(m_inbox, context, std::move(done))] {
        RunList list;
        std::size_t read = 0;
        for (const fs::path& file : sessionFiles(folder, others)) {
            if (overtaken->load()) {
                return;
            }
            std::ranges::copy(known->runs(file), std::back_inserter(list.runs));
            if (++read % kSessionsInPart == 0) {
                answer(list);
            }
        }
        list.complete = true;
        answer(std::move(list));
    });
}

void HistoryReader::compare(const CompareQuery& query, QObject* context,
                            std::function<void(const Result<CompareAnswer>&)> done)
{
    const auto cancelled = renew(m_cancelled);
    post([query, cancelled,
          answer = deliverTo<Result<CompareAnswer>>(m_inbox, context,
                                                    unless(cancelled, std::move(done)))] {
        answer(compareSessions(query, [&cancelled] { return !cancelled->load(); }));
    });
}

void HistoryReader::curves(const ComparedSide& a, const ComparedSide& b, const CompareRow& row,
                           QObject* context, std::function<void(const Result<RunCurves>&)> done)
{
    post([a, b, row, overtaken = renew(m_curvesOvertaken),
          answer = deliverTo<Result<RunCurves>>(m_inbox, context, std::move(done))] {
        const auto goOn = [&overtaken] { return !overtaken->load(); };
        if (!goOn()) {
            return;
        }
        RunCurves curves{.metric = row.metric,
                         .labels = row.labels,
                         .length = std::max(lengthOf(a), lengthOf(b)),
                         .a = {},
                         .b = {}};
        auto first = curveOf(a, row, kCurvePoints, goOn);
        auto second = first ? curveOf(b, row, kCurvePoints, goOn) : first;
        if (!goOn()) {
            return;
        }
        if (!first || !second) {
            answer(first ? second.error() : first.error());
            return;
        }
        curves.a = std::move(first).value();
        curves.b = std::move(second).value();
        answer(std::move(curves));
    });
}

void HistoryReader::causes(const CompareSide& run, QObject* context,
                           std::function<void(const Result<std::vector<Cause>>&)> done)
{
    const auto cancelled = renew(m_cancelled);
    post([run, cancelled,
          answer = deliverTo<Result<std::vector<Cause>>>(m_inbox, context,
                                                         unless(cancelled, std::move(done)))] {
        answer(causesOf(run, [&cancelled] { return !cancelled->load(); }));
    });
}

void HistoryReader::report(const ReportQuery& query, const QString& file, QObject* context,
                           std::function<void(const Result<void>&)> done)
{
    post([query, path = fs::path(file.toStdString()), cancelled = renew(m_cancelled),
          answer = deliverTo<Result<void>>(m_inbox, context, std::move(done))] {
        answer(writeFile(query, path, [&cancelled] { return !cancelled->load(); }));
    });
}

void HistoryReader::cancel()
{
    if (m_cancelled) {
        m_cancelled->store(true);
    }
}

}  // namespace muster::ui
