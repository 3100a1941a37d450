// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/replayer.h"

#include <deque>
#include <iterator>
#include <mutex>
#include <utility>

#include "api/engine.h"

namespace muster::ui {

/// Between the thread that plays and the screen.
class Replayer::Rows {
public:
    void add(const EventRow& row)
    {
        const std::lock_guard lock(m_mutex);
        m_rows.push_back(row);
        if (m_rows.size() > kMostRows) {
            m_rows.pop_front();
            ++m_skipped;
        }
    }
    [[nodiscard]] std::vector<EventRow> take(std::uint64_t& skipped)
    {
        const std::lock_guard lock(m_mutex);
        skipped = std::exchange(m_skipped, 0);
        std::vector<EventRow> rows(std::make_move_iterator(m_rows.begin()),
                                   std::make_move_iterator(m_rows.end()));
        m_rows.clear();
        return rows;
    }

private:
    std::mutex m_mutex;
    std::deque<EventRow> m_rows;
    std::uint64_t m_skipped = 0;
};

Replayer::Replayer(QObject* parent) : QObject(parent), m_inbox(std::make_shared<Inbox>())
{
    m_look.setInterval(kLookMs);
    connect(&m_look, &QTimer::timeout, this, &Replayer::changed);
}

Replayer::~Replayer()
{
    cancel();
    m_inbox->close();
}

void Replayer::start(const ReplayQuery& query)
{
    cancel();
    EngineOptions options;
    options.replay = query;
    m_control = options.replayControl = std::make_shared<ReplayControl>(query);
    m_rows = std::make_shared<Rows>();
    m_control->onEvent([rows = m_rows](const EventRow& row) { rows->add(row); });
    if (!m_thread) {
        m_thread = std::make_unique<TaskThread>("muster-replays");
    }
    m_running = true;
    m_look.start();
    m_thread->post([this, inbox = m_inbox, number = ++m_number, options = std::move(options)] {
        QString error;
        if (const auto engine = Engine::start(options)) {
            (void)(*engine)->wait();
        } else {
            error = QString::fromStdString(engine.error().text());
        }
        inbox->post([this, number, error] {
            if (number == m_number) {
                m_running = false;
                m_look.stop();
                emit changed();
                emit over(error);
            }
        });
    });
    emit changed();
}

ReplayProgress Replayer::progress() const
{
    return m_control ? m_control->progress() : ReplayProgress{};
}

void Replayer::pause()
{
    if (m_control) {
        m_control->pause();
        emit changed();
    }
}

void Replayer::resume()
{
    if (m_control) {
        m_control->resume();
        emit changed();
    }
}

void Replayer::step()
{
    if (m_control) {
        m_control->step();
        emit changed();
    }
}

void Replayer::setSpeed(double speed)
{
    if (m_control) {
        m_control->setSpeed(speed);
        emit changed();
    }
}

void Replayer::cancel()
{
    if (m_control) {
        m_control->cancel();
    }
}

std::vector<EventRow> Replayer::takeRows(std::uint64_t& skipped)
{
    skipped = 0;
    return m_rows ? m_rows->take(skipped) : std::vector<EventRow>();
}

}  // namespace muster::ui
