// SPDX-License-Identifier: GPL-3.0-or-later
#include "muster/run_text.h"

#include <QStringList>
#include <QTextStream>

#include "models/format.h"

namespace muster::app {

namespace {

using ui::exactText;
using ui::figureText;
using ui::Unit;

constexpr int kColumn = 11;

QString columns(const QStringList& texts)
{
    QString line;
    for (const auto& text : texts) {
        line += text.rightJustified(kColumn) + QLatin1Char(' ');
    }
    return line;
}

QString word(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

QString latency(const Known& known)
{
    return known.known() ? figureText(known.value, Unit::nanoseconds) : QStringLiteral("–");
}

}  // namespace

QString liveHeading()
{
    return columns({QStringLiteral("time"), QStringLiteral("state"), QStringLiteral("agents"),
                    QStringLiteral("events/s"), QStringLiteral("actions/s"), QStringLiteral("ok"),
                    QStringLiteral("failed"), QStringLiteral("p50"), QStringLiteral("p99"),
                    QStringLiteral("waiting"), QStringLiteral("pressure")});
}

QString liveLine(const Snapshot& s)
{
    return columns({ui::clockText(s.uptime), word(toString(s.state)), exactText(s.agents.live),
                    figureText(s.events.publishedPerSecond, Unit::perSecond),
                    figureText(s.actions.perSecond, Unit::perSecond), exactText(s.actions.ok),
                    exactText(s.actions.failed), latency(s.actions.latency.p50),
                    latency(s.actions.latency.p99), exactText(s.waiting.messages),
                    word(toString(s.pressure))});
}

QString expectationText(const ExpectationStatus& expectation)
{
    const auto key = QString::fromStdString(expectation.key) + QLatin1Char(' ') +
                     QString::fromStdString(expectation.condition);
    const auto value = figureText(expectation.value, ui::unitOf(expectation.unit));
    const QString verdict = !expectation.met   ? QStringLiteral("cannot be said")
                            : *expectation.met ? QStringLiteral("held")
                                               : QStringLiteral("NOT MET");
    return QStringLiteral("%1: %2, %3").arg(key, verdict, value);
}

QString summaryText(const RunSummary& summary, const ui::FrameFigures& frames,
                    const QString& session)
{
    QString text;
    QTextStream out(&text);
    const auto line = [&out](const QString& name, const QString& value) {
        out << name.leftJustified(14) << value << QLatin1Char('\n');
    };
    line(QStringLiteral("agents"), exactText(summary.agents));
    line(QStringLiteral("actions"),
         QStringLiteral("%1, %2 ok, %3 failed")
             .arg(exactText(summary.actions), exactText(summary.ok), exactText(summary.failed)));
    line(QStringLiteral("latency"),
         QStringLiteral("p50 %1, p99 %2")
             .arg(latency(summary.latency.p50), latency(summary.latency.p99)));
    if (summary.load) {
        line(QStringLiteral("load"),
             QStringLiteral("%1: %2 offered, %3 achieved, %4 dropped")
                 .arg(QString::fromUtf8(toString(summary.load->model).data()),
                      exactText(summary.load->offered), exactText(summary.load->achieved),
                      exactText(summary.load->dropped)));
        line({}, QString::fromUtf8(omissionNote(summary.load->model).data()));
    }
    line(QStringLiteral("events"),
         QStringLiteral("%1, %2 stored, %3 counted only, %4 dropped")
             .arg(exactText(summary.events), exactText(summary.stored),
                  exactText(summary.countedOnly), exactText(summary.dropped)));
    line(QStringLiteral("time"), ui::tookText(summary.wall));
    if (frames.frames > 0) {
        line(QStringLiteral("frames"), QStringLiteral("%1, p50 %2 ms, p99 %3 ms, longest %4 ms")
                                           .arg(exactText(frames.frames))
                                           .arg(frames.p50Ms, 0, 'f', 1)
                                           .arg(frames.p99Ms, 0, 'f', 1)
                                           .arg(frames.maxMs, 0, 'f', 1));
    }
    for (const auto& each : summary.expectations) {
        line(QStringLiteral("expected"), expectationText(each));
    }
    if (!session.isEmpty()) {
        line(QStringLiteral("session"), session);
    }
    if (summary.failure) {
        line(QStringLiteral("failed"), QString::fromStdString(summary.failure->text()));
    }
    return text;
}

}  // namespace muster::app
