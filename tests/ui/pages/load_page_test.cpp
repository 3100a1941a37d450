// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_page.h"

#include "support/page_stage.h"
#include "support/sample_run.h"
#include "support/test_case.h"

using namespace muster;
using namespace muster::tests;
using namespace muster::ui;

class LoadPageTest : public QObject {
    Q_OBJECT

private slots:
    void picturesAreTaken();
};

void LoadPageTest::picturesAreTaken()
{
    PageStage stage;
    LoadPage page(stage.context());
    stage.range().setSpan(std::chrono::minutes(15));
    stage.play(page, SampleRun::kSteps);
    page.setTimeRange();
    PageStage::takePictures(page, page.name());
}

MUSTER_TEST_CASE(LoadPageTest);
#include "load_page_test.moc"
