// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/letters_view.h"

#include <QAction>
#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QScrollBar>
#include <QTimer>

#include "bridge/engine_bridge.h"
#include "models/format.h"
#include "models/letter_table_model.h"
#include "pages/queues/cell_delegate.h"
#include "pages/queues/preview_text.h"
#include "widgets/flat_table.h"

namespace muster::ui {

namespace {

using Model = LetterTableModel;

constexpr int kWidths[] = {30, 56, 80, 190, 74, 78, 60};
constexpr auto kCommandTakes = std::chrono::seconds(1);  // at most, as a rule
constexpr int kCauseRows = 3;

QString from(const std::string& text)
{
    return QString::fromStdString(text);
}

QString commandText(std::string name,
                    std::initializer_list<std::pair<const std::string, std::string>> arguments)
{
    Command command;
    command.name = std::move(name);
    for (const auto& [key, value] : arguments) {
        if (!value.empty()) {
            command.arguments.emplace(key, value);
        }
    }
    return from(command.text());
}

/// What tells that other letters may wait than those that were asked for.
std::uint64_t versionOf(const std::vector<QueueRow>& queues)
{
    std::uint64_t version = 1 + queues.size();
    for (const QueueRow& queue : queues) {
        version = version * 31 + queue.letters * 7 + queue.died;
    }
    return version;
}

Role colourOf(const QModelIndex& index)
{
    switch (index.column()) {
        case Model::Cause:
            return Role::bad;
        case Model::Payload:
            return Role::text;
        default:
            return Role::dim;
    }
}

}  // namespace

LettersView::LettersView(EngineBridge* bridge, QWidget* parent)
    : QWidget(parent),
      m_bridge(bridge),
      m_model(new LetterTableModel(
          [this](const LetterQuery& query, auto answer) { m_bridge->letters(query, this, answer); },
          this)),
      m_filter(new QLineEdit),
      m_causes(new QListWidget),
      m_table(new FlatTable),
      m_note(new QLabel),
      m_locked(new QLabel),
      m_dryRun(new QPushButton),
      m_retry(new QPushButton),
      m_rate(new QLineEdit(QStringLiteral("10/s"))),
      m_stop(new QPushButton),
      m_reason(new QLineEdit),
      m_discard(new QPushButton)
{
    makeTable();
    makeMenu();
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins({});
    rows->setSpacing(0);
    rows->addWidget(makeTools());
    rows->addWidget(m_table, 1);
    rows->addWidget(makeActions());
    connect(m_model, &Model::refreshed, this, &LettersView::refreshed);
    connect(m_model, &Model::ticksChanged, this, &LettersView::showMeant);
    showMeant();
}

void LettersView::makeTable()
{
    // Before the view's own: it would choose a neighbour in place of a letter that goes.
    connect(m_model, &QAbstractItemModel::rowsAboutToBeRemoved, this, [this] { m_going = true; });
    m_table->setModel(m_model);
    m_table->setItemDelegate(new CellDelegate(colourOf, m_table));
    m_table->setAccessibleName(tr("Dead letters, the newest first"));
    m_table->horizontalHeader()->setStretchLastSection(true);
    m_table->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    for (int column = 0; column < Model::ColumnCount; ++column) {
        m_table->setColumnWidth(column, kWidths[column]);
    }
    m_table->horizontalHeader()->setSectionResizeMode(Model::Tick, QHeaderView::Fixed);
    m_table->installEventFilter(this);
    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this](const QModelIndex& current) {
                const LetterRow* letter = m_model->letterAt(current.row());
                if (letter != nullptr && !m_going) {
                    m_chosen = letter->id;
                    emit chosenChanged();
                }
            });
    connect(
        m_model, &QAbstractItemModel::rowsInserted, this,
        [this](const QModelIndex&, int first, int last) { keepPlace(first, last - first + 1); });
    connect(
        m_model, &QAbstractItemModel::rowsRemoved, this,
        [this](const QModelIndex&, int first, int last) { keepPlace(first, first - last - 1); });
}

void LettersView::makeMenu()
{
    m_table->setContextMenuPolicy(Qt::ActionsContextMenu);
    const auto add = [this](const QString& title, const QKeySequence& key, auto act) {
        auto* action = new QAction(title, m_table);
        action->setShortcut(key);
        action->setShortcutContext(Qt::WidgetShortcut);
        connect(action, &QAction::triggered, this, act);
        m_table->addAction(action);
    };
    add(tr("Edit payload…"), QKeySequence(Qt::Key_Return), [this] { emit editRequested(); });
    add(tr("Tick, untick"), QKeySequence(Qt::Key_X), [this] { toggleTick(); });
    add(tr("Clear ticks"), QKeySequence(Qt::SHIFT | Qt::Key_X), [this] { m_model->untick(); });
    add(tr("Copy payload"), QKeySequence(QKeySequence::Copy), [this] {
        if (const LetterRow* letter = chosen()) {
            QGuiApplication::clipboard()->setText(from(letter->payload));
        }
    });
}

QWidget* LettersView::makeTools()
{
    m_filter->setPlaceholderText(tr("Filter: queue:orders class:network code:timed_out words"));
    m_filter->setAccessibleName(tr("Filter of dead letters"));
    m_filter->setClearButtonEnabled(true);
    connect(m_filter, &QLineEdit::textChanged, this, &LettersView::ask);
    m_causes->setAccessibleName(tr("Dead letters by cause: Return shows one cause only"));
    m_causes->setFrameShape(QFrame::NoFrame);
    m_causes->setUniformItemSizes(true);
    m_causes->setTextElideMode(Qt::ElideRight);
    m_causes->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    const auto choose = [this](const QListWidgetItem* item) {
        m_filter->setText(item->data(Qt::UserRole).toString());
    };
    connect(m_causes, &QListWidget::itemActivated, this, choose);
    connect(m_causes, &QListWidget::itemClicked, this, choose);
    auto* tools = new QWidget;
    auto* rows = new QVBoxLayout(tools);
    rows->setContentsMargins(space::kPage, space::kSmall, space::kPage, space::kSmall);
    rows->setSpacing(space::kSmall);
    rows->addWidget(m_filter);
    rows->addWidget(m_causes);
    return tools;
}

QWidget* LettersView::makeActions()
{
    m_rate->setFixedWidth(64);
    m_rate->setAccessibleName(tr("At most so many retries a second"));
    m_rate->setToolTip(
        tr("At most so many a second; empty: at once. A retry waits while its service's breaker "
           "is open"));
    m_reason->setPlaceholderText(tr("Reason to discard, for the record"));
    m_reason->setAccessibleName(tr("Reason to discard"));
    for (QLabel* each : {m_note, m_locked}) {
        each->setFont(fontFor(FontRole::small));
        each->setWordWrap(true);
        each->setTextFormat(Qt::PlainText);
        each->hide();
    }
    auto* row = new QHBoxLayout;
    row->setSpacing(space::kSmall);
    row->addWidget(m_dryRun);
    row->addWidget(m_retry);
    row->addWidget(m_rate);
    row->addWidget(m_stop);
    row->addStretch(1);
    row->addWidget(m_reason, 3);
    row->addWidget(m_discard);
    auto* bar = new QWidget;
    auto* rows = new QVBoxLayout(bar);
    rows->setContentsMargins(space::kPage, space::kSmall, space::kPage, space::kCardTop);
    rows->setSpacing(space::kSmall);
    rows->addWidget(m_note);
    rows->addWidget(m_locked);
    rows->addLayout(row);
    connect(m_reason, &QLineEdit::textChanged, this, &LettersView::showMeant);
    connect(m_dryRun, &QPushButton::clicked, this, &LettersView::dryRun);
    connect(m_stop, &QPushButton::clicked, this,
            [this] { emit commandRequested(QStringLiteral("dead.stop")); });
    connect(m_retry, &QPushButton::clicked, this, [this] {
        emit commandRequested(commandText(
            "dead.retry", {{"letters", meant().toStdString()}, {"rate", rate().toStdString()}}));
    });
    connect(m_discard, &QPushButton::clicked, this, [this] {
        emit commandRequested(
            commandText("dead.discard", {{"letters", meant().toStdString()},
                                         {"reason", m_reason->text().trimmed().toStdString()}}));
    });
    return bar;
}

QString LettersView::filter() const
{
    return m_filter->text();
}

void LettersView::setFilter(const QString& text)
{
    m_filter->setText(text);
}

QString LettersView::rate() const
{
    return m_rate->text().trimmed();
}

void LettersView::setRate(const QString& rate)
{
    m_rate->setText(rate);
}

QString LettersView::meant() const
{
    QList<quint64> ids = m_model->ticked();
    std::ranges::sort(ids);
    QStringList texts;
    for (const quint64 id : ids) {
        texts << QString::number(id);
    }
    const QString text = filter().trimmed();
    return !texts.isEmpty() ? QStringLiteral("id:") + texts.join(QLatin1Char(','))
           : text.isEmpty() ? QStringLiteral("*")
                            : text;
}

void LettersView::ask()
{
    const auto query = parseLetterQuery(filter().toStdString());
    if (!query.ok()) {
        say(QStringLiteral("✕ ") + from(query.error().text()));
        return;
    }
    say({});
    m_model->setQuery(query.value());
}

void LettersView::show(const std::vector<QueueRow>& queues)
{
    std::uint64_t retrying = 0;
    for (const QueueRow& queue : queues) {
        retrying += queue.retrying;
    }
    m_stop->setVisible(retrying > 0);
    m_stop->setText(tr("■ Stop %1 retries").arg(exactText(retrying)));
    if (const auto version = versionOf(queues); version != m_version) {
        m_version = version;
        m_model->refresh();
    }
}

void LettersView::askAgainSoon()
{
    m_version = 0;
    QTimer::singleShot(kCommandTakes, this, [this] { m_version = 0; });
}

void LettersView::reset()
{
    m_version = 0;
    m_chosen = 0;
    m_findings.clear();
    m_stop->hide();
    say({});
    m_model->untick();
}

void LettersView::setCanSteer(bool can, bool live, const QString& reason)
{
    m_canSteer = can;
    m_live = live;
    m_locked->setText(reason);
    m_locked->setVisible(!can && !reason.isEmpty());
    showMeant();
}

void LettersView::setUtc(bool utc)
{
    m_model->setUtc(utc);
}

void LettersView::focusFilter()
{
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

const LetterRow* LettersView::chosen() const
{
    return m_model->letterAt(m_model->rowOf(m_chosen));
}

std::optional<QString> LettersView::finding(std::uint64_t id) const
{
    const auto found = m_findings.constFind(id);
    return found == m_findings.constEnd() ? std::nullopt : std::optional(*found);
}

void LettersView::refreshed(const QString& error)
{
    const bool nothingOpen = m_bridge->mode() == EngineBridge::Mode::empty;
    m_table->setEmptyText(
        nothingOpen        ? tr("Nothing runs. Open a workload or a session on the Start page.")
        : !error.isEmpty() ? error
        : !filter().trimmed().isEmpty() ? tr("No dead letter matches. Change the filter.")
                                        : tr("No dead letters: no job was given up, or each was "
                                             "dealt with."));
    showCauses();
    showMeant();
    m_going = true;
    m_table->setCurrentRowInPlace(m_model->rowOf(m_chosen));
    m_going = false;
    emit counted(m_model->total());
    emit chosenChanged();
}

void LettersView::showCauses()
{
    const int chosen = m_causes->currentRow();
    m_causes->clear();
    for (const LetterGroupRow& group : m_model->groups()) {
        auto* item = new QListWidgetItem(
            tr("%1 × %2 · %3 in %4 — %5")
                .arg(exactText(group.letters), from(group.failureClass), from(group.code),
                     from(group.queue), from(group.message).simplified()),
            m_causes);
        item->setData(Qt::UserRole,
                      QStringLiteral("queue:%1 class:%2 code:%3")
                          .arg(from(group.queue), from(group.failureClass), from(group.code)));
        item->setToolTip(item->text());
    }
    m_causes->setCurrentRow(chosen);
    m_causes->setVisible(m_causes->count() > 0);
    m_causes->setFixedHeight(std::min(m_causes->count(), kCauseRows) * m_causes->sizeHintForRow(0) +
                             4);
}

void LettersView::showMeant()
{
    const auto ticked = m_model->ticked().size();
    const QString which = ticked > 0 ? tr("%1 ticked").arg(ticked)
                          : filter().trimmed().isEmpty()
                              ? tr("all %1").arg(exactText(m_model->total()))
                              : tr("%1 matching").arg(exactText(m_model->total()));
    m_dryRun->setText(tr("Dr&y run %1").arg(which));
    m_retry->setText(tr("&Retry %1, at most").arg(which));
    m_discard->setText(tr("&Discard %1").arg(which));
    const bool any = m_model->total() > 0;
    const bool reasoned = !m_reason->text().trimmed().isEmpty();
    m_dryRun->setEnabled(any && m_live);
    m_retry->setEnabled(any && m_canSteer);
    m_rate->setEnabled(any && m_canSteer);
    m_stop->setEnabled(m_canSteer);
    m_reason->setEnabled(any && m_canSteer);
    m_discard->setEnabled(any && m_canSteer && reasoned);
    m_discard->setToolTip(any && m_canSteer && !reasoned ? tr("Give a reason first") : QString());
}

void LettersView::keepPlace(int first, int rows)
{
    auto* bar = m_table->verticalScrollBar();
    if (bar->value() > 0 && first <= bar->value()) {
        bar->setValue(bar->value() + rows);  // else what is read would move away
    }
}

void LettersView::toggleTick()
{
    const QModelIndex cell = m_model->index(m_table->currentIndex().row(), Model::Tick);
    const bool on = cell.data(Qt::CheckStateRole).toInt() == Qt::Checked;
    m_model->setData(cell, on ? Qt::Unchecked : Qt::Checked, Qt::CheckStateRole);
}

bool LettersView::eventFilter(QObject* watched, QEvent* event)
{
    // As Return, which is a shortcut; the one of the number pad is another key.
    if (event->type() == QEvent::KeyPress &&
        static_cast<QKeyEvent*>(event)->key() == Qt::Key_Enter) {
        emit editRequested();
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void LettersView::dryRun()
{
    auto query = parseLetterQuery(meant().toStdString());
    if (!query.ok()) {
        say(QStringLiteral("✕ ") + from(query.error().text()));
        return;
    }
    query->limit = std::max<std::uint64_t>(query->limit, m_model->total());
    m_bridge->previewRetry(query.value(), std::nullopt, this,
                           [this](const Result<std::vector<RetryPreview>>& previews) {
                               if (previews.ok()) {
                                   showPreview(previews.value());
                               } else {
                                   say(QStringLiteral("✕ ") + from(previews.error().text()));
                               }
                           });
}

void LettersView::showPreview(const std::vector<RetryPreview>& previews)
{
    m_findings.clear();
    for (const RetryPreview& preview : previews) {
        m_findings.insert(preview.id, findingsText(preview));
    }
    say(previewText(previews));
    emit chosenChanged();
}

void LettersView::say(const QString& text)
{
    m_note->setText(text);
    m_note->setVisible(!text.isEmpty());
}

}  // namespace muster::ui
