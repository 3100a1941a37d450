// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/attention_list.h"

#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QTextLayout>

#include "style/palette.h"
#include "style/status_look.h"

namespace muster::ui {

namespace {

constexpr int kGlyph = 22;

}  // namespace

/// One item: glyph, sentence, button.
class AttentionRow : public QWidget {
public:
    explicit AttentionRow(QWidget* parent) : QWidget(parent), m_button(new QPushButton(this))
    {
        m_button->setProperty("flat", true);
        m_button->setCursor(Qt::PointingHandCursor);
    }

    void setItem(const AttentionItem& item, bool readOnly)
    {
        m_look = lookOf(item.severity);
        m_text = QString::fromStdString(item.text);
        m_button->setText(QString::fromStdString(item.action));
        m_button->setVisible(!item.action.empty());
        const bool leads =
            item.command.starts_with("page:") || item.command.starts_with("session:");
        m_button->setEnabled(leads || !readOnly);
        m_button->setToolTip(leads || !readOnly
                                 ? QString::fromStdString(item.command)
                                 : QObject::tr("Locked: nothing can be changed now"));
        setToolTip(m_text);
        setAccessibleName(m_look.word + QStringLiteral(": ") + m_text);
        place();
        update();
    }

    [[nodiscard]] QPushButton* button() const { return m_button; }
    [[nodiscard]] const QString& text() const { return m_text; }

protected:
    void resizeEvent(QResizeEvent*) override { place(); }

    void paintEvent(QPaintEvent*) override
    {
        const Palette& colours = currentPalette();
        QPainter painter(this);
        painter.fillRect(0, height() - 1, width(), 1, colours.tint(Role::line, Role::panel, 0.55));
        painter.setFont(fontFor(FontRole::body));
        painter.setPen(colours[m_look.colour]);
        painter.drawText(QRect(0, 0, kGlyph, height()), Qt::AlignLeft | Qt::AlignVCenter,
                         m_look.glyph);
        const int right = m_button->isHidden() ? width() : m_button->x() - space::kTight;
        painter.setPen(colours[Role::text]);
        paintText(painter, QRect(kGlyph, 0, right - kGlyph, height() - 1));
    }

private:
    /// In one line, or small in two: a sentence that is cut off tells nobody what to do.
    void paintText(QPainter& painter, const QRect& area) const
    {
        if (QFontMetrics(painter.font()).horizontalAdvance(m_text) <= area.width()) {
            painter.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, m_text);
            return;
        }
        painter.setFont(fontFor(FontRole::small));
        const QFontMetrics metrics(painter.font());
        QTextLayout words(m_text, painter.font());
        words.beginLayout();
        QTextLine first = words.createLine();
        first.setLineWidth(area.width());
        words.endLayout();
        const QString rest = m_text.mid(first.textLength()).trimmed();
        const int line = area.height() / 2;
        painter.drawText(area.adjusted(0, 1, 0, -line), Qt::AlignLeft | Qt::AlignVCenter,
                         m_text.left(first.textLength()).trimmed());
        painter.drawText(area.adjusted(0, line - 1, 0, -1), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(rest, Qt::ElideRight, area.width()));
    }

    void place()
    {
        const QSize size = m_button->sizeHint();
        m_button->setGeometry(width() - size.width() + space::kSmall,
                              (height() - size.height()) / 2, size.width(), size.height());
    }

    QPushButton* m_button;
    StatusLook m_look;
    QString m_text;
};

AttentionList::AttentionList(QWidget* parent)
    : QWidget(parent), m_emptyText(tr("Nothing needs you now"))
{
    setAccessibleName(tr("Needs attention"));
}

void AttentionList::setItems(const std::vector<AttentionItem>& items)
{
    const auto same = [](const AttentionItem& one, const AttentionItem& other) {
        return one.severity == other.severity && one.text == other.text &&
               one.action == other.action && one.command == other.command;
    };
    if (std::equal(items.begin(), items.end(), m_items.begin(), m_items.end(), same)) {
        return;
    }
    m_items = items;
    if (m_scrolled) {
        setMinimumHeight(static_cast<int>(items.size()) * kRow);
    }
    layoutRows();
}

QScrollArea* AttentionList::makeScrolled(QWidget* parent)
{
    auto* scroll = new QScrollArea(parent);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setFocusPolicy(Qt::NoFocus);  // its buttons have the focus, and come into sight by it
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setMinimumHeight(2 * kRow);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setWidget(this);
    setAutoFillBackground(false);
    m_scrolled = true;
    return scroll;
}

void AttentionList::setEmptyText(const QString& text)
{
    m_emptyText = text;
    update();
}

void AttentionList::setReadOnly(bool readOnly)
{
    m_readOnly = readOnly;
    layoutRows();
}

void AttentionList::layoutRows()
{
    const auto room = static_cast<std::size_t>(std::max(1, height() / kRow));
    const std::size_t shown =
        m_items.size() <= room ? m_items.size() : std::max<std::size_t>(1, room - 1);
    m_hidden = m_items.size() - shown;
    while (m_rows.size() < shown) {
        auto* row = new AttentionRow(this);
        const std::size_t place = m_rows.size();
        connect(row->button(), &QPushButton::clicked, this, [this, place] {
            if (place < m_items.size()) {
                emit activated(QString::fromStdString(m_items[place].command));
            }
        });
        m_rows.push_back(row);
    }
    for (std::size_t i = 0; i < m_rows.size(); ++i) {
        m_rows[i]->setVisible(i < shown);
        if (i < shown) {
            m_rows[i]->setItem(m_items[i], m_readOnly);
            m_rows[i]->setGeometry(0, static_cast<int>(i) * kRow, width(), kRow);
        }
    }
    setAccessibleDescription(texts().join(QStringLiteral("; ")));
    update();
}

QStringList AttentionList::texts() const
{
    QStringList texts;
    for (const AttentionItem& item : m_items) {
        texts << QString::fromStdString(item.text);
    }
    return texts;
}

void AttentionList::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    layoutRows();
}

void AttentionList::paintEvent(QPaintEvent*)
{
    const Palette& colours = currentPalette();
    QPainter painter(this);
    painter.setFont(fontFor(FontRole::body));
    if (m_items.empty()) {
        painter.setPen(colours[Role::ok]);
        painter.drawText(QRect(0, 0, kGlyph, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         QStringLiteral("●"));
        painter.setPen(colours[Role::dim]);
        painter.drawText(QRect(kGlyph, 0, width() - kGlyph, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                         m_emptyText);
    } else if (m_hidden > 0) {
        const int top = static_cast<int>(m_items.size() - m_hidden) * kRow;
        painter.setPen(colours[Role::dim]);
        painter.drawText(QRect(kGlyph, top, width() - kGlyph, kRow),
                         Qt::AlignLeft | Qt::AlignVCenter,
                         tr("and %n more", nullptr, static_cast<int>(m_hidden)));
    }
}

}  // namespace muster::ui
