// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/service_pane.h"

#include <QComboBox>
#include <QGridLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTableWidget>
#include <QVBoxLayout>

#include "models/format.h"
#include "pages/limits/service_details.h"
#include "widgets/card.h"
#include "widgets/key_values.h"
#include "widgets/mark_list.h"
#include "widgets/status_pill.h"

namespace muster::ui {

namespace {

enum Column { Key, Setting };
constexpr int kRow = 24;
constexpr int kMarksHeight = 84;

struct Move {
    const char* word;
    const char* state;
    const char* tip;
};

constexpr Move kMoves[] = {
    {"Close", "closed", "Calls pass again, and count"},
    {"Force open", "forced_open", "Nothing passes until you close it"},
    {"Metrics only", "metrics_only", "Everything passes, and is counted"},
    {"Disable", "disabled", "Everything passes, nothing counts"},
};

QString from(const std::string& text)
{
    return QString::fromStdString(text);
}

}  // namespace

ServicePane::ServicePane(QWidget* parent)
    : QWidget(parent),
      m_card(new Card({}, this)),
      m_state(new StatusPill(m_card)),
      m_note(new QLabel(m_card)),
      m_settings(new QTableWidget(0, 2, m_card)),
      m_apply(new QWidget(m_card)),
      m_how(new QComboBox(m_apply)),
      m_details(new KeyValues({}, m_card)),
      m_buttons(new QWidget(m_card)),
      m_reset(new QPushButton(tr("Reset"), m_buttons)),
      m_marks(new MarkList(m_card))
{
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins({});
    layout->addWidget(m_card);
    m_note->setWordWrap(true);
    m_note->setFont(fontFor(FontRole::small));
    m_settings->setAccessibleName(tr("Settings of the service"));
    m_settings->horizontalHeader()->hide();
    m_settings->horizontalHeader()->setSectionResizeMode(Key, QHeaderView::Stretch);
    m_settings->horizontalHeader()->setSectionResizeMode(Setting, QHeaderView::ResizeToContents);
    m_settings->verticalHeader()->hide();
    m_settings->verticalHeader()->setDefaultSectionSize(kRow);
    m_settings->setShowGrid(false);
    m_settings->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_settings->setSelectionMode(QAbstractItemView::SingleSelection);
    m_settings->setTabKeyNavigation(false);
    m_settings->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_marks->setFixedHeight(kMarksHeight);
    makeButtons();
    makeApply();
    m_card->body()->addWidget(m_note);
    m_card->body()->addWidget(m_settings, 1);
    m_card->body()->addWidget(m_apply);
    m_card->body()->addWidget(m_details);
    m_card->body()->addWidget(m_buttons);
    m_card->body()->addWidget(m_marks);
    m_card->setHeaderWidget(m_state);
    connect(m_settings, &QTableWidget::itemChanged, this, &ServicePane::edited);
    show(nullptr, {});
}

void ServicePane::makeButtons()
{
    auto* grid = new QGridLayout(m_buttons);
    grid->setContentsMargins({});
    grid->setSpacing(space::kSmall);
    int place = 0;
    const auto add = [&](QPushButton* button) {
        grid->addWidget(button, place / 3, place % 3);
        ++place;
    };
    for (const Move& move : kMoves) {
        auto* button = new QPushButton(tr(move.word), m_buttons);
        button->setToolTip(tr(move.tip));
        add(button);
        m_moves.emplace_back(button, move.state);
        connect(button, &QPushButton::clicked, this, [this, state = QLatin1String(move.state)] {
            emit commandRequested(QStringLiteral("breaker.set %1 %2").arg(m_name, state));
        });
    }
    m_reset->setToolTip(tr("Closes it and forgets what it counted"));
    add(m_reset);
    connect(m_reset, &QPushButton::clicked, this,
            [this] { emit commandRequested(QStringLiteral("breaker.reset %1").arg(m_name)); });
}

void ServicePane::makeApply()
{
    auto* row = new QHBoxLayout(m_apply);
    row->setContentsMargins({});
    row->setSpacing(space::kSmall);
    auto* label = new QLabel(tr("A change"), m_apply);
    label->setFont(fontFor(FontRole::small));
    m_how->addItem(tr("stays"), QString());
    for (const char* length : {"10s", "30s", "1min", "5min"}) {
        m_how->addItem(tr("is on trial for %1").arg(QLatin1String(length)), QLatin1String(length));
    }
    m_how->setAccessibleName(tr("How a change is applied"));
    m_how->setToolTip(
        tr("On trial it is taken back by itself unless you keep it: when errors, "
           "latency or pressure rise, or its time is over"));
    row->addWidget(label);
    row->addWidget(m_how, 1);
}

void ServicePane::show(const ServiceStatus* service, const std::vector<Mark>& marks)
{
    const bool some = service != nullptr;
    for (QWidget* each : std::initializer_list<QWidget*>{m_settings, m_apply, m_details, m_buttons,
                                                         m_marks, m_state}) {
        each->setVisible(some);
    }
    m_note->setVisible(!some);
    if (!some) {
        m_name.clear();
        m_shown.reset();
        m_card->setTitle(tr("No service selected"));
        m_note->setText(tr(
            "Select a card to change its limits while it runs, or to move its circuit breaker."));
        return;
    }
    const QString name = from(service->name);
    const bool another = name != m_name;
    m_name = name;
    m_card->setTitle(name);
    m_breaker = service->breaker ? service->breaker->state : std::string();
    m_state->setLook(lookOfBreaker(m_breaker));
    if (another || service->settings != m_shown) {
        showSettings(*service);
    }
    showDetails(*service);
    if (another || (!marks.empty() && marks.back().sequence != m_lastMark)) {
        showMarks(marks);
    }
    updateButtons();
}

void ServicePane::showSettings(const ServiceStatus& service)
{
    m_shown = service.settings;
    m_filling = true;
    const std::size_t count = m_shown ? m_shown->size() : 0;
    m_settings->setRowCount(static_cast<int>(count));
    for (std::size_t i = 0; i < count; ++i) {
        const ServiceSetting& setting = (*m_shown)[i];
        auto* key = new QTableWidgetItem(from(setting.key));
        auto* value =
            new QTableWidgetItem(setting.value.empty() ? tr("not set") : from(setting.value));
        key->setFlags(Qt::ItemIsSelectable | Qt::ItemIsEnabled);
        value->setTextAlignment(Qt::AlignRight | Qt::AlignVCenter);
        for (auto* item : {key, value}) {
            item->setToolTip(from(setting.help));
        }
        m_settings->setItem(static_cast<int>(i), Key, key);
        m_settings->setItem(static_cast<int>(i), Setting, value);
    }
    m_filling = false;
}

void ServicePane::showDetails(const ServiceStatus& service)
{
    const auto details = detailsOf(service);
    QStringList keys;
    for (const auto& detail : details) {
        keys << detail.key;
    }
    m_details->setKeys(keys);
    for (std::size_t i = 0; i < details.size(); ++i) {
        m_details->setValue(static_cast<int>(i), details[i].value,
                            details[i].atLimit ? Role::warn : Role::text);
        m_details->setTip(static_cast<int>(i), details[i].tip);
    }
}

void ServicePane::showMarks(const std::vector<Mark>& marks)
{
    m_lastMark = marks.empty() ? 0 : marks.back().sequence;
    const std::string breaker = "Breaker of " + m_name.toStdString() + " ";
    const std::string limit = "services." + m_name.toStdString() + ".";
    std::vector<Mark> own;
    for (const Mark& mark : marks) {
        for (const std::string& about : {breaker, limit}) {
            if (mark.text.starts_with(about)) {
                own.push_back(mark);
                own.back().text.erase(0, about.size());
            }
        }
    }
    m_marks->setMarks(own);
}

void ServicePane::edited(const QTableWidgetItem* item)
{
    if (m_filling || item->column() != Setting || !m_shown) {
        return;
    }
    const ServiceSetting& setting = (*m_shown)[static_cast<std::size_t>(item->row())];
    const QString value = item->text().trimmed();
    // What the engine makes of it comes back with a snapshot; until then the old one stands.
    m_filling = true;
    m_settings->item(item->row(), Setting)
        ->setText(setting.value.empty() ? tr("not set") : from(setting.value));
    m_filling = false;
    if (!value.isEmpty() && value != from(setting.value)) {
        const QString length = m_how->currentData().toString();
        const QString change =
            QStringLiteral("services.%1.%2 \"%3\"").arg(m_name, from(setting.key), value);
        emit commandRequested(length.isEmpty()
                                  ? QStringLiteral("limits.set ") + change
                                  : QStringLiteral("limits.try %1 for=%2").arg(change, length));
    }
}

void ServicePane::setCanSteer(bool on, const QString& reason)
{
    if (on == m_canSteer && reason == m_reason) {
        return;
    }
    m_canSteer = on;
    m_reason = reason;
    m_settings->setEditTriggers(on ? QAbstractItemView::DoubleClicked |
                                         QAbstractItemView::EditKeyPressed |
                                         QAbstractItemView::AnyKeyPressed
                                   : QAbstractItemView::NoEditTriggers);
    updateButtons();
}

void ServicePane::updateButtons()
{
    const QString why = !m_canSteer ? m_reason : tr("The service has no circuit breaker");
    const bool can = m_canSteer && !m_breaker.empty();
    for (std::size_t i = 0; i < m_moves.size(); ++i) {
        auto& [button, state] = m_moves[i];
        button->setEnabled(can && state != m_breaker);
        button->setToolTip(can ? tr(kMoves[i].tip) : why);
    }
    m_reset->setEnabled(can);
    m_reset->setToolTip(can ? tr("Closes it and forgets what it counted") : why);
}

void ServicePane::setUtc(bool utc)
{
    m_marks->setUtc(utc);
}

}  // namespace muster::ui
