// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/startup_dialog.h"

#include <QHeaderView>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "models/format.h"
#include "models/startup_model.h"
#include "style/palette.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

constexpr QSize kSize(960, 400);
constexpr int kBar = 8;
constexpr int kColumnWidths[] = {56, 96, 190, 104, 104, 124, 250};

Role colourOf(ServiceState state)
{
    switch (state) {
        case ServiceState::started:
            return Role::accent;
        case ServiceState::failed:
            return Role::bad;
        case ServiceState::waiting:
        case ServiceState::stopped:
            return Role::dim;
    }
    return Role::dim;
}

/// A group's number once, states in their colour, and the span as a bar on the whole start.
class StartupDelegate : public QStyledItemDelegate {
public:
    using QStyledItemDelegate::QStyledItemDelegate;

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const Palette& colours = currentPalette();
        paintRow(painter, option);
        const auto state = static_cast<ServiceState>(index.data(StartupModel::StateRole).toInt());
        const QRect inner = option.rect.adjusted(8, 0, -8, 0);
        if (index.column() == StartupModel::Timeline) {
            paintSpan(*painter, inner, index, colours[colourOf(state)]);
            return;
        }
        if (index.column() == StartupModel::Group &&
            !index.data(StartupModel::FirstOfGroupRole).toBool()) {
            return;
        }
        const bool dim = index.column() == StartupModel::Needs ||
                         index.column() == StartupModel::Group || state == ServiceState::waiting;
        const bool bad = index.column() == StartupModel::State && state == ServiceState::failed;
        painter->setFont(
            fontFor(index.column() == StartupModel::Service ? FontRole::strong : FontRole::body));
        painter->setPen(colours[bad ? Role::bad : dim ? Role::dim : Role::text]);
        const auto alignment = index.data(Qt::TextAlignmentRole).value<Qt::Alignment>();
        painter->drawText(inner, static_cast<int>(alignment),
                          QFontMetrics(painter->font())
                              .elidedText(index.data().toString(), Qt::ElideRight, inner.width()));
    }

private:
    static void paintSpan(QPainter& painter, const QRect& cell, const QModelIndex& index,
                          const QColor& colour)
    {
        const double from = index.data(StartupModel::FromRole).toDouble();
        const double to = index.data(StartupModel::ToRole).toDouble();
        const double y = cell.center().y() + 0.5 - kBar / 2.0;
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(currentPalette()[Role::line]);
        painter.drawRoundedRect(QRectF(cell.left(), y + kBar / 2.0 - 1, cell.width(), 2), 1, 1);
        if (to > from) {
            // What took next to nothing is still a place on the axis.
            const double width = std::max(3.0, cell.width() * (to - from));
            const double left =
                std::min(cell.left() + cell.width() * from, cell.left() + cell.width() - width);
            painter.setBrush(colour);
            painter.drawRoundedRect(QRectF(left, y, width, kBar), 1.5, 1.5);
        }
        painter.restore();
    }
};

QLabel* sentence(const QString& text, FontRole role)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(fontFor(role));
    label->setWordWrap(true);
    return label;
}

QString summaryOf(const EngineStartup& startup, const QString& missing)
{
    if (startup.services.empty()) {
        return missing;
    }
    QStringList failed;
    for (const auto& service : startup.services) {
        if (service.state == ServiceState::failed) {
            failed << QString::fromStdString(service.service);
        }
    }
    if (!failed.empty()) {
        return QObject::tr("It did not: %1 failed. What had started was stopped again.")
            .arg(failed.join(QStringLiteral(", ")));
    }
    const auto groups = std::ranges::max(startup.services, {}, &ServiceStart::group).group + 1;
    return QObject::tr("%1 services in %2 groups, ready after %3.")
        .arg(startup.services.size())
        .arg(groups)
        .arg(figureText(static_cast<double>(startup.ready.count()), Unit::nanoseconds));
}

FlatTable* makeTable(const EngineStartup& startup, const QString& missing)
{
    auto* table = new FlatTable;
    table->setAccessibleName(QObject::tr("How the engine started"));
    table->setModel(new StartupModel(startup, table));
    table->setItemDelegate(new StartupDelegate(table));
    table->setEmptyText(missing);
    auto* header = table->horizontalHeader();
    for (int column = 0; column < StartupModel::ColumnCount; ++column) {
        header->resizeSection(column, kColumnWidths[column]);
    }
    header->setSectionResizeMode(StartupModel::Timeline, QHeaderView::Stretch);
    return table;
}

}  // namespace

StartupDialog::StartupDialog(const EngineStartup& startup, const QString& missing, QWidget* parent)
    : QDialog(parent), m_summary(summaryOf(startup, missing))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("How the engine started"));
    resize(kSize);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(2 * space::kGap, 2 * space::kGap, 2 * space::kGap, 2 * space::kGap);
    rows->setSpacing(space::kGap);
    rows->addWidget(sentence(tr("How the engine started"), FontRole::heading));
    if (!startup.services.empty()) {
        rows->addWidget(sentence(m_summary, FontRole::body));
    }
    rows->addWidget(makeTable(startup, missing), 1);
    auto* note = sentence(tr("Services of one group wait for the groups before it, not for each "
                             "other. Helpers, agents and load of the workload follow when the "
                             "engine is ready."),
                          FontRole::small);
    note->setForegroundRole(QPalette::PlaceholderText);
    rows->addWidget(note);
    auto* buttons = new QHBoxLayout;
    auto* close = new QPushButton(tr("Close"));
    close->setDefault(true);
    buttons->addStretch();
    buttons->addWidget(close);
    rows->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::accept);
}

}  // namespace muster::ui
