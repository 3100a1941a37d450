// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QWidget>

class QLineEdit;
class QListView;

namespace muster::ui {

class Actions;
class PaletteEntries;

/// Everything that can be done, found by typing: the window's own actions and every command of
/// the engine, whose parameters are asked for in the same line. A sheet over the window.
/// Thread safety: the GUI thread's.
class CommandPalette : public QWidget {
    Q_OBJECT

public:
    CommandPalette(const Actions& actions, QWidget* window);

    void open(const QString& text = {});
    void close();
    void lock(const QString& reason);
    [[nodiscard]] QLineEdit* input() const { return m_input; }
    [[nodiscard]] QStringList shown() const;

signals:
    void actionChosen(const QString& name);
    void commandChosen(const QString& line);

protected:
    void paintEvent(QPaintEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void textChanged(const QString& text);
    void choose();
    void moveBy(int rows);
    void place();

    QLineEdit* m_input;
    QListView* m_list;
    PaletteEntries* m_entries;
    QWidget* m_before = nullptr;  ///< had the focus, and gets it back

    static constexpr int kWidth = 640;
    static constexpr int kRowHeight = 42;
    static constexpr int kMostRows = 9;
};

}  // namespace muster::ui
