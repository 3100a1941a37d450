// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/start/start_page.h"

#include <QEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QScrollArea>

#include "bridge/library.h"
#include "models/format.h"
#include "pages/start/offer_row.h"
#include "style/palette.h"
#include "widgets/card.h"

namespace muster::ui {

namespace {

constexpr std::size_t kSessionsShown = 8;
constexpr int kRecentShown = 6;
constexpr int kWidest = 1080;

QLabel* sentence(const QString& text, FontRole role)
{
    auto* label = new QLabel(text);
    label->setFont(fontFor(role));
    label->setWordWrap(true);
    return label;
}

QString dateText(WallTime time)
{
    return QDateTime::fromMSecsSinceEpoch(time.nanoseconds / 1'000'000)
        .toString(QStringLiteral("yyyy-MM-dd HH:mm"));
}

QString sizeText(quint64 bytes)
{
    return figureText(static_cast<double>(bytes), Unit::bytes);
}

}  // namespace

StartPage::StartPage(const PageContext& context, StartPlaces places, QWidget* parent)
    : Page(QStringLiteral("start"), tr("Start"), tr("Where do I begin?"), parent),
      m_library(context.library),
      m_places(std::move(places)),
      m_unclosed(new Card(tr("Not closed"))),
      m_examples(new Card(tr("Examples"))),
      m_recent(new Card(tr("Recent files"))),
      m_sessions(new Card(tr("Recorded sessions")))
{
    auto* inner = new QWidget;
    inner->setMaximumWidth(kWidest);
    auto* rows = new QVBoxLayout(inner);
    rows->setContentsMargins(2 * space::kPage, 3 * space::kPage, 2 * space::kPage, space::kPage);
    rows->setSpacing(space::kGap);
    rows->addWidget(sentence(tr("Run a workload, or look at one that ran"), FontRole::heading));
    rows->addWidget(sentence(tr("Press Run on an example: agents start to work at once, and every "
                                "page shows what they do. Nothing leaves this machine."),
                             FontRole::body));
    rows->addSpacing(space::kSmall);
    rows->addWidget(m_unclosed);
    auto* columns = new QHBoxLayout;
    columns->setSpacing(space::kGap);
    auto* left = new QVBoxLayout;
    left->setSpacing(space::kGap);
    left->addWidget(m_examples);
    left->addWidget(makeHints());
    left->addStretch();
    columns->addLayout(left, 3);
    auto* right = new QVBoxLayout;
    right->setSpacing(space::kGap);
    auto* open = new QPushButton(tr("Open a workload or a session…"));
    open->setToolTip(tr("Ctrl+O; or drag a file onto the window"));
    connect(open, &QPushButton::clicked, this, [this] { emit openRequested({}); });
    right->addWidget(open);
    right->addWidget(m_recent);
    right->addWidget(m_sessions);
    right->addStretch();
    columns->addLayout(right, 2);
    rows->addLayout(columns);
    rows->addStretch();

    auto* holder = new QWidget;
    auto* middle = new QHBoxLayout(holder);
    middle->setContentsMargins(0, 0, 0, 0);
    middle->addStretch(1);
    middle->addWidget(inner, 100);
    middle->addStretch(1);
    auto* scroll = new QScrollArea;
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(holder);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(scroll);
    m_unclosed->hide();
    m_examples->setValue(tr("reading…"));
    setRecent(m_places.recent);
}

QWidget* StartPage::makeHints()
{
    auto* card = new Card(tr("While it runs"));
    m_hints = new QLabel(hintsText());
    m_hints->setTextFormat(Qt::RichText);
    m_hints->setWordWrap(true);
    card->body()->addWidget(m_hints);
    return card;
}

QString StartPage::hintsText()
{
    const auto row = [](const QString& key, const QString& what) {
        return QStringLiteral(
                   "<tr><td style='padding:3px 18px 3px 0;color:%3'>%1</td>"
                   "<td style='padding:3px 0'>%2</td></tr>")
            .arg(key, what, currentPalette()[Role::accent].name());
    };
    return QStringLiteral("<table>") +
           row(tr("Ctrl+K"), tr("every command: pause the load, stop agents, go anywhere")) +
           row(tr("Ctrl+2 …"), tr("the pages at the left, in their order")) +
           row(tr("/"), tr("filter what a page shows")) +
           row(tr("Space"), tr("stand still, go on")) + row(tr("?"), tr("all the keys")) +
           QStringLiteral("</table>");
}

void StartPage::changeEvent(QEvent* event)
{
    Page::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && m_hints != nullptr) {
        m_hints->setText(hintsText());  // its colours are in the text
    }
}

void StartPage::showEvent(QShowEvent* event)
{
    Page::showEvent(event);
    refresh();
}

void StartPage::refresh()
{
    m_library->workloads(m_places.examples, this,
                         [this](const auto& offers) { showExamples(offers); });
    m_library->sessions(m_places.sessions, kSessionsShown, this,
                        [this](const auto& offers) { showSessions(offers); });
}

void StartPage::clear(Card* card)
{
    while (auto* item = card->body()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
}

OfferRow* StartPage::addRow(Card* card, const QString& title, const QString& line,
                            const QString& action, const QString& file)
{
    auto* row = new OfferRow(title, line, action);
    row->setToolTip(file);
    connect(row, &OfferRow::chosen, this, [this, file] { emit openRequested(file); });
    card->body()->addWidget(row);
    return row;
}

void StartPage::showExamples(const std::vector<WorkloadOffer>& offers)
{
    clear(m_examples);
    m_examples->setValue({});
    if (offers.empty()) {
        m_examples->body()->addWidget(
            sentence(tr("No example was found in %1. Open a workload file instead.")
                         .arg(QString::fromStdString(m_places.examples.string())),
                     FontRole::small));
    }
    bool first = true;
    for (const auto& offer : offers) {
        const auto name = QFileInfo(offer.file).completeBaseName();
        if (!offer.info.ok()) {
            addRow(m_examples, name, {}, tr("Run"), offer.file)
                ->setProblem(QString::fromStdString(offer.info.error().text()));
            continue;
        }
        const auto& info = offer.info.value();
        const auto line = QString::fromStdString(info.description);
        auto* row = addRow(m_examples, info.name.empty() ? name : QString::fromStdString(info.name),
                           line.isEmpty() ? tr("%1 agents").arg(exactText(info.agents))
                                          : tr("%1 · %2 agents").arg(line, exactText(info.agents)),
                           tr("Run"), offer.file);
        row->setPrimary(std::exchange(first, false));
    }
}

void StartPage::showSessions(const std::vector<SessionOffer>& offers)
{
    clear(m_sessions);
    clear(m_unclosed);
    bool unclosed = false;
    for (const auto& offer : offers) {
        const auto name = QFileInfo(offer.file).completeBaseName();
        const auto line = tr("%1 · %2").arg(dateText(offer.changedAt), sizeText(offer.bytes));
        addRow(m_sessions, name, line, tr("Open"), offer.file);
        if (offer.unclosed && !std::exchange(unclosed, true)) {
            addRow(m_unclosed, name,
                   tr("%1. This session was not closed, so its program ended without warning. "
                      "Everything that was acknowledged is in it.")
                       .arg(line),
                   tr("Look at it"), offer.file);
        }
    }
    m_unclosed->setVisible(unclosed);
    if (offers.empty()) {
        m_sessions->body()->addWidget(sentence(
            tr("None yet. Every run is recorded, and can be opened again here."), FontRole::small));
    }
}

void StartPage::setRecent(const QStringList& files)
{
    m_places.recent = files;
    clear(m_recent);
    int shown = 0;
    for (const auto& file : files) {
        const QFileInfo info(file);
        if (shown == kRecentShown || !info.exists()) {
            continue;
        }
        ++shown;
        addRow(m_recent, info.fileName(), info.absolutePath(), tr("Open"), file);
    }
    m_recent->setVisible(shown > 0);
}

}  // namespace muster::ui
