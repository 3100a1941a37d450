// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/pressure_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "models/format.h"
#include "pages/resources/resource_card.h"
#include "style/palette.h"
#include "widgets/mark_list.h"
#include "widgets/status_pill.h"

namespace muster::ui {

namespace {

constexpr int kHeight = 168;  // of the longest meaning: no other level moves the page

/// What the engine does at each level (api/internal/resource_watch.h).
QString meaningOf(PressureLevel level)
{
    switch (level) {
        case PressureLevel::normal:
            return QObject::tr(
                "Nothing is held back. Unless set otherwise, elevated from 80 % of a limit, severe "
                "from 90 %, critical from 95 %.");
        case PressureLevel::elevated:
            return QObject::tr(
                "A warning: garbage and caches are given back, agents are made in smaller batches, "
                "of events that may be sampled one in 4 is kept. Severe from 90 % of a limit, "
                "critical from 95 %.");
        case PressureLevel::severe:
            return QObject::tr(
                "Little is left: agents of low priority go over their quota, one event in 16 is "
                "kept. From 95 % of a limit no new agents are admitted.");
        case PressureLevel::critical:
            return QObject::tr(
                "No new agents are admitted, half of the load is given up and only events that are "
                "always kept are stored, until it has eased for 5 s. A full disk holds back only "
                "what "
                "is recorded.");
    }
    return {};
}

/// The page's question, answered: what runs out first, and when.
QString firstToRunOut(const std::vector<ResourceUse>& resources)
{
    const ResourceUse* first = nullptr;
    for (const ResourceUse& use : resources) {
        const bool sooner =
            use.secondsToLimit.known() &&
            (first == nullptr || use.secondsToLimit.value < first->secondsToLimit.value);
        first = sooner ? &use : first;
    }
    if (first == nullptr || first->secondsToLimit.value > ResourceCard::kForecastSeconds) {
        return QObject::tr("As things go nothing runs out within an hour");
    }
    const auto left = std::chrono::duration_cast<Duration>(
        std::chrono::duration<double>(first->secondsToLimit.value));
    return QObject::tr("Runs out first: %1, in about %2")
        .arg(QString::fromStdString(first->title), spanText(left));
}

}  // namespace

PressureCard::PressureCard(QWidget* parent)
    : Card(tr("Pressure"), parent),
      m_level(new StatusPill(this)),
      m_cause(new QLabel(this)),
      m_first(new QLabel(this)),
      m_meaning(new QLabel(this)),
      m_marks(new MarkList(this))
{
    m_cause->setFont(fontFor(FontRole::heading));
    m_meaning->setWordWrap(true);
    m_meaning->setForegroundRole(QPalette::PlaceholderText);
    m_meaning->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    setHeaderWidget(m_level);
    setMinimumHeight(kHeight);
    auto* words = new QVBoxLayout;
    words->setSpacing(space::kTight);
    words->addWidget(m_cause);
    words->addWidget(m_first);
    words->addWidget(m_meaning, 1);
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * space::kPage);
    row->addLayout(words, 2);
    row->addWidget(m_marks, 3);
    body()->addLayout(row);
}

void PressureCard::setSnapshot(const Snapshot& snapshot)
{
    m_level->setLook(lookOf(snapshot.pressure));
    QString cause = QString::fromStdString(snapshot.pressureCause);
    if (cause.isEmpty()) {
        cause = tr("No limit is near");
    }
    cause[0] = cause[0].toUpper();
    m_cause->setText(cause);
    m_first->setText(firstToRunOut(snapshot.resources));
    m_meaning->setText(meaningOf(snapshot.pressure));
    std::vector<Mark> marks;
    std::copy_if(snapshot.marks.begin(), snapshot.marks.end(), std::back_inserter(marks),
                 [](const Mark& mark) { return mark.kind == "pressure" || mark.kind == "limit"; });
    m_marks->setMarks(marks);
}

void PressureCard::setUtc(bool utc)
{
    m_marks->setUtc(utc);
}

QString PressureCard::meaning() const
{
    return m_meaning->text();
}

}  // namespace muster::ui
