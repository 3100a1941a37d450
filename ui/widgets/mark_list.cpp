// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/mark_list.h"

#include <QPainter>

#include "models/format.h"
#include "style/palette.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

constexpr int kRow = 24;
constexpr int kTimeWidth = 66;
constexpr int kGlyphWidth = 20;

}  // namespace

MarkList::MarkList(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Changes"));
}

void MarkList::setMarks(const std::vector<Mark>& marks)
{
    const auto same = [](const Mark& one, const Mark& other) {
        return one.sequence == other.sequence && one.at == other.at;
    };
    if (std::equal(marks.begin(), marks.end(), m_marks.begin(), m_marks.end(), same)) {
        return;
    }
    m_marks = marks;
    setAccessibleDescription(texts().join(QStringLiteral("; ")));
    update();
}

void MarkList::setUtc(bool utc)
{
    m_utc = utc;
    update();
}

QStringList MarkList::texts() const
{
    QStringList texts;
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend(); ++mark) {
        texts << QString::fromStdString(mark->text);
    }
    return texts;
}

void MarkList::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setFont(fontFor(FontRole::small));
    if (m_marks.empty()) {
        painter.setPen(colours[Role::dim]);
        painter.drawText(QRect(0, 0, width(), kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         tr("Nothing has changed since the run began"));
        return;
    }
    const QFontMetrics metrics(painter.font());
    int top = 0;
    for (auto mark = m_marks.rbegin(); mark != m_marks.rend() && top + kRow <= height();
         ++mark, top += kRow) {
        const StatusLook look = lookOfMark(mark->kind);
        painter.setPen(colours[Role::faint]);
        painter.drawText(QRect(0, top, kTimeWidth, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         timeText(mark->at, m_utc));
        painter.setPen(colours[look.colour]);
        painter.drawText(QRect(kTimeWidth, top, kGlyphWidth, kRow),
                         Qt::AlignLeft | Qt::AlignVCenter, look.glyph);
        const int left = kTimeWidth + kGlyphWidth;
        painter.setPen(colours[Role::text]);
        painter.drawText(
            QRect(left, top, width() - left, kRow), Qt::AlignLeft | Qt::AlignVCenter,
            metrics.elidedText(QString::fromStdString(mark->text), Qt::ElideRight, width() - left));
        painter.fillRect(0, top + kRow - 1, width(), 1,
                         colours.tint(Role::line, Role::panel, 0.55));
    }
}

}  // namespace muster::ui
