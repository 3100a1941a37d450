// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QGridLayout;
class QLabel;

namespace muster::ui {

class Card;
class KeyValues;
class PressureCard;
class ReliefCard;
class ResourceCard;

/// What runs out first? The pressure level and what it did, what the session's store needs, and
/// a card for each resource.
/// Thread safety: the GUI thread's.
class ResourcesPage : public Page {
    Q_OBJECT

public:
    explicit ResourcesPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setTimeRange() override;
    [[nodiscard]] std::vector<TimeChart*> charts() const override;
    [[nodiscard]] std::vector<Series> exportSeries() const override;

private:
    void showResources(const std::vector<ResourceUse>& resources);
    void placeRelief();
    void showStore(const Snapshot& snapshot);

    PageContext m_context;
    PressureCard* m_pressure;
    Card* m_storeCard;
    KeyValues* m_store;
    QLabel* m_problem;
    ReliefCard* m_relief;
    int m_reliefPlace = -1;
    QGridLayout* m_grid;
    std::vector<ResourceCard*> m_cards;
};

}  // namespace muster::ui
