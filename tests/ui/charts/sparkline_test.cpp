// SPDX-License-Identifier: GPL-3.0-or-later
#include "charts/sparkline.h"

#include <QPainter>
#include <limits>

#include "support/test_case.h"

using namespace muster::ui;

namespace {

QImage drawn(const QVector<double>& values)
{
    QImage image(100, 30, QImage::Format_RGB32);
    image.fill(Qt::black);
    QPainter painter(&image);
    paintSparkline(painter, QRectF(0, 0, 100, 30), values, Qt::white);
    return image;
}

/// The brightest row of a column: where the line passes.
int rowAt(const QImage& image, int x)
{
    int best = -1;
    int brightest = 60;
    for (int y = 0; y < image.height(); ++y) {
        const int value = qGray(image.pixel(x, y));
        if (value > brightest) {
            brightest = value;
            best = y;
        }
    }
    return best;
}

}  // namespace

class SparklineTest : public QObject {
    Q_OBJECT

private slots:
    void risesFromZeroToItsLargest();
    void isBrokenWhereAValueIsMissing();
    void drawsNothingOfOnePoint();
};

void SparklineTest::risesFromZeroToItsLargest()
{
    const QImage image = drawn({0, 5, 10});
    QVERIFY(rowAt(image, 1) > 25);
    QVERIFY(rowAt(image, 98) < 5);
    QVERIFY(std::abs(rowAt(image, 50) - 15) <= 2);
}

void SparklineTest::isBrokenWhereAValueIsMissing()
{
    const double none = std::numeric_limits<double>::quiet_NaN();
    const QImage image = drawn({4, 4, none, 4, 4});
    QVERIFY(rowAt(image, 10) >= 0);
    QCOMPARE(rowAt(image, 50), -1);
    QVERIFY(rowAt(image, 90) >= 0);
}

void SparklineTest::drawsNothingOfOnePoint()
{
    QCOMPARE(rowAt(drawn({4}), 50), -1);
}

MUSTER_TEST_CASE(SparklineTest);
#include "sparkline_test.moc"
