// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/queues/edit_dialog.h"

#include <QDialogButtonBox>
#include <QJsonDocument>
#include <QLabel>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSyntaxHighlighter>
#include <QVBoxLayout>

#include "models/json_text.h"
#include "pages/queues/preview_text.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kWidth = 620;
constexpr int kHeight = 540;
constexpr auto kStill = std::chrono::milliseconds(200);

/// An object or a list: what stays so when it is edited.
bool isJson(const QByteArray& text)
{
    return !QJsonDocument::fromJson(text).isNull();
}

/// Objects and lists are edited a key a line, and kept as they came otherwise.
QString readable(const std::string& payload)
{
    return isJson(QByteArray::fromStdString(payload)) ? prettyJson(payload)
                                                      : QString::fromStdString(payload);
}

/// What goes and what comes is told by its sign, and by colour.
class DiffColours : public QSyntaxHighlighter {
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& line) override
    {
        if (line.startsWith(QLatin1String("- ")) || line.startsWith(QLatin1String("+ "))) {
            setFormat(0, static_cast<int>(line.size()),
                      currentPalette()[line.front() == QLatin1Char('+') ? Role::ok : Role::bad]);
        }
    }
};

}  // namespace

EditDialog::EditDialog(const QString& title, std::string payload, QWidget* parent)
    : QDialog(parent),
      m_before(std::move(payload)),
      m_editor(makeText(tr("Payload"), false)),
      m_diff(makeText(tr("What changes"), true)),
      m_preview(new QLabel),
      m_problem(new QLabel)
{
    setAttribute(Qt::WA_DeleteOnClose);
    setWindowTitle(title);
    resize(kWidth, kHeight);
    new DiffColours(m_diff->document());
    m_editor->setPlainText(readable(m_before));
    for (QLabel* each : {m_preview, m_problem}) {
        each->setFont(fontFor(FontRole::small));
        each->setTextFormat(Qt::PlainText);
        each->setWordWrap(true);
    }
    m_preview->setAccessibleName(tr("Dry run"));
    auto* buttons = new QDialogButtonBox(QDialogButtonBox::Cancel);
    m_save = buttons->addButton(tr("&Save payload"), QDialogButtonBox::AcceptRole);
    m_save->setProperty("primary", true);
    auto* rows = new QVBoxLayout(this);
    rows->setSpacing(space::kSmall);
    rows->addWidget(new QLabel(tr("Payload")));
    rows->addWidget(m_editor, 3);
    rows->addWidget(new QLabel(tr("What changes")));
    rows->addWidget(m_diff, 2);
    rows->addWidget(m_preview);
    rows->addWidget(m_problem);
    rows->addWidget(buttons);
    m_still.setSingleShot(true);
    m_still.setInterval(kStill);
    connect(&m_still, &QTimer::timeout, this, [this] { emit previewWanted(this->payload()); });
    connect(m_editor, &QPlainTextEdit::textChanged, this, &EditDialog::compare);
    connect(buttons, &QDialogButtonBox::accepted, this, &QDialog::accept);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    compare();
    m_editor->setFocus();
}

QPlainTextEdit* EditDialog::makeText(const QString& name, bool readOnly)
{
    auto* text = new QPlainTextEdit;
    text->setFont(fontFor(FontRole::mono));
    text->setAccessibleName(name);
    text->setReadOnly(readOnly);
    text->setTabChangesFocus(true);
    return text;
}

void EditDialog::showPreview(const RetryPreview* preview)
{
    m_preview->setText(preview == nullptr ? QString()
                       : preview->passes  ? tr("✓ Dry run: it would be tried again")
                                          : tr("▲ Dry run: %1").arg(findingsText(*preview)));
}

std::string EditDialog::payload() const
{
    const QByteArray text = m_editor->toPlainText().toUtf8();
    // What was JSON is sent as such, on one line; its keys keep their order.
    return isJson(text) && isJson(QByteArray::fromStdString(m_before))
               ? compactJson(text.toStdString())
               : text.toStdString();
}

QString EditDialog::diffText() const
{
    return m_diff->toPlainText();
}

void EditDialog::compare()
{
    QString text;
    bool changed = false;
    for (const std::string& line : payloadDiff(m_before, payload())) {
        changed = changed || !line.starts_with("  ");
        text += QString::fromStdString(line) + QLatin1Char('\n');
    }
    m_diff->setPlainText(changed ? text : tr("Nothing yet."));
    const QByteArray now = m_editor->toPlainText().trimmed().toUtf8();
    const bool asJson = now.startsWith('{') || now.startsWith('[');
    const bool broken = asJson && !isJson(now);
    m_problem->setText(now.isEmpty() ? tr("✕ The payload is empty")
                       : broken      ? tr("✕ It begins as JSON and is none")
                                     : QString());
    m_still.start();
    m_save->setEnabled(changed && !now.isEmpty() && !broken);
}

}  // namespace muster::ui
