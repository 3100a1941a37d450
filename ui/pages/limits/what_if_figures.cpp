// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/what_if_figures.h"

#include "models/csv_text.h"
#include "models/format.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

std::string stateAt(const std::vector<WhatIfMove>& moves, WallTime at)
{
    std::string state = "closed";
    for (const WhatIfMove& move : moves) {
        if (move.at >= at) {
            break;
        }
        state = move.to;
    }
    return state;
}

}  // namespace

WhatIfFigures::WhatIfFigures(const WhatIfStage& stage, Duration span, bool utc, QObject* parent)
    : QAbstractTableModel(parent), m_spans(stage.spans), m_utc(utc)
{
    if (stage.stage != "breaker") {
        return;
    }
    for (const WhatIfSpan& each : m_spans) {
        m_states.push_back({stateAt(stage.recorded.moves, each.at + span),
                            stateAt(stage.proposed.moves, each.at + span)});
    }
}

int WhatIfFigures::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_spans.size());
}

int WhatIfFigures::columnCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : m_states.empty() ? StateWas : ColumnCount;
}

QVariant WhatIfFigures::data(const QModelIndex& index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid)) {
        return {};
    }
    const bool figure = index.column() >= Asked && index.column() <= Proposed;
    if (role == Qt::TextAlignmentRole) {
        return int((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    const auto row = static_cast<std::size_t>(index.row());
    const WhatIfSpan& span = m_spans[row];
    switch (index.column()) {
        case Time:
            return timeText(span.at, m_utc, true);
        case Asked:
            return exactText(span.calls);
        case Recorded:
            return exactText(span.recorded);
        case Proposed:
            return exactText(span.proposed);
        case StateWas:
            return lookOfBreaker(m_states[row].was).text();
        case StateWhatIf:
            return lookOfBreaker(m_states[row].whatIf).text();
        default:
            return {};
    }
}

QVariant WhatIfFigures::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal) {
        return {};
    }
    if (role == Qt::TextAlignmentRole) {
        const bool figure = section >= Asked && section <= Proposed;
        return int((figure ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    }
    if (role != Qt::DisplayRole) {
        return {};
    }
    switch (section) {
        case Time:
            return m_utc ? tr("From, UTC") : tr("From");
        case Asked:
            return tr("Calls asked");
        case Recorded:
            return tr("Rejected");
        case Proposed:
            return tr("What if (counterfactual)");
        case StateWas:
            return tr("Breaker");
        case StateWhatIf:
            return tr("What if (counterfactual)");
        default:
            return {};
    }
}

QString WhatIfFigures::csv() const
{
    QStringList cells{QStringLiteral("time"), QStringLiteral("calls"), QStringLiteral("rejected"),
                      QStringLiteral("what_if_rejected")};
    if (!m_states.empty()) {
        cells << QStringLiteral("state") << QStringLiteral("what_if_state");
    }
    QString text = csvLine(cells);
    for (std::size_t i = 0; i < m_spans.size(); ++i) {
        const WhatIfSpan& span = m_spans[i];
        cells = {QString::fromStdString(toString(span.at)), QString::number(span.calls),
                 QString::number(span.recorded), QString::number(span.proposed)};
        if (!m_states.empty()) {
            cells << QString::fromStdString(m_states[i].was)
                  << QString::fromStdString(m_states[i].whatIf);
        }
        text += csvLine(cells);
    }
    return text;
}

}  // namespace muster::ui
