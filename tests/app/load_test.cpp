// SPDX-License-Identifier: Apache-2.0
#include <QFile>
#include <algorithm>
#include <cmath>

#include "program.h"
#include "support/test_case.h"

using namespace muster::tests;

namespace {

const char* const kShop = R"([workload]
name = "shop"
[[agents]]
name = "clerk"
count = 40
action = "buy"
[actions.buy]
kind = "synthetic"
wait = { shape = "lognormal", mean = "8ms", deviation = "4ms" }
[[load]]
)";

/// The arrivals of a load file, in nanoseconds.
QList<qint64> arrivalsIn(const QString& file)
{
    QList<qint64> times;
    QFile in(file);
    if (!in.open(QIODevice::ReadOnly)) {
        return times;
    }
    for (const auto& line : in.readAll().split('\n')) {
        const auto words = line.split(' ');
        if (words.size() != 3 || !line.front() || line.front() < '0' || line.front() > '9') {
            continue;
        }
        const auto count = words[2].toLongLong();
        for (qint64 i = 0; i < count; ++i) {
            const double share =
                count > 1 ? static_cast<double>(i) / static_cast<double>(count - 1) : 0;
            times.append(words[0].toLongLong() + std::llround(words[1].toDouble() * share));
        }
    }
    return times;
}

/// How much the times between them differ, in nanoseconds, smallest first.
QList<qint64> errorsBetween(const QList<qint64>& a, const QList<qint64>& b)
{
    QList<qint64> errors;
    for (qsizetype i = 1; i < std::min(a.size(), b.size()); ++i) {
        errors.append(std::abs((a[i] - a[i - 1]) - (b[i] - b[i - 1])));
    }
    std::sort(errors.begin(), errors.end());
    return errors;
}

}  // namespace

/// What came in a recorded run, made to come again.
class LoadTest : public QObject {
    Q_OBJECT

private slots:
    void initTestCase();
    void arrivalsComeAgainAsTheyCameUnderVirtualTime();
    void arrivalsComeAgainAsTheyCameInRealTime();
    void aFactorMakesThemMore();
    void aClosedLoadSaysWhatItIs();
    void whatCannotBeIsRefused_data();
    void whatCannotBeIsRefused();

private:
    [[nodiscard]] QString save(const QString& database, const QString& name,
                               const QStringList& more = {}) const
    {
        const auto file = m_scratch.path(name);
        const auto made =
            musterctl(QStringList{"load", database, "--out", file, "--format", "json"} + more);
        if (made.code != 0) {
            qFatal("%s", made.all().constData());
        }
        return file;
    }
    /// A run of those arrivals, into a session of that name.
    [[nodiscard]] QString again(const QString& verb, const QString& file, const QString& name) const
    {
        const auto database = m_scratch.path(name);
        const auto text =
            kShop + QByteArray("model = \"recorded\"\nfile = \"") + file.toUtf8() + "\"\n";
        const auto ran = musterctl({verb, m_scratch.write(name + ".toml", text), "--db", database});
        if (ran.code != 0) {
            qFatal("%s", ran.all().constData());
        }
        return database;
    }

    Scratch m_scratch;
    QString m_database;
};

void LoadTest::initTestCase()
{
    m_database = m_scratch.path("shop.db");
    const auto text =
        kShop + QByteArray(
                    "model = \"open\"\nstages = [{ for = \"3s\", to = \"900/s\" }, "
                    "{ for = \"1s\", to = \"900/s\" }, { for = \"0s\", to = \"30/s\" }, "
                    "{ for = \"2s\", to = \"30/s\" }]\n");
    const auto ran =
        musterctl({"sim", m_scratch.write("shop.toml", text), "--seed", "3", "--db", m_database});
    QVERIFY2(ran.code == 0, ran.all());
}

void LoadTest::arrivalsComeAgainAsTheyCameUnderVirtualTime()
{
    const auto first = save(m_database, "first.load", {"--from", "1s", "--to", "5s"});
    const auto expected = arrivalsIn(first);
    QVERIFY(expected.size() > 2'000);
    const auto second = save(again("sim", first, "again.db"), "second.load");
    const auto errors = errorsBetween(expected, arrivalsIn(second));
    QCOMPARE(errors.size(), expected.size() - 1);
    qInfo("virtual time: error between arrivals p50 %lld ns, p99 %lld ns, most %lld ns",
          errors[errors.size() / 2], errors[errors.size() * 99 / 100], errors.last());
    QVERIFY2(errors.last() <= 2'002, qPrintable(QString::number(errors.last())));
}

void LoadTest::arrivalsComeAgainAsTheyCameInRealTime()
{
    const auto first = save(m_database, "short.load", {"--from", "3s", "--to", "4500ms"});
    const auto expected = arrivalsIn(first);
    const auto second = save(again("run", first, "real.db"), "real.load");
    const auto errors = errorsBetween(expected, arrivalsIn(second));
    QCOMPARE(errors.size(), expected.size() - 1);
    qInfo("real time: error between arrivals p50 %lld ns, p99 %lld ns, most %lld ns",
          errors[errors.size() / 2], errors[errors.size() * 99 / 100], errors.last());
    // Planned, however late the machine let the generator send them.
    QVERIFY2(errors.last() <= 2'002, qPrintable(QString::number(errors.last())));
}

void LoadTest::aFactorMakesThemMore()
{
    const auto once = arrivalsIn(save(m_database, "once.load"));
    for (const double factor : {0.5, 2.0, 10.0}) {
        const auto name = QString::number(factor);
        const auto file = save(m_database, name + ".load", {"--factor", name});
        QVERIFY(std::abs(static_cast<double>(arrivalsIn(file).size()) -
                         static_cast<double>(once.size()) * factor) <= 1);
    }
    const auto shown = musterctl({"load", m_database, "--factor", "2"});
    QVERIFY2(shown.out.contains("Nothing is saved") && shown.out.contains("as they were due"),
             shown.all());
}

void LoadTest::aClosedLoadSaysWhatItIs()
{
    const auto database = m_scratch.path("closed.db");
    const auto text = kShop + QByteArray("model = \"closed\"\nusers = 10\n");
    QCOMPARE(
        musterctl({"sim", m_scratch.write("closed.toml", text), "--for", "5s", "--db", database})
            .code,
        0);
    const auto json = musterctl({"load", database, "--format", "json"}).lastJson();
    QCOMPARE(json["source"].toString(), QString("users"));
    QCOMPARE(json["error_ns"].toInteger(), qint64{2'000'001});
    QVERIFY(json["arrivals"].toInteger() > 4'000);
}

void LoadTest::whatCannotBeIsRefused_data()
{
    QTest::addColumn<QStringList>("more");
    QTest::addColumn<QByteArray>("said");
    const QString out = m_scratch.path("never.load");
    QTest::newRow("nothing came") << QStringList{"--from", "5h"} << QByteArray("nothing arrived");
    QTest::newRow("backwards") << QStringList{"--from", "4s", "--to", "2s"}
                               << QByteArray("nothing arrived");
    QTest::newRow("a moment that is none") << QStringList{"--from", "noon"} << QByteArray("--from");
    QTest::newRow("a factor that is too large")
        << QStringList{"--factor", "11"} << QByteArray("--factor");
    QTest::newRow("over a session")
        << QStringList{"--out", m_database} << QByteArray("this is a session");
    QTest::newRow("nowhere") << QStringList{"--out", m_scratch.path("no/such/a.load")}
                             << QByteArray("cannot be written");
}

void LoadTest::whatCannotBeIsRefused()
{
    QFETCH(QStringList, more);
    QFETCH(QByteArray, said);
    const auto made = musterctl(QStringList{"load", m_database} + more);
    QVERIFY2(made.code == 2 || made.code == 1, made.all());
    QVERIFY2(made.err.contains(said), made.all());
}

MUSTER_TEST_CASE(LoadTest);
#include "load_test.moc"
