// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/page_catalogue.h"

#include <QCoreApplication>

#include "pages/agents/agents_page.h"
#include "pages/events/events_page.h"
#include "pages/history/runs_page.h"
#include "pages/limits/limits_page.h"
#include "pages/load/load_page.h"
#include "pages/overview/overview_page.h"
#include "pages/queues/queues_page.h"
#include "pages/resources/resources_page.h"

namespace muster::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("Pages", text);
}

template <class Made>
PageEntry entry(const char* name, const char* title, const QString& group, const char* question)
{
    return {QString::fromLatin1(name), tr(title), group, tr(question),
            [](const PageContext& context) -> Page* { return new Made(context); }};
}

}  // namespace

std::vector<PageEntry> allPages(const StartPlaces& places)
{
    const QString observe = tr("Observe");
    std::vector<PageEntry> entries;
    entries.push_back(
        {QStringLiteral("start"),
         tr("Start"),
         {},
         tr("Where do I begin?"),
         [places](const PageContext& context) -> Page* { return new StartPage(context, places); }});
    entries.push_back(
        entry<OverviewPage>("overview", "Overview", observe, "Is all well, and what changed?"));
    entries.push_back(
        entry<AgentsPage>("agents", "Agents", observe, "Who is running, and who is slow?"));
    entries.push_back(entry<EventsPage>("events", "Events", observe, "What happened?"));
    const QString steer = tr("Steer");
    entries.push_back(
        entry<LimitsPage>("limits", "Limits", steer, "What protects us, and how near is it?"));
    entries.push_back(entry<LoadPage>("load", "Load", steer, "What if there were more?"));
    entries.push_back(
        entry<ResourcesPage>("resources", "Resources", steer, "What runs out first?"));
    const QString operate = tr("Operate");
    entries.push_back(
        entry<QueuesPage>("queues", "Queues", operate, "What waits, and what failed?"));
    entries.push_back({QStringLiteral("history"), tr("History"), operate,
                       tr("What was it like then, is it worse now?"),
                       [folder = places.sessions](const PageContext& context) -> Page* {
                           return new RunsPage(context, folder);
                       }});
    return entries;
}

}  // namespace muster::ui
