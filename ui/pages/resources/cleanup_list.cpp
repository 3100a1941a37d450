// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/cleanup_list.h"

#include <QHelpEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "models/format.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kTimeWidth = 58;
constexpr int kGlyphWidth = 16;

QString from(const std::string& text)
{
    return QString::fromStdString(text);
}

}  // namespace

QString amountText(double amount, const std::string& resource,
                   const std::vector<ResourceUse>& resources)
{
    const auto use = std::ranges::find(resources, resource, &ResourceUse::name);
    if (use == resources.end() || use->unit == "1") {
        return CleanupList::tr("%1 %2").arg(exactText(static_cast<std::uint64_t>(amount)),
                                            from(resource));
    }
    return figureText(amount, unitOf(use->unit));
}

CleanupList::CleanupList(QWidget* parent) : QWidget(parent)
{
    setAccessibleName(tr("Clean-ups"));
}

void CleanupList::setCleanups(const std::vector<CleanupStatus>& cleanups,
                              const std::vector<ResourceUse>& resources)
{
    const bool same = m_rows.size() == cleanups.size() &&
                      (cleanups.empty() || (m_rows.front().at == cleanups.back().at &&
                                            m_rows.front().who == from(cleanups.back().hook)));
    if (same) {
        return;
    }
    m_rows.clear();
    for (auto each = cleanups.rbegin(); each != cleanups.rend(); ++each) {
        Row row{each->at, from(each->hook), {}, from(each->failure), {}, each->slight};
        if (each->failure.empty()) {
            row.gave = each->freed.known()
                           ? amountText(each->freed.value, each->resource, resources)
                           : tr("not measured");
        }
        row.tip = tr("%1: asked for %2, of %3")
                      .arg(from(each->stage),
                           amountText(static_cast<double>(each->asked), each->resource, resources),
                           from(each->resource));
        m_rows.push_back(std::move(row));
    }
    setAccessibleDescription(texts().join(QStringLiteral("; ")));
    setMinimumHeight(heightFor(width()));
    update();
}

void CleanupList::setUtc(bool utc)
{
    m_utc = utc;
    update();
}

QStringList CleanupList::texts() const
{
    QStringList texts;
    for (const Row& row : m_rows) {
        texts << (row.why.isEmpty() ? tr("%1: %2").arg(row.who, row.gave)
                                    : tr("%1, failed: %2").arg(row.who, row.why));
    }
    return texts;
}

QRect CleanupList::reasonRect(const Row& row, int top, int width) const
{
    constexpr int kAny = 10'000;
    const int left = kTimeWidth + kGlyphWidth;
    return QFontMetrics(fontFor(FontRole::small))
        .boundingRect(QRect(left, top + kRow - 4, std::max(40, width - left), kAny),
                      Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, row.why);
}

int CleanupList::heightOf(const Row& row, int width) const
{
    return row.why.isEmpty() ? kRow : kRow + reasonRect(row, 0, width).height();
}

int CleanupList::heightFor(int width) const
{
    int height = 0;
    for (const Row& row : m_rows) {
        height += heightOf(row, width);
    }
    return std::max(kRow, height);
}

void CleanupList::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    setMinimumHeight(heightFor(width()));
}

bool CleanupList::event(QEvent* event)
{
    if (event->type() != QEvent::ToolTip) {
        return QWidget::event(event);
    }
    const auto* help = static_cast<QHelpEvent*>(event);
    int top = 0;
    for (const Row& row : m_rows) {
        const int next = top + heightOf(row, width());
        if (help->pos().y() >= top && help->pos().y() < next) {
            QToolTip::showText(help->globalPos(), row.tip, this);
            return true;
        }
        top = next;
    }
    QToolTip::hideText();
    return true;
}

void CleanupList::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setFont(fontFor(FontRole::small));
    if (m_rows.empty()) {
        painter.setPen(colours[Role::dim]);
        painter.drawText(rect(), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap,
                         tr("Nothing had to be given back"));
        return;
    }
    const QFontMetrics metrics(painter.font());
    int top = 0;
    for (const Row& row : m_rows) {
        const bool failed = !row.why.isEmpty();
        const Role colour = failed ? Role::bad : row.slight ? Role::warn : Role::ok;
        const QString glyph = failed       ? QStringLiteral("◆")
                              : row.slight ? QStringLiteral("◐")
                                           : QStringLiteral("●");
        painter.setPen(colours[Role::faint]);
        painter.drawText(QRect(0, top, kTimeWidth, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         timeText(row.at, m_utc));
        painter.setPen(colours[colour]);
        painter.drawText(QRect(kTimeWidth, top, kGlyphWidth, kRow),
                         Qt::AlignLeft | Qt::AlignVCenter, glyph);
        const QString gave = failed ? tr("failed") : row.gave;
        const int right = metrics.horizontalAdvance(gave);
        painter.setPen(colours[failed ? Role::bad : Role::text]);
        painter.drawText(QRect(0, top, width(), kRow), Qt::AlignRight | Qt::AlignVCenter, gave);
        const int left = kTimeWidth + kGlyphWidth;
        const int room = width() - left - right - space::kSmall;
        painter.setPen(colours[Role::text]);
        painter.drawText(QRect(left, top, room, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(row.who, Qt::ElideRight, room));
        if (failed) {
            painter.setPen(colours[Role::dim]);
            painter.drawText(reasonRect(row, top, width()),
                             Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, row.why);
        }
        top += heightOf(row, width());
    }
}

}  // namespace muster::ui
