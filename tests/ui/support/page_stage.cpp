// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/page_stage.h"

#include <QApplication>
#include <QDir>
#include <QtTest/QtTest>

#include "style/theme.h"
#include "support/sample_run.h"

namespace muster::tests {

namespace {

/// What the shell's rail, top bar and foot take of a window.
constexpr QSize kShell(188, 70);
constexpr int kSeen = 600;  ///< snapshots that the page itself sees

}  // namespace

PageStage::PageStage()
{
    m_range.setNow(SampleRun::kStart);
    m_range.setUtc(true);
}

ui::PageContext PageStage::context()
{
    ui::PageContext context;
    context.range = &m_range;
    context.series = &m_series;
    context.crosshair = &m_crosshair;
    return context;
}

void PageStage::give(ui::Page& page, const SnapshotPtr& snapshot)
{
    m_range.setNow(snapshot->at);
    m_series.append(*snapshot);
    page.setSnapshot(snapshot);
}

void PageStage::play(ui::Page& page, int steps)
{
    for (int step = 0; step < steps; ++step) {
        const auto snapshot = SampleRun::at(step);
        m_range.setNow(snapshot->at);
        m_series.append(*snapshot);
        if (step + kSeen >= steps) {
            page.setSnapshot(snapshot);
        }
    }
}

void PageStage::takePictures(QWidget& page, const QString& name)
{
    const QDir directory(QStringLiteral(MUSTER_BINARY_DIR "/pictures"));
    QVERIFY(directory.mkpath(QStringLiteral(".")));
    ui::Theme theme;
    for (const QSize window : {QSize(1280, 800), QSize(1920, 1080)}) {
        for (const bool dark : {true, false}) {
            theme.show(dark);
            page.resize(window - kShell);
            page.show();
            QVERIFY(QTest::qWaitForWindowExposed(&page));
            page.setFocusPolicy(Qt::StrongFocus);
            page.setFocus();  // no part of it has the focus
            QCoreApplication::processEvents();
            const QString file =
                QStringLiteral("%1-%2-%3x%4.png")
                    .arg(name, dark ? QStringLiteral("dark") : QStringLiteral("light"))
                    .arg(window.width())
                    .arg(window.height());
            QVERIFY(page.grab().save(directory.filePath(file)));
        }
    }
    theme.show(true);
}

}  // namespace muster::tests
