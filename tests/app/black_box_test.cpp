// SPDX-License-Identifier: Apache-2.0
#include <QDateTime>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <csignal>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

/// Work without an end, under an open load.
const char* const kBusy = R"([workload]
name = "busy"
[[agents]]
name = "worker"
count = 20
action = "work"
[actions.work]
kind = "synthetic"
[[load]]
model = "open"
start = "2000/s"
stages = [{ for = "10min", to = "2000/s" }]
)";

QList<QJsonObject> eventsOf(const QString& session, const QStringList& more = {})
{
    QList<QJsonObject> events;
    const auto ended =
        musterctl(QStringList{QStringLiteral("events"), QStringLiteral("--db"), session,
                              QStringLiteral("--format"), QStringLiteral("jsonl")} +
                  more);
    for (const auto& line : ended.out.split('\n')) {
        if (!line.isEmpty()) {
            events.append(QJsonDocument::fromJson(line).object());
        }
    }
    return events;
}

}  // namespace

/// What a run did last, read by others.
class BlackBoxAppTest : public QObject {
    Q_OBJECT

private slots:
    void aKilledRunIsTakenUpByTheNext();
    void aRunThatHangsIsReadFromOutside();
    void aSignalSavesAndTheRunGoesOn();
    void aCrashIsToldWithItsSignal();
    void wrongUseIsTold();

private:
    [[nodiscard]] QStringList arguments() const
    {
        return {QStringLiteral("run"),         m_scratch->write(QStringLiteral("busy.toml"), kBusy),
                QStringLiteral("--format"),    QStringLiteral("jsonl"),
                QStringLiteral("--black-box"), boxes()};
    }
    [[nodiscard]] QString boxes() const { return m_scratch->path(QStringLiteral("boxes")); }
    [[nodiscard]] QStringList files(const char* pattern) const
    {
        return QDir(boxes()).entryList({QString::fromLatin1(pattern)}, QDir::Files);
    }
    [[nodiscard]] QString only(const char* pattern) const
    {
        return QDir(boxes()).filePath(files(pattern).value(0));
    }

    std::unique_ptr<Scratch> m_scratch;

private slots:
    void init() { m_scratch = std::make_unique<Scratch>(); }
};

void BlackBoxAppTest::aKilledRunIsTakenUpByTheNext()
{
    Running killed(arguments());
    QVERIFY(killed.prints("\"state\":\"running\""));
    QVERIFY(killed.prints("\"ok\":"));
    const auto at = QDateTime::currentMSecsSinceEpoch();
    killed.signal(SIGKILL);
    QVERIFY(killed.finish().crashed);
    QCOMPARE(files("*.box").size(), 1);
    const auto listed = musterctl(
        {QStringLiteral("blackbox"), QStringLiteral("list"), QStringLiteral("--dir"), boxes()});
    QVERIFY2(listed.out.startsWith("killed "), listed.all());

    Running next(arguments());
    QTRY_COMPARE_WITH_TIMEOUT(files("blackbox.busy-*-killed.db").size(), 1, 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(files("*.box").size(), 1, 30'000);  // the next one's own
    next.signal(SIGTERM);
    QCOMPARE(next.finish().code, 0);
    QCOMPARE(files("*.box").size(), 0);  // it ended well

    const auto bundle = only("blackbox.busy-*-killed.db");
    const auto events = eventsOf(
        bundle, {QStringLiteral("--newest"), QStringLiteral("--limit"), QStringLiteral("2")});
    QCOMPARE(events.size(), 2);
    QCOMPARE(events[0][QStringLiteral("type")].toString(), QStringLiteral("blackbox.saved"));
    QCOMPARE(events[0][QStringLiteral("data")][QStringLiteral("cause")].toString(),
             QStringLiteral("killed"));
    // It is flushed every 100 ms; the rest is for a machine that is busy.
    const auto last = QDateTime::fromString(events[1][QStringLiteral("time")].toString().left(23),
                                            Qt::ISODateWithMs);
    auto lastUtc = last;
    lastUtc.setTimeSpec(Qt::UTC);
    const auto before = at - lastUtc.toMSecsSinceEpoch();
    QVERIFY2(before < 2'000, qPrintable(QString::number(before)));
    QVERIFY(!eventsOf(bundle, {QStringLiteral("--type"), QStringLiteral("run.started")}).isEmpty());
    QVERIFY(musterctl({QStringLiteral("export"), QStringLiteral("metrics"), QStringLiteral("--db"),
                       bundle})
                .out.contains("agents.live,,20,"));
}

void BlackBoxAppTest::aRunThatHangsIsReadFromOutside()
{
    Running running(arguments());
    QVERIFY(running.prints("\"state\":\"running\""));
    running.signal(SIGSTOP);
    const auto out = m_scratch->path(QStringLiteral("hung.db"));
    const auto saved = musterctl({QStringLiteral("blackbox"), QStringLiteral("save"),
                                  QStringLiteral("--dir"), boxes(), QStringLiteral("--out"), out});
    running.signal(SIGCONT);
    QVERIFY2(saved.code == 0, saved.all());
    const auto events = eventsOf(out);
    QVERIFY(events.size() > 2);
    QCOMPARE(events.last()[QStringLiteral("data")][QStringLiteral("cause")].toString(),
             QStringLiteral("hand"));
    running.signal(SIGTERM);
    QCOMPARE(running.finish().code, 0);
}

void BlackBoxAppTest::aSignalSavesAndTheRunGoesOn()
{
    Running running(arguments());
    QVERIFY(running.prints("\"state\":\"running\""));
    running.signal(SIGUSR1);
    QVERIFY(running.says("What the run did last"));
    running.write("blackbox.save reason=\"looks slow\"");
    QTRY_COMPARE_WITH_TIMEOUT(files("blackbox.busy-*-hand*.db").size(), 2, 30'000);
    QVERIFY(running.running());
    running.signal(SIGTERM);
    QCOMPARE(running.finish().code, 0);
}

void BlackBoxAppTest::aCrashIsToldWithItsSignal()
{
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    QSKIP("the sanitizer takes the signals itself");
#endif
    Running running(arguments());
    QVERIFY(running.prints("\"state\":\"running\""));
    running.signal(SIGABRT);
    QVERIFY(running.finish().crashed);
    const auto listed = musterctl({QStringLiteral("blackbox"), QStringLiteral("--dir"), boxes(),
                                   QStringLiteral("--format"), QStringLiteral("jsonl")});
    QCOMPARE(listed.lastJson()[QStringLiteral("ending")].toString(), QStringLiteral("crash"));
    QVERIFY2(listed.lastJson()[QStringLiteral("crash")].toString().startsWith("SIGABRT in"),
             listed.all());
    const auto out = m_scratch->path(QStringLiteral("crash.db"));
    QCOMPARE(musterctl({QStringLiteral("blackbox"), QStringLiteral("save"), only("*.box"),
                        QStringLiteral("--out"), out})
                 .code,
             0);
    const auto stack =
        eventsOf(out).last()[QStringLiteral("data")][QStringLiteral("stack")].toString();
    QVERIFY2(stack.contains(QStringLiteral("musterctl")), qPrintable(stack));
}

void BlackBoxAppTest::wrongUseIsTold()
{
    const auto none = musterctl(
        {QStringLiteral("blackbox"), QStringLiteral("save"), QStringLiteral("--dir"), boxes()});
    QCOMPARE(none.code, 2);
    QVERIFY2(none.err.contains("there is no black box"), none.all());
    const auto session = m_scratch->write(QStringLiteral("a.box"), "SQLite format 3");
    const auto other = musterctl({QStringLiteral("blackbox"), QStringLiteral("save"), session});
    QCOMPARE(other.code, 2);
    QVERIFY2(other.err.contains("this is no black box"), other.all());
    // A run whose box cannot be made runs, and says so.
    const auto file = m_scratch->write(QStringLiteral("file"), "x");
    Running running({QStringLiteral("run"), m_scratch->write(QStringLiteral("b.toml"), kBusy),
                     QStringLiteral("--black-box"), file, QStringLiteral("--for"),
                     QStringLiteral("1s")});
    const auto ended = running.finish();
    QCOMPARE(ended.code, 0);
}

MUSTER_TEST_CASE(BlackBoxAppTest);
#include "black_box_test.moc"
