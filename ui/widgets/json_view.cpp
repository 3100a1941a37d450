// SPDX-License-Identifier: GPL-3.0-or-later
#include "widgets/json_view.h"

#include <QAbstractTextDocumentLayout>
#include <QEvent>
#include <QRegularExpression>
#include <QResizeEvent>
#include <QScrollBar>
#include <QSyntaxHighlighter>

#include "models/json_text.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kFrame = 12;

/// Keys in the accent's colour, texts in the state colour of what is well, the rest plain.
class Colours final : public QSyntaxHighlighter {
public:
    using QSyntaxHighlighter::QSyntaxHighlighter;

protected:
    void highlightBlock(const QString& line) override
    {
        static const QRegularExpression quoted(QStringLiteral(R"re("(?:[^"\\]|\\.)*"(\s*:)?)re"));
        auto matches = quoted.globalMatch(line);
        while (matches.hasNext()) {
            const auto match = matches.next();
            const bool key = match.capturedLength(1) > 0;
            setFormat(static_cast<int>(match.capturedStart()),
                      static_cast<int>(match.capturedLength() - match.capturedLength(1)),
                      currentPalette()[key ? Role::accent : Role::ok]);
        }
    }
};

}  // namespace

JsonView::JsonView(QWidget* parent) : QPlainTextEdit(parent)
{
    setReadOnly(true);
    setFont(fontFor(FontRole::mono));
    setLineWrapMode(QPlainTextEdit::WidgetWidth);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setTabChangesFocus(true);
    setAccessibleName(tr("JSON"));
    new Colours(document());
}

void JsonView::setJson(std::string_view json)
{
    const QString text = prettyJson(json);
    if (text == toPlainText()) {
        return;
    }
    const int scrolled = verticalScrollBar()->value();
    setPlainText(text);
    fitHeight();
    verticalScrollBar()->setValue(scrolled);
}

/// As tall as its text, where there is room for it.
void JsonView::fitHeight()
{
    const int lines = static_cast<int>(document()->documentLayout()->documentSize().height());
    const int frame = height() - viewport()->height();
    setMaximumHeight((lines + 1) * fontMetrics().lineSpacing() + std::max(frame, kFrame));
}

void JsonView::resizeEvent(QResizeEvent* event)
{
    QPlainTextEdit::resizeEvent(event);
    if (event->size().width() != event->oldSize().width()) {
        fitHeight();
    }
}

void JsonView::changeEvent(QEvent* event)
{
    QPlainTextEdit::changeEvent(event);
    if (event->type() == QEvent::PaletteChange) {
        for (auto* colours : document()->findChildren<QSyntaxHighlighter*>()) {
            colours->rehighlight();
        }
    }
}

}  // namespace muster::ui
