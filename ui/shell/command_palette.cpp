// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/command_palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QListView>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

#include "shell/palette_entries.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

class EntryDelegate final : public QStyledItemDelegate {
public:
    EntryDelegate(int height, QObject* parent) : QStyledItemDelegate(parent), m_height(height) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override
    {
        return {100, m_height};
    }

    void paint(QPainter* painter, const QStyleOptionViewItem& option,
               const QModelIndex& index) const override
    {
        const auto* entry = index.data(PaletteEntries::EntryRole).value<const PaletteEntry*>();
        const auto& palette = currentPalette();
        painter->save();
        if ((option.state & QStyle::State_Selected) != 0) {
            painter->setRenderHint(QPainter::Antialiasing);
            painter->setPen(Qt::NoPen);
            painter->setBrush(palette.tint(Role::accent, Role::panel, space::kTintSelected));
            painter->drawRoundedRect(option.rect, space::kRadiusSmall, space::kRadiusSmall);
        }
        const auto inside = option.rect.adjusted(space::kPage, 4, -space::kPage, -4);
        painter->setFont(fontFor(FontRole::mono));
        painter->setPen(palette[Role::faint]);
        painter->drawText(inside, Qt::AlignRight | Qt::AlignTop, entry->keys);
        const int keys = painter->fontMetrics().horizontalAdvance(entry->keys) + space::kPage;
        painter->setFont(fontFor(FontRole::body));
        painter->setPen(palette[entry->enabled ? Role::text : Role::dim]);
        painter->drawText(inside.adjusted(0, 0, -keys, 0), Qt::AlignLeft | Qt::AlignTop,
                          entry->title);
        painter->setFont(fontFor(FontRole::small));
        painter->setPen(palette[Role::dim]);
        painter->drawText(
            inside, Qt::AlignLeft | Qt::AlignBottom,
            painter->fontMetrics().elidedText(entry->detail, Qt::ElideRight, inside.width()));
        painter->restore();
    }

private:
    int m_height;
};

}  // namespace

CommandPalette::CommandPalette(const Actions& actions, QWidget* window)
    : QWidget(window),
      m_input(new QLineEdit),
      m_list(new QListView),
      m_entries(new PaletteEntries(actions, this))
{
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    rows->setSpacing(space::kSmall);
    m_input->setPlaceholderText(tr("Search or run a command: pause load, load.rate 500/s, dark…"));
    m_input->setAccessibleName(tr("Command palette"));
    m_input->installEventFilter(this);
    m_list->setModel(m_entries);
    m_list->setItemDelegate(new EntryDelegate(kRowHeight, m_list));
    m_list->setUniformItemSizes(true);
    m_list->setFocusPolicy(Qt::NoFocus);
    m_list->setFrameShape(QFrame::NoFrame);
    m_list->setAccessibleName(tr("What fits"));
    rows->addWidget(m_input);
    rows->addWidget(m_list);
    window->installEventFilter(this);
    connect(m_input, &QLineEdit::textChanged, this, &CommandPalette::textChanged);
    connect(m_list, &QListView::clicked, this, &CommandPalette::choose);
    hide();
}

void CommandPalette::open(const QString& text)
{
    m_before = QApplication::focusWidget();
    m_input->setText(text);
    textChanged(text);
    show();
    raise();
    m_input->setFocus();
}

void CommandPalette::close()
{
    hide();
    if (m_before != nullptr && m_before->isVisible()) {
        m_before->setFocus();
    }
    m_before = nullptr;
}

void CommandPalette::lock(const QString& reason)
{
    m_entries->lock(reason);
}

QStringList CommandPalette::shown() const
{
    QStringList titles;
    for (int row = 0; row < m_entries->rowCount(); ++row) {
        titles << m_entries->at(row)->title;
    }
    return titles;
}

void CommandPalette::textChanged(const QString& text)
{
    m_entries->setText(text);
    m_list->setCurrentIndex(m_entries->index(0));
    place();
}

void CommandPalette::place()
{
    const int rows = std::clamp(m_entries->rowCount(), 1, kMostRows);
    m_list->setFixedHeight(rows * kRowHeight + 2);
    const int wide = std::min(kWidth, parentWidget()->width() - 2 * space::kPage);
    setFixedWidth(wide);
    adjustSize();
    move((parentWidget()->width() - wide) / 2, 60);
}

void CommandPalette::moveBy(int rows)
{
    const int count = m_entries->rowCount();
    if (count > 0) {
        const int row = std::clamp(m_list->currentIndex().row() + rows, 0, count - 1);
        m_list->setCurrentIndex(m_entries->index(row));
    }
}

void CommandPalette::choose()
{
    const auto* entry = m_entries->at(m_list->currentIndex().row());
    if (entry == nullptr || (!entry->enabled && entry->complete)) {
        return;
    }
    if (!entry->action.isEmpty()) {
        const auto name = entry->action;
        close();
        emit actionChosen(name);
    } else if (entry->complete) {
        const auto line = entry->command;
        close();
        emit commandChosen(line);
    } else if (entry->enabled && !entry->command.isEmpty()) {
        m_input->setText(entry->command);
    }
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        place();
    }
    if (watched == m_input && event->type() == QEvent::FocusOut && isVisible()) {
        hide();
    }
    if (watched != m_input || event->type() != QEvent::KeyPress) {
        return QWidget::eventFilter(watched, event);
    }
    switch (static_cast<QKeyEvent*>(event)->key()) {
        case Qt::Key_Escape:
            close();
            return true;
        case Qt::Key_Down:
            moveBy(1);
            return true;
        case Qt::Key_Up:
            moveBy(-1);
            return true;
        case Qt::Key_PageDown:
            moveBy(kMostRows);
            return true;
        case Qt::Key_PageUp:
            moveBy(-kMostRows);
            return true;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            choose();
            return true;
        default:
            return QWidget::eventFilter(watched, event);
    }
}

void CommandPalette::paintEvent(QPaintEvent*)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const auto& palette = currentPalette();
    painter.setPen(palette[Role::accent]);
    painter.setBrush(palette[Role::panel]);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadius,
                            space::kRadius);
}

}  // namespace muster::ui
