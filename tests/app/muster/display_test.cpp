// SPDX-License-Identifier: GPL-3.0-or-later
#include <QFile>
#include <csignal>

#include "app/muster/console_process.h"
#include "support/test_case.h"

namespace muster::tests {

/// Once in a real X server: a window appears on its screen, and is gone when it is closed.
class DisplayTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_home;
    QProcess m_server;
    QString m_display;

    /// How many different bytes the screen holds: one, as long as nothing is on it.
    bool screenIsPlain() const
    {
        QFile screen(m_home.filePath(QStringLiteral("Xvfb_screen0")));
        if (!screen.open(QIODevice::ReadOnly)) {
            return false;
        }
        constexpr qint64 kHeader = 4'096;  // of the picture's file, and its colours
        screen.seek(kHeader);
        const auto pixels = screen.readAll();
        return pixels.count(pixels.back()) == pixels.size();
    }

private slots:
    void initTestCase()
    {
        m_server.start(
            QStringLiteral("Xvfb"),
            {QStringLiteral("-displayfd"), QStringLiteral("1"), QStringLiteral("-screen"),
             QStringLiteral("0"), QStringLiteral("1600x1000x24"), QStringLiteral("-fbdir"),
             m_home.path(), QStringLiteral("-nolisten"), QStringLiteral("tcp")});
        QVERIFY2(m_server.waitForStarted(), "Xvfb cannot be started: install the package xvfb");
        QTRY_VERIFY_WITH_TIMEOUT(m_server.bytesAvailable() > 0 || m_server.waitForReadyRead(100),
                                 30'000);
        m_display = QStringLiteral(":") + QString::fromLatin1(m_server.readLine().trimmed());
    }

    void cleanupTestCase()
    {
        m_server.terminate();
        m_server.waitForFinished();
    }

    void a_window_appears_and_is_closed()
    {
        QTRY_VERIFY(screenIsPlain());
        ConsoleProcess console(m_home);
        console.setVariable(QStringLiteral("QT_QPA_PLATFORM"), QStringLiteral("xcb"));
        console.setVariable(QStringLiteral("DISPLAY"), m_display);
        console.start({});
        QTRY_VERIFY_WITH_TIMEOUT(!screenIsPlain(), ConsoleProcess::kPatienceMs);
        QVERIFY(console.running());
        console.signal(SIGTERM);
        QCOMPARE(console.finish(), 0);
        QTRY_VERIFY(screenIsPlain());
    }
};

MUSTER_TEST_CASE(DisplayTest);

}  // namespace muster::tests

#include "display_test.moc"
