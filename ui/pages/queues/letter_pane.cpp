// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/letter_pane.h"

#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QVBoxLayout>

#include "models/format.h"
#include "models/json_text.h"
#include "widgets/json_view.h"
#include "widgets/key_values.h"

namespace muster::ui {

namespace {

enum Facts { Died, Failure, Attempts, Pushed, DryRun };

QString text(const std::string& utf8)
{
    return QString::fromStdString(utf8);
}

}  // namespace

LetterPane::LetterPane(QWidget* parent)
    : Card(tr("Dead letter"), parent),
      m_empty(new QLabel(tr("Choose a dead letter to see its payload and every attempt at it."))),
      m_content(new QWidget),
      m_facts(
          new KeyValues({tr("Died"), tr("Failure"), tr("Attempts"), tr("Pushed"), tr("Dry run")})),
      m_payload(new JsonView),
      m_history(new QPlainTextEdit),
      m_edit(new QPushButton(tr("&Edit payload…"))),
      m_message(new QLabel)
{
    m_empty->setWordWrap(true);
    m_empty->setAlignment(Qt::AlignCenter);
    m_empty->setForegroundRole(QPalette::PlaceholderText);
    m_message->setWordWrap(true);
    m_message->setTextFormat(Qt::PlainText);
    m_message->setFont(fontFor(FontRole::small));
    m_message->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    m_message->setAccessibleName(tr("Last error"));
    m_payload->setAccessibleName(tr("Payload"));
    m_history->setReadOnly(true);
    m_history->setFont(fontFor(FontRole::small));
    m_history->setFrameShape(QFrame::NoFrame);
    m_history->setAccessibleName(tr("Attempts, the last first"));
    m_history->setTabChangesFocus(true);
    auto* rows = new QVBoxLayout(m_content);
    rows->setContentsMargins({});
    rows->setSpacing(space::kSmall);
    rows->addWidget(m_facts);
    rows->addWidget(m_message);
    rows->addWidget(m_payload);
    rows->addWidget(m_history, 1);
    setHeaderWidget(m_edit);
    body()->addWidget(m_empty, 1);
    body()->addWidget(m_content, 1);
    connect(m_edit, &QPushButton::clicked, this, &LetterPane::editRequested);
    show(nullptr, false);
}

void LetterPane::show(const LetterRow* letter, bool utc)
{
    m_letter = letter != nullptr ? std::optional(*letter) : std::nullopt;
    m_empty->setVisible(letter == nullptr);
    m_edit->setVisible(letter != nullptr);
    m_content->setVisible(letter != nullptr);
    setTitle(letter != nullptr ? tr("Dead letter %1 in %2").arg(letter->id).arg(text(letter->queue))
                               : tr("Dead letter"));
    if (letter == nullptr) {
        return;
    }
    m_facts->setValue(Died, tr("%1 · %2").arg(text(letter->died), timeText(letter->diedAt, utc)));
    m_facts->setValue(Failure, tr("%1 · %2").arg(text(letter->failureClass), text(letter->code)),
                      Role::bad);
    m_message->setText(text(letter->message));
    m_facts->setValue(Pushed,
                      tr("%1%2 · %3")
                          .arg(letter->cause != 0 ? tr("retry of %1 · ").arg(letter->cause) : "",
                               text(letter->priority), timeText(letter->pushedAt, utc)));
    m_facts->setValue(Attempts,
                      tr("%1%2")
                          .arg(letter->attempts)
                          .arg(letter->edits > 0 ? tr(" · edited %1×").arg(letter->edits) : ""));
    const QByteArray payload = QByteArray::fromStdString(letter->payload);
    m_payload->setJson(
        std::string_view(payload.constData(), static_cast<std::size_t>(payload.size())));
    if (const QString history = historyText(); history != m_history->toPlainText()) {
        m_history->setPlainText(history);
        m_history->moveCursor(QTextCursor::Start);
    }
    setCanSteer(m_canSteer, m_reason);
}

void LetterPane::setFinding(const std::optional<QString>& finding)
{
    m_facts->setValue(DryRun,
                      !finding             ? tr("not tried")
                      : finding->isEmpty() ? tr("✓ would be tried again")
                                           : QStringLiteral("▲ ") + *finding,
                      !finding             ? Role::dim
                      : finding->isEmpty() ? Role::ok
                                           : Role::warn);
    m_facts->setTip(DryRun, finding.value_or(QString()));
}

QString LetterPane::historyText() const
{
    QString lines;
    if (!m_letter) {
        return lines;
    }
    for (auto attempt = m_letter->history.rbegin(); attempt != m_letter->history.rend();
         ++attempt) {
        lines += tr("Attempt %1 · %2 · took %3\n%4 · %5: %6\n\n")
                     .arg(attempt->number)
                     .arg(timeText(attempt->begun), spanText(attempt->ended - attempt->begun),
                          text(attempt->failureClass), text(attempt->code), text(attempt->message));
    }
    return lines.isEmpty() ? tr("No attempt is on record.") : lines.trimmed();
}

void LetterPane::setCanSteer(bool can, const QString& reason)
{
    m_canSteer = can;
    m_reason = reason;
    m_edit->setEnabled(can && m_letter && m_letter->state == "waiting");
    m_edit->setToolTip(can ? QString() : reason);
}

}  // namespace muster::ui
