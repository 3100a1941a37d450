// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/help_overlay.h"

#include <QKeyEvent>
#include <QLabel>
#include <QPainter>
#include <QTextDocumentFragment>
#include <QVBoxLayout>

#include "shell/actions.h"
#include "style/palette.h"

namespace muster::ui {

HelpOverlay::HelpOverlay(const Actions& actions, QWidget* window)
    : QWidget(window), m_actions(actions), m_keys(new QLabel)
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(3 * space::kGap, 2 * space::kGap, 3 * space::kGap, 2 * space::kGap);
    m_keys->setTextFormat(Qt::RichText);
    rows->addWidget(m_keys);
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Keys"));
    window->installEventFilter(this);
    hide();
}

void HelpOverlay::toggle()
{
    if (isVisible()) {
        hide();
        return;
    }
    m_keys->setText(html());
    show();
    place();
    raise();
    setFocus();
}

QString HelpOverlay::html() const
{
    const auto& palette = currentPalette();
    QStringList groups;
    QHash<QString, QString> rows;
    for (const auto& each : m_actions.keys()) {
        if (!groups.contains(each.group)) {
            groups << each.group;
        }
        rows[each.group] += QStringLiteral(
                                "<tr><td style='padding:2px 18px 2px 0;color:%1'>%2</td>"
                                "<td style='padding:2px 0'>%3</td></tr>")
                                .arg(palette[Role::accent].name(), each.keys.toHtmlEscaped(),
                                     each.title.toHtmlEscaped());
    }
    // Two columns: the groups in order, the second half at the right.
    QString columns[2];
    int filled = 0;
    const auto total = static_cast<int>(m_actions.keys().size());
    for (const auto& group : groups) {
        columns[filled * 2 > total ? 1 : 0] +=
            QStringLiteral("<p style='color:%1;margin:10px 0 4px 0'>%2</p><table>%3</table>")
                .arg(palette[Role::dim].name(), group, rows[group]);
        filled += static_cast<int>(rows[group].count(QLatin1String("<tr>")));
    }
    return QStringLiteral(
               "<table><tr><td style='padding-right:48px'>%1</td><td>%2</td></tr>"
               "</table><p style='color:%3'>%4</p>")
        .arg(columns[0], columns[1], palette[Role::faint].name(),
             tr("On a chart: arrows move the crosshair, + and − zoom, Enter shows the figures as a "
                "table.<br>Escape closes this. Everything is in the palette too: Ctrl+K."));
}

QString HelpOverlay::text() const
{
    return QTextDocumentFragment::fromHtml(m_keys->text()).toPlainText();
}

void HelpOverlay::place()
{
    adjustSize();
    move((parentWidget()->width() - width()) / 2, (parentWidget()->height() - height()) / 2);
}

void HelpOverlay::keyPressEvent(QKeyEvent*)
{
    hide();
}

void HelpOverlay::mousePressEvent(QMouseEvent*)
{
    hide();
}

bool HelpOverlay::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

void HelpOverlay::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(currentPalette()[Role::accent]);
    painter.setBrush(currentPalette()[Role::panel]);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadius,
                            space::kRadius);
}

}  // namespace muster::ui
