// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/resources/resources_page.h"

#include <QGridLayout>
#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "charts/time_chart.h"
#include "models/format.h"
#include "models/time_range_model.h"
#include "pages/resources/pressure_card.h"
#include "pages/resources/relief_card.h"
#include "pages/resources/resource_card.h"
#include "widgets/key_values.h"

namespace muster::ui {

namespace {

constexpr int kColumns = 4;
enum StoreFacts { File, Size, Waiting, Failed };

}  // namespace

ResourcesPage::ResourcesPage(const PageContext& context, QWidget* parent)
    : Page(QStringLiteral("resources"), tr("Resources"), tr("What runs out first?"), parent),
      m_context(context),
      m_pressure(new PressureCard(this)),
      m_storeCard(new Card(tr("Session store"), this)),
      m_store(new KeyValues(
          {tr("File"), tr("Size"), tr("Waiting to be written"), tr("Failed writes")}, m_storeCard)),
      m_problem(new QLabel(m_storeCard)),
      m_relief(new ReliefCard(this)),
      m_grid(new QGridLayout)
{
    m_problem->setWordWrap(true);
    m_problem->setFont(fontFor(FontRole::small));
    m_problem->setForegroundRole(QPalette::BrightText);
    m_problem->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_storeCard->body()->addWidget(m_store);
    m_storeCard->body()->addWidget(m_problem, 1);
    auto* top = new QHBoxLayout;
    top->setSpacing(space::kGap);
    top->addWidget(m_pressure, 2);
    top->addWidget(m_storeCard, 1);
    m_grid->setContentsMargins({});
    m_grid->setSpacing(space::kGap);
    for (int column = 0; column < kColumns; ++column) {
        m_grid->setColumnStretch(column, 1);
    }
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(space::kPage, space::kPage, space::kPage, space::kPage);
    rows->setSpacing(space::kGap);
    rows->addLayout(top);
    rows->addLayout(m_grid, 1);
}

void ResourcesPage::setSnapshot(const SnapshotPtr& snapshot)
{
    m_pressure->setSnapshot(*snapshot);
    m_relief->setSnapshot(*snapshot);
    showStore(*snapshot);
    showResources(snapshot->resources);
}

void ResourcesPage::showResources(const std::vector<ResourceUse>& resources)
{
    for (const ResourceUse& use : resources) {
        const auto known =
            std::find_if(m_cards.begin(), m_cards.end(),
                         [&use](const ResourceCard* card) { return card->name() == use.name; });
        if (known != m_cards.end()) {
            (*known)->setUse(use);
            continue;
        }
        auto* card = new ResourceCard(use, m_context, this);
        const auto place = static_cast<int>(m_cards.size());
        m_grid->addWidget(card, place / kColumns, place % kColumns);
        m_grid->setRowStretch(place / kColumns, 1);
        m_cards.push_back(card);
    }
    placeRelief();
}

void ResourcesPage::placeRelief()
{
    const auto place = static_cast<int>(m_cards.size());
    if (place == m_reliefPlace) {
        return;
    }
    m_reliefPlace = place;
    m_grid->removeWidget(m_relief);
    const int column = place % kColumns;  // to the end of the row: no cell is left empty
    m_grid->addWidget(m_relief, place / kColumns, column, 1, kColumns - column);
    m_grid->setRowStretch(place / kColumns, 1);
}

void ResourcesPage::showStore(const Snapshot& snapshot)
{
    const StoreStatus& store = snapshot.store;
    m_problem->setText(QString::fromStdString(store.problem));
    if (store.file.empty()) {
        m_store->setValue(File, tr("this run is not recorded"), Role::dim);
        for (const int row : {Size, Waiting, Failed}) {
            m_store->setValue(row, notAvailable(), Role::dim);
        }
        return;
    }
    const QString file = QString::fromStdString(store.file);
    m_store->setValue(File, file.section(QLatin1Char('/'), -1));
    m_store->setTip(File, file);
    m_store->setValue(Size, figureText(static_cast<double>(store.bytes), Unit::bytes));
    m_store->setValue(Waiting, tr("%1 records").arg(exactText(store.waiting)));
    m_store->setValue(Failed, exactText(store.failedWrites),
                      store.failedWrites > 0 ? Role::bad : Role::text);
}

void ResourcesPage::setTimeRange()
{
    m_pressure->setUtc(m_context.range->utc());
    m_relief->setUtc(m_context.range->utc());
}

std::vector<TimeChart*> ResourcesPage::charts() const
{
    std::vector<TimeChart*> charts;
    for (const ResourceCard* card : m_cards) {
        if (card->chart() != nullptr) {
            charts.push_back(card->chart());
        }
    }
    return charts;
}

std::vector<Series> ResourcesPage::exportSeries() const
{
    return {Series::cpuUsed,     Series::memoryUsed,    Series::diskUsed,    Series::filesUsed,
            Series::threadsUsed, Series::cpuShare,      Series::memoryShare, Series::diskShare,
            Series::agentsShare, Series::pressureLevel, Series::storeWaiting};
}

}  // namespace muster::ui
