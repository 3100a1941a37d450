// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QWidget>
#include <memory>

#include "charts/chart_group.h"
#include "models/time_range_model.h"
#include "models/time_series_model.h"
#include "pages/page.h"

namespace muster::tests {

/// What a page lives in, without a shell: the shared models, fed with the sample run, and a
/// place to take pictures.
class PageStage {
public:
    PageStage();

    [[nodiscard]] ui::PageContext context();
    [[nodiscard]] ui::TimeRangeModel& range() { return m_range; }
    [[nodiscard]] ui::TimeSeriesModel& series() { return m_series; }
    [[nodiscard]] ui::ChartGroup& crosshair() { return m_crosshair; }

    /// Plays the sample run up to a step into the models, and gives its last snapshot to the
    /// page; the page sees the last minute of snapshots, as it would while shown.
    void play(ui::Page& page, int steps);
    /// Hands over one snapshot, as the shell does.
    void give(ui::Page& page, const SnapshotPtr& snapshot);

    /// Saves pictures of the page in both themes at the two sizes of window, less the shell's
    /// rail and bars, as BUILD/pictures/NAME-light-1280x800.png and so on.
    static void takePictures(QWidget& page, const QString& name);

private:
    ui::TimeRangeModel m_range;
    ui::TimeSeriesModel m_series;
    ui::ChartGroup m_crosshair;
};

}  // namespace muster::tests
