// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/past_view.h"

#include <chrono>
#include <utility>

#include "bridge/deliver.h"

namespace muster::ui {

namespace {

/// One that was overtaken still comes to its end within this, so that dragging shows something.
constexpr auto kWorthEnding = std::chrono::milliseconds(40);

}  // namespace

/// What the thread holds. Thread safety: the thread's alone.
struct PastView::Reader {
    std::filesystem::path file;
    std::unique_ptr<Past> past;
    bool prepared = false;

    Result<Past*> opened()
    {
        if (!past) {
            auto made = Past::open(file);
            if (!made) {
                return made.error();
            }
            past = std::move(made).value();
        }
        return past.get();
    }
};

PastView::PastView(QObject* parent)
    : QObject(parent),
      m_inbox(std::make_shared<Inbox>()),
      m_overtaken(std::make_shared<std::atomic<bool>>(false))
{
    qRegisterMetaType<PastMomentPtr>();
}

PastView::~PastView()
{
    m_overtaken->store(true);
    m_inbox->close();
}

void PastView::setFile(std::optional<std::filesystem::path> file)
{
    forget();
    m_run.reset();
    if (m_thread) {
        // Closing a database takes its time.
        m_thread->post([last = std::exchange(m_reader, nullptr)]() mutable { last.reset(); });
    }
    m_reader = file ? std::make_shared<Reader>() : nullptr;
    if (m_reader) {
        m_reader->file = *std::move(file);
    }
}

void PastView::post(std::function<void(Reader&)> task)
{
    if (!m_thread) {
        m_thread = std::make_unique<TaskThread>("muster-past");
    }
    m_thread->post([reader = m_reader, task = std::move(task)] { task(*reader); });
}

void PastView::prepare()
{
    if (!m_reader) {
        return;
    }
    post([run = m_run, overtaken = m_overtaken](Reader& reader) {
        const auto past = reader.prepared ? Result<Past*>(nullptr) : reader.opened();
        if (!past || *past == nullptr) {
            return;
        }
        const auto done = (*past)->prepare(run, [&overtaken] { return !overtaken->load(); });
        // What cannot be read is told to whoever asks for a moment.
        reader.prepared = done.ok() || done.error().code != ErrorCode::cancelled;
    });
}

void PastView::lookAt(WallTime at)
{
    m_wanted = at;
    m_overtaken->store(true);
    if (!m_asking && m_reader) {
        send();
    }
}

void PastView::forget()
{
    ++m_asked;
    m_asking = false;
    m_wanted.reset();
    m_overtaken->store(true);
}

void PastView::send()
{
    m_asking = true;
    m_overtaken = std::make_shared<std::atomic<bool>>(false);
    PastQuery query;
    query.run = m_run;
    query.at = std::exchange(m_wanted, std::nullopt);
    post([query, overtaken = m_overtaken,
          answer = deliverTo<Result<PastMomentPtr>>(
              m_inbox, this, [this, asked = ++m_asked](const Result<PastMomentPtr>& moment) {
                  answered(asked, moment);
              })](Reader& reader) {
        const auto begun = std::chrono::steady_clock::now();
        const auto goOn = [&] {
            return !overtaken->load() || std::chrono::steady_clock::now() - begun < kWorthEnding;
        };
        const auto past = reader.opened();
        auto moment = past ? (*past)->at(query, goOn) : Result<PastMoment>(past.error());
        if (moment) {
            answer(PastMomentPtr(std::make_shared<const PastMoment>(std::move(moment).value())));
        } else {
            answer(moment.error());
        }
    });
}

void PastView::answered(std::uint64_t asked, const Result<PastMomentPtr>& moment)
{
    if (asked != m_asked) {
        return;  // of a session that is no longer there, or of no interest
    }
    m_asking = false;
    const bool more = m_wanted.has_value();
    if (moment) {
        m_run = m_run ? m_run : std::optional((*moment)->state.run);
        emit arrived(*moment);
    } else if (moment.error().code != ErrorCode::cancelled) {
        emit failed(moment.error());
    }
    if (asked != m_asked) {
        return;  // whoever heard of it has turned to something else
    }
    more ? send() : prepare();
}

void PastView::agents(AgentQuery query, Reply<AgentPage> done)
{
    if (!m_reader) {
        done(Error{ErrorCode::unavailable, "Nothing is open", {}, {}});
        return;
    }
    post([query = std::move(query), done = std::move(done)](Reader& reader) {
        const auto past = reader.opened();
        done(past ? (*past)->agents(query) : Result<AgentPage>(past.error()));
    });
}

void PastView::agentDetail(AgentId id, Reply<AgentDetail> done)
{
    if (!m_reader) {
        done(Error{ErrorCode::unavailable, "Nothing is open", {}, {}});
        return;
    }
    post([id, done = std::move(done)](Reader& reader) {
        const auto past = reader.opened();
        done(past ? (*past)->agentDetail(id) : Result<AgentDetail>(past.error()));
    });
}

}  // namespace muster::ui
