// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/relief_card.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "models/format.h"
#include "pages/resources/cleanup_list.h"
#include "style/status_look.h"
#include "widgets/key_values.h"

namespace muster::ui {

namespace {

enum Totals { Highest, Given, Refused, Thinned, Shed };

Role roleOf(std::uint64_t count)
{
    return count > 0 ? Role::warn : Role::dim;
}

}  // namespace

ReliefCard::ReliefCard(QWidget* parent)
    : Card(tr("What pressure did"), parent),
      m_totals(new KeyValues({tr("Highest level"), tr("Given back"), tr("Agents refused"),
                              tr("Events thinned"), tr("Load shed")},
                             this)),
      m_cleanups(new CleanupList(this))
{
    setObjectName(QStringLiteral("relief"));
    m_totals->setAccessibleName(tr("What pressure did since the run began"));
    m_totals->setTip(Refused, tr("That were to be created, and were not admitted"));
    m_totals->setTip(Thinned, tr("Counted, not kept: what may be sampled"));
    m_totals->setTip(Shed, tr("Arrivals that were not offered"));
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setAccessibleName(tr("The last clean-ups"));
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(m_cleanups);
    m_cleanups->setAutoFillBackground(false);
    body()->setSpacing(space::kTight);
    body()->addWidget(m_totals);
    body()->addWidget(scroll, 1);
}

void ReliefCard::setSnapshot(const Snapshot& snapshot)
{
    const PressureTotals& totals = snapshot.pressureTotals;
    const StatusLook highest = lookOf(totals.highest);
    m_totals->setValue(Highest, highest.text(),
                       totals.highest == PressureLevel::normal ? Role::dim : highest.colour);
    m_totals->setTip(Highest, totals.highestCause.empty()
                                  ? tr("No limit was near")
                                  : QString::fromStdString(totals.highestCause));
    QStringList given;
    for (const auto& [resource, amount] : totals.cleanups.freed) {
        given << amountText(static_cast<double>(amount), resource, snapshot.resources);
    }
    m_totals->setValue(Given, given.isEmpty() ? tr("nothing") : given.join(QStringLiteral(", ")),
                       given.isEmpty() ? Role::dim : Role::text);
    m_totals->setValue(Refused, exactText(totals.agentsRefused), roleOf(totals.agentsRefused));
    m_totals->setValue(Thinned, exactText(totals.eventsThinned), roleOf(totals.eventsThinned));
    m_totals->setValue(Shed, exactText(snapshot.load.shed), roleOf(snapshot.load.shed));
    m_cleanups->setCleanups(snapshot.cleanups, snapshot.resources);
    const auto& runs = totals.cleanups;
    setValue(runs.runs == 0 ? QString()
             : runs.failed > 0
                 ? tr("%1 clean-ups, %2 failed").arg(exactText(runs.runs), exactText(runs.failed))
                 : tr("%1 clean-ups").arg(exactText(runs.runs)),
             runs.failed > 0 ? Role::bad : Role::faint);
}

void ReliefCard::setUtc(bool utc)
{
    m_cleanups->setUtc(utc);
}

}  // namespace muster::ui
