// SPDX-License-Identifier: GPL-3.0-or-later
#include <QString>

#include "style/palette.h"
#include "style/theme.h"

namespace muster::ui {

namespace {

/// "@panel" and its like stand for the colours of a palette.
const char* const kSheet = R"(
QToolTip { background: @raise; color: @text; border: 1px solid @line; padding: 4px 7px; }
QPushButton, QToolButton {
    background: @raise; color: @text; border: 1px solid @line; border-radius: 6px;
    padding: 3px 10px; min-height: 18px;
}
QToolButton { padding: 3px 7px; }
QPushButton:hover, QToolButton:hover { background: @hover; }
QPushButton:pressed, QToolButton:pressed { background: @line; }
QPushButton:focus, QToolButton:focus { border-color: @accent; }
QPushButton:disabled, QToolButton:disabled { color: @faint; background: @panel; }
QPushButton:checked, QToolButton:checked { background: @selected; border-color: @accent; }
QPushButton[primary="true"] {
    background: @accent; border-color: @accent; color: @onAccent; font-weight: 500;
}
QPushButton[primary="true"]:disabled { background: @raise; border-color: @line; color: @faint; }
QPushButton[flat="true"] { background: transparent; border-color: transparent; color: @accent; }
QPushButton[flat="true"]:hover { background: @hover; }
QPushButton[flat="true"]:focus { border-color: @accent; }
QPushButton::menu-indicator, QToolButton::menu-indicator { width: 0; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QDateTimeEdit, QPlainTextEdit {
    background: @raise; color: @text; border: 1px solid @line; border-radius: 6px;
    padding: 3px 8px; min-height: 18px;
    selection-background-color: @accent; selection-color: @onAccent;
}
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QDateTimeEdit:focus,
QPlainTextEdit:focus { border-color: @accent; }
QComboBox::drop-down { border: none; width: 18px; }
QCheckBox { spacing: 6px; color: @text; }
QCheckBox:disabled { color: @faint; }
QCheckBox::indicator {
    width: 13px; height: 13px; border: 1px solid @faint; border-radius: 3px; background: @raise;
}
QCheckBox::indicator:checked { background: @accent; border-color: @accent; }
QCheckBox::indicator:focus { border-color: @accent; }
QMenu { background: @panel; border: 1px solid @line; padding: 4px; }
QMenu::item { padding: 5px 22px 5px 12px; border-radius: 4px; }
QMenu::item:selected { background: @selected; color: @text; }
QMenu::item:disabled { color: @faint; }
QMenu::separator { height: 1px; background: @line; margin: 4px 6px; }
QAbstractItemView {
    background: @panel; border: none; outline: none; gridline-color: @line;
    selection-background-color: @selected; selection-color: @text;
}
QHeaderView { background: @panel; border: none; }
QHeaderView::section {
    background: @panel; color: @dim; border: none; border-bottom: 1px solid @line;
    padding: 5px 8px; font-size: 12px; font-weight: 500;
}
QTableCornerButton::section { background: @panel; border: none; }
QScrollArea { background: transparent; border: none; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: @line; border-radius: 3px; margin: 2px; }
QScrollBar::handle:hover { background: @faint; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTabBar::tab { color: @dim; padding: 5px 10px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:selected { color: @text; border-bottom-color: @accent; }
QTabBar::tab:focus { color: @accent; }
QTabWidget::pane { border: none; border-top: 1px solid @line; }
QSplitter::handle { background: transparent; }
)";

}  // namespace

QString styleSheet(const Palette& palette)
{
    const std::pair<const char*, QColor> names[] = {
        // Longer names first: "@onAccent" before a shorter one that begins alike.
        {"@onAccent", palette[Role::onAccent]},
        {"@selected", palette.tint(Role::accent, Role::panel, space::kTintSelected)},
        {"@hover", palette.tint(Role::line, Role::raise, 0.6)},
        {"@accent", palette[Role::accent]},
        {"@panel", palette[Role::panel]},
        {"@raise", palette[Role::raise]},
        {"@faint", palette[Role::faint]},
        {"@line", palette[Role::line]},
        {"@text", palette[Role::text]},
        {"@dim", palette[Role::dim]},
    };
    QString sheet = QString::fromLatin1(kSheet);
    for (const auto& [name, colour] : names) {
        sheet.replace(QLatin1String(name), colour.name());
    }
    return sheet;
}

}  // namespace muster::ui
