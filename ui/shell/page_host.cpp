// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/page_host.h"

#include <QApplication>
#include <algorithm>

#include "shell/settings.h"

namespace muster::ui {

PageHost::PageHost(std::vector<PageEntry> entries, const PageContext& context, Settings* settings,
                   QWidget* parent)
    : QStackedWidget(parent),
      m_entries(std::move(entries)),
      m_context(context),
      m_settings(settings)
{
}

bool PageHost::showPage(const QString& name)
{
    const auto entry = std::ranges::find(m_entries, name, &PageEntry::name);
    if (entry == m_entries.end()) {
        return false;
    }
    auto* page = m_pages.value(name);
    if (page == nullptr) {
        page = make(*entry);
    }
    if (m_snapshot) {
        page->setSnapshot(m_snapshot);
    }
    // Else the keyboard falls to the page's first field, and keys of the window become letters.
    const bool held = current() != nullptr && current() != page &&
                      (hasFocus() || isAncestorOf(QApplication::focusWidget()));
    if (held) {
        setFocus(Qt::OtherFocusReason);
    }
    setCurrentWidget(page);
    emit shown(name);
    return true;
}

Page* PageHost::make(const PageEntry& entry)
{
    auto* page = entry.make(m_context);
    m_pages.insert(entry.name, page);
    addWidget(page);
    page->lock(m_lockReason);
    if (const auto state = m_settings->pageState(entry.name); !state.isEmpty()) {
        page->restoreState(state);
    }
    connect(page, &Page::commandRequested, this, &PageHost::commandRequested);
    connect(page, &Page::pageRequested, this, &PageHost::pageRequested);
    emit pageMade(page);
    return page;
}

Page* PageHost::current() const
{
    return static_cast<Page*>(currentWidget());
}

void PageHost::setSnapshot(const SnapshotPtr& snapshot)
{
    m_snapshot = snapshot;
    if (auto* page = current(); page != nullptr && snapshot) {
        page->setSnapshot(snapshot);
    }
}

void PageHost::lock(const QString& reason)
{
    m_lockReason = reason;
    for (auto* page : std::as_const(m_pages)) {
        page->lock(reason);
    }
}

void PageHost::save()
{
    for (auto* page : std::as_const(m_pages)) {
        m_settings->setPageState(page->name(), page->state());
    }
}

}  // namespace muster::ui
