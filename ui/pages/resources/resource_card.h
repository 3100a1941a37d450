// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <optional>

#include "api/series.h"
#include "api/snapshot.h"
#include "pages/page.h"
#include "widgets/card.h"

namespace muster::ui {

class BigFigure;
class KeyValues;
class LevelBar;
class StatusPill;
class TimeChart;

/// One resource: how much is used of what limit, where the limit comes from, how it moved, and
/// when it runs out.
/// Thread safety: the GUI thread's.
class ResourceCard : public Card {
    Q_OBJECT

public:
    ResourceCard(const ResourceUse& use, const PageContext& context, QWidget* parent = nullptr);

    static constexpr double kForecastSeconds = 3'600;  ///< a minute's slope says no more

    [[nodiscard]] const std::string& name() const { return m_name; }
    void setUse(const ResourceUse& use);
    [[nodiscard]] QString usedText() const;
    [[nodiscard]] QString forecastText() const;
    [[nodiscard]] TimeChart* chart() const { return m_chart; }

private:
    void makeChart(const ResourceUse& use, const PageContext& context);

    std::string m_name;
    StatusPill* m_level;
    BigFigure* m_used;
    LevelBar* m_bar;
    TimeChart* m_chart = nullptr;
    std::optional<Series> m_series;
    KeyValues* m_facts;
};

}  // namespace muster::ui
