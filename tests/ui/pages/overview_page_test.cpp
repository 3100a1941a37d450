// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/overview/overview_page.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>

#include "charts/time_chart.h"
#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"
#include "widgets/attention_list.h"
#include "widgets/tile.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class OverviewPageTest : public QObject {
    Q_OBJECT

private slots:
    void picturesAreTaken();
};

void OverviewPageTest::picturesAreTaken()
{
    PageStage stage;
    OverviewPage page(stage.context());
    stage.range().setSpan(std::chrono::minutes(15));
    stage.play(page, SampleRun::kSteps);
    PageStage::takePictures(page, page.name());
}

MUSTER_TEST_CASE(OverviewPageTest);
#include "overview_page_test.moc"
