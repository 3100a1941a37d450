// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/run_card.h"

#include <QVBoxLayout>

#include "models/format.h"
#include "widgets/key_values.h"

namespace muster::ui {

namespace {

constexpr std::size_t kMostExpectations = 6;

bool isOver(const Snapshot& snapshot)
{
    return snapshot.state == RunState::finished || snapshot.state == RunState::failed;
}

std::size_t shownExpectations(const Snapshot& snapshot)
{
    return std::min(snapshot.expectations.size(), kMostExpectations);
}

QStringList keysOf(const Snapshot& snapshot)
{
    QStringList keys{RunCard::tr("Time"), RunCard::tr("Input"), RunCard::tr("Stages")};
    for (std::size_t at = 0; at < shownExpectations(snapshot); ++at) {
        const auto& one = snapshot.expectations[at];
        keys << QString::fromStdString(one.key + ' ' + one.condition);
    }
    return keys;
}

QString inputText(const LoadStatus& load)
{
    if (load.inputTotal) {
        return RunCard::tr("%1 of %2").arg(exactText(load.inputTaken), exactText(*load.inputTotal));
    }
    return load.inputTaken > 0 ? RunCard::tr("%1 so far").arg(exactText(load.inputTaken))
                               : RunCard::tr("none needed");
}

QString stageText(const LoadStatus& load)
{
    if (load.stages.empty()) {
        return RunCard::tr("one target throughout");
    }
    return load.stage >= load.stages.size()
               ? RunCard::tr("all %1 done").arg(load.stages.size())
               : RunCard::tr("%1 of %2").arg(load.stage + 1).arg(load.stages.size());
}

}  // namespace

RunCard::RunCard(QWidget* parent) : Card(tr("This run"), parent), m_rows(new KeyValues({}, this))
{
    m_rows->setAccessibleName(tr("This run"));
    body()->addWidget(m_rows);
    body()->addStretch(1);
}

void RunCard::setSnapshot(const Snapshot& snapshot)
{
    m_rows->setKeys(keysOf(snapshot));
    const bool none = snapshot.state == RunState::idle;
    const auto show = [this, none](int row, const QString& text) {
        m_rows->setValue(row, none ? tr("nothing runs yet") : text, none ? Role::dim : Role::text);
    };
    show(0, isOver(snapshot) ? tookText(snapshot.uptime) : clockText(snapshot.uptime));
    show(1, inputText(snapshot.load));
    show(2, stageText(snapshot.load));
    showExpectations(snapshot, 3);
}

void RunCard::showExpectations(const Snapshot& snapshot, int row)
{
    std::size_t broken = 0;
    for (const auto& one : snapshot.expectations) {
        broken += one.met == false ? 1 : 0;
    }
    const auto all = snapshot.expectations.size();
    setValue(all == 0     ? tr("expects nothing")
             : broken > 0 ? tr("✕ %1 of %2 not held").arg(broken).arg(all)
                          : tr("%n expected", nullptr, static_cast<int>(all)),
             broken > 0 ? Role::bad : Role::dim);
    for (std::size_t at = 0; at < shownExpectations(snapshot); ++at, ++row) {
        const auto& one = snapshot.expectations[at];
        if (!one.met) {
            m_rows->setValue(row, tr("○ not known yet"), Role::dim);
            m_rows->setTip(row, QString::fromStdString(one.value.missing));
            continue;
        }
        const auto value = one.value.known() ? figureText(one.value, unitOf(one.unit)) : QString();
        m_rows->setValue(row,
                         (*one.met ? tr("● held  %1") : tr("✕ not held  %1")).arg(value).trimmed(),
                         *one.met ? Role::ok : Role::bad);
        m_rows->setTip(row, {});
    }
}

int RunCard::rowsHeight() const
{
    return m_rows->sizeHint().height();
}

QStringList RunCard::texts() const
{
    return m_rows->texts();
}

}  // namespace muster::ui
