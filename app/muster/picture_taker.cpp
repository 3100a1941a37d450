// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/picture_taker.h"

#include <QDir>
#include <QPixmap>
#include <QTableView>

#include "shell/main_window.h"
#include "shell/toasts.h"

namespace muster::app {

namespace {

constexpr QSize kSizes[] = {{1280, 800}, {1920, 1080}};

/// A row in the picture, so that the pane beside the table has something to show. False when
/// there is none, or one is selected already.
bool selectFirstRow(const ui::Page* page)
{
    for (auto* table : page->findChildren<QTableView*>()) {
        if (table->isVisible() && table->model() != nullptr && table->model()->rowCount() > 0) {
            if (table->currentIndex().isValid()) {
                return false;
            }
            table->selectRow(0);
            return true;
        }
    }
    return false;
}

}  // namespace

PictureTaker::PictureTaker(ui::MainWindow& window, ui::Theme& theme, const QString& folder)
    : m_window(window), m_theme(theme), m_folder(folder)
{
    m_settled.setSingleShot(true);
    m_settled.setInterval(kSettleMs);
    connect(&m_settled, &QTimer::timeout, this, &PictureTaker::take);
}

QString PictureTaker::fileName(const QString& page, bool dark, QSize size)
{
    return QStringLiteral("%1-%2-%3x%4.png")
        .arg(page, dark ? QStringLiteral("dark") : QStringLiteral("light"))
        .arg(size.width())
        .arg(size.height());
}

void PictureTaker::start(const QStringList& pages)
{
    if (std::exchange(m_running, true)) {
        return;
    }
    m_window.measureFrames(false);  // a picture is no frame
    m_window.toasts()->clear();
    if (!QDir().mkpath(m_folder)) {
        *m_failed = true;
    }
    m_shots.clear();
    m_at = 0;
    for (const QSize size : kSizes) {
        for (const bool dark : {true, false}) {
            for (const auto& entry : m_window.pages()->entries()) {
                if (pages.isEmpty() || pages.contains(entry.name)) {
                    m_shots.push_back({entry.name, dark, size});
                }
            }
        }
    }
    m_writer = std::make_unique<ui::TaskThread>("muster-picture");
    m_pageBefore = m_window.pages()->current() != nullptr ? m_window.pages()->current()->name()
                                                          : QStringLiteral("overview");
    m_sizeBefore = m_window.size();
    m_darkBefore = m_theme.dark();
    next();
}

void PictureTaker::next()
{
    if (m_at == m_shots.size()) {
        m_theme.show(m_darkBefore);
        m_window.resize(m_sizeBefore);
        m_window.showPage(m_pageBefore);
        m_running = false;
        m_window.measureFrames(true);
        emit done();
        return;
    }
    const auto& shot = m_shots[m_at];
    if (m_theme.dark() != shot.dark) {
        m_theme.show(shot.dark);
    }
    m_window.resize(shot.size);
    m_window.showPage(shot.page);
    m_settled.start();
}

void PictureTaker::take()
{
    if (selectFirstRow(m_window.pages()->current())) {
        m_settled.start();  // once more, for what belongs to the row
        return;
    }
    const auto& shot = m_shots[m_at++];
    const auto file = QDir(m_folder).filePath(fileName(shot.page, shot.dark, shot.size));
    m_writer->post([image = m_window.grab().toImage(), file, failed = m_failed] {
        if (!image.save(file, "PNG")) {
            *failed = true;
        }
    });
    next();
}

bool PictureTaker::finish()
{
    m_writer.reset();
    return !*m_failed;
}

}  // namespace muster::app
