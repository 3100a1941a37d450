// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QObject>
#include <functional>
#include <vector>

class QWidget;

namespace muster::ui {

/// What the window itself can do, once each: the palette lists it, the help shows its keys, the
/// menu bar of no one repeats it.
/// Thread safety: the GUI thread's.
class Actions : public QObject {
    Q_OBJECT

public:
    struct Entry {
        QString name;   ///< "range.zoom_out"
        QString group;  ///< as the help is laid out: "Time"
        QAction* action;
    };

    explicit Actions(QWidget* window);

    QAction* add(const QString& name, const QString& group, const QString& title,
                 const QList<QKeySequence>& keys, std::function<void()> run);
    /// Keys that a page or the window handles itself, to be listed in the help.
    void describe(const QString& group, const QString& keys, const QString& title);

    [[nodiscard]] const std::vector<Entry>& all() const { return m_entries; }
    [[nodiscard]] QAction* find(const QString& name) const;

    struct Described {
        QString group;
        QString keys;
        QString title;
    };
    /// Everything that has keys, in the order it was added.
    [[nodiscard]] std::vector<Described> keys() const;

private:
    QWidget* m_window;
    std::vector<Entry> m_entries;
    std::vector<Described> m_described;
};

}  // namespace muster::ui
