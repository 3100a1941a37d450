// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/time_range_bar.h"

#include <QDateTimeEdit>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QPushButton>
#include <QToolButton>

#include "models/time_range_model.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr double kShift = 0.5;

QToolButton* toolButton(const QString& glyph, const QString& name, const QString& tip,
                        QWidget* parent)
{
    auto* button = new QToolButton(parent);
    button->setText(glyph);
    button->setAccessibleName(name);
    button->setToolTip(tip);
    return button;
}

QDateTimeEdit* timeEdit(WallTime at, bool utc, QWidget* parent)
{
    auto* edit = new QDateTimeEdit(parent);
    edit->setTimeSpec(utc ? Qt::UTC : Qt::LocalTime);
    edit->setDisplayFormat(QStringLiteral("yyyy-MM-dd HH:mm:ss"));
    edit->setDateTime(
        QDateTime::fromMSecsSinceEpoch(at.nanoseconds / 1'000'000, utc ? Qt::UTC : Qt::LocalTime));
    return edit;
}

WallTime timeOf(const QDateTimeEdit* edit)
{
    return {edit->dateTime().toMSecsSinceEpoch() * 1'000'000};
}

}  // namespace

TimeRangeBar::TimeRangeBar(TimeRangeModel& range, QWidget* parent)
    : QWidget(parent),
      m_range(range),
      m_earlier(toolButton(QStringLiteral("‹"), tr("Earlier"), tr("Half a range earlier"), this)),
      m_choose(new QPushButton(this)),
      m_later(toolButton(QStringLiteral("›"), tr("Later"), tr("Half a range later"), this)),
      m_zoomOut(toolButton(QStringLiteral("−"), tr("Zoom out"),
                           tr("Back to the range before, or twice as wide"), this)),
      m_live(new QPushButton(this))
{
    setAccessibleName(tr("Time range"));
    m_choose->setMenu(new QMenu(m_choose));
    m_choose->setToolTip(tr("The range that every chart and table of this window shows"));
    fillMenu();
    m_live->setCheckable(true);
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins({});
    layout->setSpacing(space::kTight);
    for (QWidget* part : {static_cast<QWidget*>(m_earlier), static_cast<QWidget*>(m_choose),
                          static_cast<QWidget*>(m_later), static_cast<QWidget*>(m_zoomOut),
                          static_cast<QWidget*>(m_live)}) {
        layout->addWidget(part);
    }
    connect(m_earlier, &QToolButton::clicked, &range, [this] { m_range.shift(-kShift); });
    connect(m_later, &QToolButton::clicked, &range, [this] { m_range.shift(kShift); });
    connect(m_zoomOut, &QToolButton::clicked, &range, &TimeRangeModel::zoomOut);
    connect(m_live, &QPushButton::clicked, &range,
            [this](bool live) { live ? m_range.goLive() : m_range.freeze(); });
    connect(&range, &TimeRangeModel::changed, this, &TimeRangeBar::refresh);
    refresh();
}

void TimeRangeBar::fillMenu()
{
    QMenu* menu = m_choose->menu();
    for (const RangePreset& preset : rangePresets()) {
        menu->addAction(tr("Last %1").arg(QString::fromLatin1(preset.title)), &m_range,
                        [this, span = preset.span] { m_range.setSpan(span); });
    }
    menu->addSeparator();
    menu->addAction(tr("From … to …"), this, &TimeRangeBar::askAbsolute);
    QAction* utc = menu->addAction(tr("Times in UTC"));
    utc->setCheckable(true);
    connect(utc, &QAction::toggled, &m_range, &TimeRangeModel::setUtc);
    connect(menu, &QMenu::aboutToShow, this, [this, utc] { utc->setChecked(m_range.utc()); });
}

void TimeRangeBar::refresh()
{
    m_choose->setText(m_range.text() + QStringLiteral("  ▾"));
    m_choose->setAccessibleName(tr("Time range: %1").arg(m_range.text()));
    m_live->setChecked(m_range.live());
    m_live->setText(m_range.live() ? tr("● Live") : tr("○ Live"));
    m_live->setToolTip(m_range.live() ? tr("Moves with time; press to stand still")
                                      : tr("Stands still; press to follow again"));
    m_later->setEnabled(!m_range.live());
}

void TimeRangeBar::openMenu()
{
    m_choose->menu()->popup(m_choose->mapToGlobal(QPoint(0, m_choose->height() + 2)));
}

void TimeRangeBar::askAbsolute()
{
    auto* dialog = new QDialog(this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("absoluteRange"));
    dialog->setWindowTitle(tr("Time range"));
    auto* from = timeEdit(m_range.range().from, m_range.utc(), dialog);
    auto* to = timeEdit(m_range.range().to, m_range.utc(), dialog);
    auto* form = new QFormLayout(dialog);
    form->addRow(tr("From"), from);
    form->addRow(m_range.utc() ? tr("To (both UTC)") : tr("To"), to);
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    form->addRow(buttons);
    connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    connect(dialog, &QDialog::accepted, this, [this, from, to] {
        m_range.setAbsolute({timeOf(from), timeOf(to)});
    });
    dialog->open();
}

}  // namespace muster::ui
