// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/service_details.h"

#include <QObject>

#include "models/format.h"

namespace muster::ui {

namespace {

QString tr(const char* text)
{
    return QObject::tr(text);
}

QString kindText(const std::string& kind)
{
    return kind == "sliding_window" ? tr("sliding window")
           : kind == "cycle"        ? tr("cycles")
           : kind == "keyed"        ? tr("each caller")
                                    : tr("token bucket");
}

void addLimiter(const LimiterUse& use, std::vector<ServiceDetail>& details)
{
    details.push_back(
        {tr("Limiter"),
         tr("%1, %2").arg(kindText(use.kind), figureText(use.ratePerSecond, Unit::perSecond)),
         tr("Its kind, and the calls that it lets pass on average"), false});
    if (use.keyed) {
        details.push_back({tr("At once"), tr("%1 each").arg(exactText(use.burst)),
                           tr("Each caller has a rate and a burst of its own"), false});
        details.push_back(
            {tr("Callers forgotten"),
             tr("%1, %2 without room").arg(exactText(use.forgotten), exactText(use.noRoom)),
             tr("Those that made room for others, and calls for which there was none"),
             use.noRoom > 0});
        return;
    }
    details.push_back({tr("Left now"),
                       tr("%1 of %2").arg(exactText(use.remaining), exactText(use.burst)),
                       tr("Calls that may pass at once"), use.remaining == 0});
}

void addBulkhead(const BulkheadUse& use, std::vector<ServiceDetail>& details)
{
    details.push_back({use.adaptive ? tr("At once, adaptive") : tr("At once"),
                       tr("%1 of %2").arg(exactText(use.inUse), exactText(use.limit)),
                       use.adaptive ? tr("The limit was found out by the latency or the failures")
                                    : tr("Calls under way, of those that may be"),
                       use.inUse >= use.limit});
    details.push_back(
        {tr("Waiting"), tr("%1 of %2").arg(exactText(use.waiting), exactText(use.queue)),
         tr("Calls that wait for their turn"), use.queue > 0 && use.waiting >= use.queue});
}

void addBudget(const RetryBudgetUse& use, std::vector<ServiceDetail>& details)
{
    details.push_back(
        {tr("Retry budget"),
         tr("%1 of %2 used")
             .arg(QString::number(use.used, 'f', 0), QString::number(use.allowed, 'f', 0)),
         tr("Retries that its kind of budget counts now"),
         use.allowed > 0 && use.used >= use.allowed});
    details.push_back(
        {tr("Retries"),
         tr("%1 made, %2 refused").arg(exactText(use.granted), exactText(use.refused)),
         tr("Since the start"), false});
}

}  // namespace

std::vector<ServiceDetail> detailsOf(const ServiceStatus& service)
{
    std::vector<ServiceDetail> details;
    if (service.limiter) {
        addLimiter(*service.limiter, details);
    }
    if (service.bulkhead) {
        addBulkhead(*service.bulkhead, details);
    }
    if (service.budget) {
        addBudget(*service.budget, details);
    }
    return details;
}

}  // namespace muster::ui
