// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QHash>
#include <QStackedWidget>
#include <functional>
#include <vector>

#include "pages/page.h"

namespace muster::ui {

class Settings;

/// One page the console has: how it stands in the rail, and how it is made.
struct PageEntry {
    QString name;
    QString title;
    QString group;
    QString question;
    std::function<Page*(const PageContext&)> make;
};

/// The pages of the window: each is made when it is first shown, gets its kept state then, and
/// gives it back when the window ends.
/// Thread safety: the GUI thread's.
class PageHost : public QStackedWidget {
    Q_OBJECT

public:
    PageHost(std::vector<PageEntry> entries, const PageContext& context, Settings* settings,
             QWidget* parent = nullptr);

    [[nodiscard]] const std::vector<PageEntry>& entries() const { return m_entries; }
    /// False when there is no such page.
    bool showPage(const QString& name);
    [[nodiscard]] Page* current() const;
    /// The page if it was made already.
    [[nodiscard]] Page* made(const QString& name) const { return m_pages.value(name); }
    [[nodiscard]] QList<Page*> allMade() const { return m_pages.values(); }

    void setSnapshot(const SnapshotPtr& snapshot);  ///< goes to the page that is shown
    void lock(const QString& reason);               ///< empty: not locked
    void save();

signals:
    void shown(const QString& name);
    void pageMade(muster::ui::Page* page);
    void commandRequested(const QString& line);
    void pageRequested(const QString& name);

private:
    Page* make(const PageEntry& entry);

    const std::vector<PageEntry> m_entries;
    const PageContext m_context;
    Settings* m_settings;
    QHash<QString, Page*> m_pages;
    SnapshotPtr m_snapshot;
    QString m_lockReason;
};

}  // namespace muster::ui
