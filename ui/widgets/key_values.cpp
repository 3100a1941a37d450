// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/key_values.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

namespace muster::ui {

namespace {

constexpr int kRow = 23;

}  // namespace

KeyValues::KeyValues(const QStringList& keys, QWidget* parent) : QWidget(parent)
{
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setKeys(keys);
}

void KeyValues::setKeys(const QStringList& keys)
{
    const bool same = std::equal(keys.begin(), keys.end(), m_rows.begin(), m_rows.end(),
                                 [](const QString& key, const Row& row) { return key == row.key; });
    if (same) {
        return;
    }
    m_rows.clear();
    for (const QString& key : keys) {
        m_rows.push_back({key, {}, {}, Role::text});
    }
    updateGeometry();
    update();
}

void KeyValues::setValue(int row, const QString& value, Role colour)
{
    Row& one = m_rows.at(static_cast<std::size_t>(row));
    if (one.value == value && one.colour == colour) {
        return;
    }
    one.value = value;
    one.colour = colour;
    setAccessibleDescription(texts().join(QStringLiteral("; ")));
    update();
}

QStringList KeyValues::texts() const
{
    QStringList texts;
    for (const Row& each : m_rows) {
        texts << each.key + QStringLiteral(": ") + each.value;
    }
    return texts;
}

void KeyValues::setTip(int row, const QString& tip)
{
    m_rows.at(static_cast<std::size_t>(row)).tip = tip;
}

QString KeyValues::value(int row) const
{
    return m_rows.at(static_cast<std::size_t>(row)).value;
}

QSize KeyValues::sizeHint() const
{
    return {180, kRow * static_cast<int>(m_rows.size())};
}

bool KeyValues::event(QEvent* event)
{
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const auto row = static_cast<std::size_t>(help->pos().y() / kRow);
        if (row < m_rows.size()) {
            const Row& one = m_rows[row];
            QToolTip::showText(help->globalPos(), one.tip.isEmpty() ? one.value : one.tip, this);
        }
        return true;
    }
    return QWidget::event(event);
}

void KeyValues::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setFont(fontFor(FontRole::small));
    const QFontMetrics metrics(painter.font());
    int top = 0;
    for (const Row& row : m_rows) {
        const int key = metrics.horizontalAdvance(row.key) + space::kGap;
        painter.setPen(colours[Role::dim]);
        painter.drawText(QRect(0, top, width(), kRow), Qt::AlignLeft | Qt::AlignVCenter, row.key);
        painter.setPen(colours[row.colour]);
        painter.drawText(QRect(key, top, width() - key, kRow), Qt::AlignRight | Qt::AlignVCenter,
                         metrics.elidedText(row.value, Qt::ElideRight, width() - key));
        if (&row != &m_rows.back()) {
            painter.fillRect(0, top + kRow - 1, width(), 1,
                             colours.tint(Role::line, Role::panel, 0.55));
        }
        top += kRow;
    }
}

}  // namespace muster::ui
