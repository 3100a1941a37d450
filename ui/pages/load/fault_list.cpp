// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/fault_list.h"

#include <QScrollArea>
#include <QVBoxLayout>

#include "models/format.h"
#include "widgets/attention_list.h"

namespace muster::ui {

namespace {

/// "delay 200ms of buy · 9 s left · 231 hit at 50 %": the first part is what may not be cut off.
QString textOf(const FaultStatus& fault)
{
    QString what = QString::fromStdString(fault.fault);
    if (!fault.value.empty()) {
        what += QLatin1Char(' ') + QString::fromStdString(fault.value);
    }
    if (!fault.action.empty()) {
        what = FaultList::tr("%1 of %2").arg(what, QString::fromStdString(fault.action));
    }
    QStringList parts{what};
    parts << (fault.left ? FaultList::tr("%1 left").arg(
                               exactSpanText(std::chrono::ceil<std::chrono::seconds>(*fault.left)))
                         : FaultList::tr("until ended"));
    if (!fault.action.empty()) {
        const QString hits = FaultList::tr("%1 hit").arg(exactText(fault.hits));
        parts << (fault.share < 1 ? FaultList::tr("%1 at %2").arg(hits, shareText(fault.share))
                                  : hits);
    }
    return parts.join(QStringLiteral(" · "));
}

}  // namespace

FaultList::FaultList(QWidget* parent)
    : Card(tr("Faults in force"), parent), m_list(new AttentionList(this))
{
    m_list->setAccessibleName(tr("Faults in force"));
    m_list->setEmptyText(tr("Nothing is broken on purpose"));
    body()->addWidget(m_list->makeScrolled(this), 1);
    connect(m_list, &AttentionList::activated, this, &FaultList::commandRequested);
}

void FaultList::setFaults(const std::vector<FaultStatus>& faults)
{
    std::vector<AttentionItem> items;
    for (const FaultStatus& fault : faults) {
        items.push_back(
            {Severity::warning, textOf(fault).toStdString(), tr("End").toStdString(), fault.end});
    }
    m_list->setItems(items);
    setValue(items.empty() ? QString() : exactText(items.size()), Role::warn);
}

void FaultList::setReadOnly(bool readOnly)
{
    m_list->setReadOnly(readOnly);
}

QStringList FaultList::texts() const
{
    return m_list->texts();
}

}  // namespace muster::ui
