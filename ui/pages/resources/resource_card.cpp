// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/resource_card.h"

#include <QVBoxLayout>

#include "charts/time_chart.h"
#include "models/format.h"
#include "widgets/big_figure.h"
#include "widgets/key_values.h"
#include "widgets/level_bar.h"
#include "widgets/status_pill.h"

namespace muster::ui {

namespace {

constexpr Duration kForecast =
    std::chrono::seconds(static_cast<int>(ResourceCard::kForecastSeconds));

enum Facts { Limit, Source, Forecast };

struct Drawn {
    const char* name;
    Series series;
    Unit unit;
    std::optional<double> top;
};

/// What is drawn of each resource: its share of the limit where that is a series.
constexpr Drawn kDrawn[] = {
    {"cpu", Series::cpuShare, Unit::share, 1.0},
    {"memory", Series::memoryShare, Unit::share, 1.0},
    {"disk", Series::diskShare, Unit::share, 1.0},
    {"agents", Series::agentsShare, Unit::share, 1.0},
    {"files", Series::filesUsed, Unit::count, {}},
    {"threads", Series::threadsUsed, Unit::count, {}},
    {"queue", Series::mailboxWaiting, Unit::count, {}},
};

bool inCores(const ResourceUse& use)
{
    return use.name == "cpu" && use.unit == "1";
}

/// "1.68 cores", "842 MiB", "98.1 k": the value alone when it is unknown says so.
Figure amount(const ResourceUse& use, const Known& value)
{
    if (value.known() && inCores(use)) {
        return {QString::number(value.value, 'f', 2), QObject::tr("cores")};
    }
    if (value.known() && use.unit == "1") {
        return {exactText(static_cast<std::uint64_t>(value.value)), {}};
    }
    return figure(value, unitOf(use.unit));
}

Role barColour(PressureLevel level)
{
    return level == PressureLevel::normal ? Role::accent : lookOf(level).colour;
}

}  // namespace

ResourceCard::ResourceCard(const ResourceUse& use, const PageContext& context, QWidget* parent)
    : Card(QString::fromStdString(use.title), parent),
      m_name(use.name),
      m_level(new StatusPill(this)),
      m_used(new BigFigure(this)),
      m_bar(new LevelBar(this)),
      m_facts(new KeyValues({tr("Limit"), tr("Set by"), tr("Runs out")}, this))
{
    setObjectName(QStringLiteral("resource.") + QString::fromStdString(use.name));
    m_facts->setTip(Forecast, tr("Straight on from the last minute"));
    body()->setSpacing(space::kTight);
    body()->addWidget(m_used);
    body()->addWidget(m_bar);
    makeChart(use, context);
    body()->addWidget(m_facts);
    setHeaderWidget(m_level);
    setUse(use);
}

void ResourceCard::makeChart(const ResourceUse& use, const PageContext& context)
{
    for (const Drawn& drawn : kDrawn) {
        if (use.name == drawn.name) {
            m_series = drawn.series;
            m_chart = new TimeChart({title(),
                                     drawn.unit,
                                     {{drawn.series, {}, Role::accent, true, false}},
                                     drawn.top,
                                     tr("Nothing was measured yet")},
                                    *context.series, *context.range, *context.crosshair, this);
            m_chart->setPlain();
            body()->addWidget(m_chart, 1);
            return;
        }
    }
    body()->addStretch(1);
}

void ResourceCard::setUse(const ResourceUse& use)
{
    m_used->setFigure(amount(use, use.used), use.share.known()
                                                 ? tr("%1 of limit").arg(shareText(use.share.value))
                                                 : QString());
    m_level->setLook(use.share.known()
                         ? lookOf(use.level)
                         : StatusLook{Role::dim, QStringLiteral("○"), tr("No limit")});
    m_bar->setShare(use.share.known() ? std::optional(use.share.value) : std::nullopt);
    m_bar->setColour(barColour(use.level));
    m_bar->setThresholds(use.thresholds[0], use.thresholds[2]);
    m_bar->setToolTip(tr("Share of the limit; the ticks are the warning and critical. "
                         "limits.set resources.%1.critical changes one")
                          .arg(QString::fromStdString(use.name)));
    m_facts->setValue(Limit,
                      use.limit.known() ? amount(use, use.limit).text()
                                        : QString::fromStdString(use.limit.missing),
                      use.limit.known() ? Role::text : Role::dim);
    m_facts->setValue(
        Source,
        use.limitSource.empty() ? tr("nothing sets one") : QString::fromStdString(use.limitSource),
        use.limitSource.empty() ? Role::dim : Role::text);
    if (use.secondsToLimit.known()) {
        const auto left = std::chrono::duration_cast<Duration>(
            std::chrono::duration<double>(use.secondsToLimit.value));
        // A minute's slope says nothing of days to come.
        const bool near = left <= kForecast;
        m_facts->setValue(Forecast,
                          near ? tr("in about %1").arg(spanText(left))
                               : tr("not within %1").arg(spanText(kForecast)),
                          near ? Role::warn : Role::dim);
    } else {
        // Why there is no forecast is all there is to say of it.
        m_facts->setValue(Forecast, QString::fromStdString(use.secondsToLimit.missing), Role::dim);
    }
    if (m_chart != nullptr) {
        m_chart->setMissing(*m_series, QString::fromStdString(use.used.missing));
    }
}

QString ResourceCard::usedText() const
{
    return m_used->text();
}

QString ResourceCard::forecastText() const
{
    return m_facts->value(Forecast);
}

}  // namespace muster::ui
