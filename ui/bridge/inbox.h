// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSocketNotifier>
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace muster::ui {

/// Hands work from any thread to the thread this object lives in. One wake-up serves however
/// many posts; they run in the order they came. What is posted after close() is dropped.
///
/// A file descriptor wakes the event loop instead of a posted event, so that an engine thread
/// never allocates in Qt nor takes its locks.
/// Thread safety: post() and close() from any thread; it is made and destroyed in its own.
class Inbox final : public QObject {
    Q_OBJECT

public:
    explicit Inbox(QObject* parent = nullptr);
    ~Inbox() override;

    void post(std::function<void()> work);
    void close();

private:
    void run();

    const int m_wake;
    QSocketNotifier m_notifier;
    std::mutex m_mutex;
    std::vector<std::function<void()>> m_waiting;
    bool m_closed = false;
};

}  // namespace muster::ui
