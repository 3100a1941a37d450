// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QSize>
#include <QTimer>
#include <vector>

#include "bridge/task_thread.h"

namespace muster::ui {
class MainWindow;
class Theme;
}  // namespace muster::ui

namespace muster::app {

/// Saves the window with every page, light and dark, at two sizes, one after the other; each is
/// given time to fetch what it shows. Pictures are packed behind the screen.
/// Thread safety: the GUI thread's.
class PictureTaker : public QObject {
    Q_OBJECT

public:
    PictureTaker(ui::MainWindow& window, ui::Theme& theme, const QString& folder);

    /// These pages, all when none is named; done() follows.
    void start(const QStringList& pages = {});
    [[nodiscard]] bool running() const { return m_running; }
    /// Waits until the last picture is on the disk; false when one could not be written.
    [[nodiscard]] bool finish();
    [[nodiscard]] static QString fileName(const QString& page, bool dark, QSize size);

signals:
    void done();

private:
    struct Shot {
        QString page;
        bool dark = false;
        QSize size;
    };

    void next();
    void take();

    ui::MainWindow& m_window;
    ui::Theme& m_theme;
    QString m_folder;
    std::vector<Shot> m_shots;
    std::size_t m_at = 0;
    QTimer m_settled;
    QString m_pageBefore;
    QSize m_sizeBefore;
    bool m_darkBefore = false;
    bool m_running = false;
    std::shared_ptr<std::atomic<bool>> m_failed = std::make_shared<std::atomic<bool>>(false);
    std::unique_ptr<ui::TaskThread> m_writer;

    /// For a page to ask the engine for its rows and to show them.
    static constexpr int kSettleMs = 450;
};

}  // namespace muster::app
