// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/save_load_dialog.h"

#include <QDoubleSpinBox>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>
#include <algorithm>

#include "bridge/load_maker.h"
#include "charts/sparkline.h"
#include "models/format.h"
#include "style/fonts.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kWidth = 560;
constexpr int kRateHeight = 96;

QLabel* sentence(const QString& text, FontRole role)
{
    auto* label = new QLabel(text);
    label->setTextFormat(Qt::PlainText);
    label->setFont(fontFor(role));
    label->setWordWrap(true);
    return label;
}

SaveLoadDialog::ChooseFile fileDialog(QWidget* parent)
{
    return [parent](const QString& suggested, std::function<void(const QString&)> done) {
        auto* dialog = new QFileDialog(parent, QObject::tr("Save as load"), suggested,
                                       QObject::tr("Load file (*.load)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(QStringLiteral("load"));
        QObject::connect(dialog, &QFileDialog::fileSelected, parent, std::move(done));
        dialog->open();
    };
}

QString sourceText(const LoadOutline& load)
{
    const QString error = figureText(static_cast<double>(load.error.count()), Unit::nanoseconds);
    if (load.source == "users") {
        return QObject::tr(
                   "Of a closed load: its users waited for answers. Each arrival within %1 "
                   "of where it was.")
            .arg(error);
    }
    if (load.source == "rates") {
        return QObject::tr(
            "This session keeps no arrivals: they are spread evenly over each "
            "sample of the rate.");
    }
    return QObject::tr("As they were due, each within %1 of where it was.").arg(error);
}

}  // namespace

SaveLoadDialog::SaveLoadDialog(std::filesystem::path session, const LoadQuery& query, bool utc,
                               QWidget* parent)
    : QDialog(parent),
      m_session(std::move(session)),
      m_query(query),
      m_utc(utc),
      m_choose(fileDialog(this)),
      m_maker(new LoadMaker(this)),
      m_factor(new QDoubleSpinBox),
      m_rate(new Sparkline),
      m_facts(sentence({}, FontRole::body)),
      m_note(sentence({}, FontRole::small)),
      m_save(new QPushButton(tr("Save as…")))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(tr("Save as load"));
    setMinimumWidth(kWidth);
    m_factor->setRange(LoadQuery::kLeastFactor, LoadQuery::kMostFactor);
    m_factor->setSingleStep(0.5);
    m_factor->setDecimals(2);
    m_factor->setPrefix(QStringLiteral("×"));
    m_factor->setValue(query.factor);
    m_factor->setAccessibleName(tr("Times the rate of then"));
    m_rate->setFilled(true);
    m_rate->setFixedHeight(kRateHeight);
    m_rate->setAccessibleName(tr("Arrivals per second over the range"));
    m_save->setEnabled(false);
    m_save->setDefault(true);
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(2 * space::kGap, 2 * space::kGap, 2 * space::kGap, 2 * space::kGap);
    rows->setSpacing(space::kGap);
    rows->addWidget(sentence(tr("What arrived then, as a load"), FontRole::heading));
    rows->addWidget(m_facts);
    rows->addWidget(m_rate);
    rows->addWidget(m_note);
    auto* buttons = new QHBoxLayout;
    auto* close = new QPushButton(tr("Close"));
    close->setAutoDefault(false);
    auto* title = new QLabel(tr("&Rate"));
    title->setBuddy(m_factor);
    buttons->addWidget(title);
    buttons->addWidget(m_factor);
    buttons->addStretch();
    buttons->addWidget(close);
    buttons->addWidget(m_save);
    rows->addLayout(buttons);
    connect(close, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_factor, &QDoubleSpinBox::valueChanged, this, &SaveLoadDialog::ask);
    connect(m_save, &QPushButton::clicked, this, [this] {
        m_choose(m_suggested, [this](const QString& file) {
            if (!file.isEmpty()) {
                save(file);
            }
        });
    });
    ask();
}

QString SaveLoadDialog::text() const
{
    return m_facts->text() + QLatin1Char('\n') + m_note->text();
}

void SaveLoadDialog::ask()
{
    m_query.factor = m_factor->value();
    if (m_asked == 0) {
        m_facts->setText(tr("Reading what arrived …"));
    }
    m_maker->outline(m_session, m_query, this,
                     [this, asked = ++m_asked](const Result<LoadOutline>& load) {
                         if (asked == m_asked) {
                             show(load);
                         }
                     });
}

void SaveLoadDialog::show(const Result<LoadOutline>& load)
{
    m_save->setEnabled(load.ok());
    if (!load) {
        m_rate->setValues({});
        m_facts->setText(QString::fromStdString(load.error().text()));
        m_note->clear();
        return;
    }
    const double seconds = static_cast<double>(load->length().count()) / 1e9;
    const double highest = *std::ranges::max_element(load->perSecond);
    m_rate->setValues({load->perSecond.begin(), load->perSecond.end()});
    m_facts->setText(
        tr("%1 arrivals in %2, %3 on average, at most %4. Run %5 of %6, from %7 to %8.")
            .arg(exactText(load->arrivals),
                 figureText(static_cast<double>(load->length().count()), Unit::nanoseconds),
                 figureText(static_cast<double>(load->arrivals) / seconds, Unit::perSecond),
                 figureText(highest, Unit::perSecond))
            .arg(load->run.value)
            .arg(QString::fromStdString(load->workload), timeText(load->range.from, m_utc, true),
                 timeText(load->range.to, m_utc, true)));
    QString note = sourceText(*load);
    if (!load->note.empty()) {
        note += tr(" Not whole: %1.").arg(QString::fromStdString(load->note));
    }
    m_note->setText(note);
    m_suggested =
        QStringLiteral("%1-x%2.load").arg(QString::fromStdString(load->workload)).arg(load->factor);
}

void SaveLoadDialog::save(const QString& file)
{
    m_save->setEnabled(false);
    m_maker->save(m_session, m_query, file.toStdString(), this,
                  [this, file](const Result<LoadOutline>& load) { saved(load, file); });
}

void SaveLoadDialog::saved(const Result<LoadOutline>& load, const QString& file)
{
    m_save->setEnabled(true);
    m_note->setText(load ? tr("Saved. A workload has it as its load with  [[load]]  model = "
                              "\"recorded\"  file = \"%1\"")
                               .arg(file)
                         : QString::fromStdString(load.error().text()));
}

}  // namespace muster::ui
