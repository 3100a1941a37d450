// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/toasts.h"

#include <QAccessible>
#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPointer>
#include <QPushButton>
#include <QTimer>

#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kWidth = 380;
constexpr int kGlyph = 20;

}  // namespace

class Toasts::Toast final : public QWidget {
public:
    Toast(const QString& text, bool error) : m_text(new QLabel(text)), m_error(error)
    {
        auto* row = new QHBoxLayout(this);
        row->setContentsMargins(kGlyph + space::kPage, space::kGap, space::kGap, space::kGap);
        m_text->setTextFormat(Qt::PlainText);
        m_text->setWordWrap(true);
        m_text->setObjectName(QStringLiteral("toast"));
        row->addWidget(m_text, 1);
        setFixedWidth(kWidth);
        setAccessibleName(text);
    }

    QString text() const { return m_text->text(); }
    void setText(const QString& text) { m_text->setText(text); }

    void setAction(QPushButton* button)
    {
        m_action = button;
        layout()->addWidget(button);
    }
    void withdrawAction() { delete m_action; }

    int id = 0;  ///< not 0: it stays until it is removed

protected:
    void paintEvent(QPaintEvent*) override
    {
        const auto& palette = currentPalette();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(palette[m_error ? Role::bad : Role::line]);
        painter.setBrush(palette[Role::raise]);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), space::kRadius,
                                space::kRadius);
        painter.setPen(palette[m_error ? Role::bad : Role::ok]);
        painter.drawText(QRect(space::kSmall, 0, kGlyph, height()), Qt::AlignCenter,
                         m_error ? QStringLiteral("✕") : QStringLiteral("✓"));
    }

private:
    QLabel* m_text;
    QPointer<QPushButton> m_action;
    bool m_error;
};

Toasts::Toasts(QWidget* window, int bottom)
    : QWidget(window), m_rows(new QVBoxLayout(this)), m_bottom(bottom)
{
    m_rows->setContentsMargins(0, 0, 0, 0);
    m_rows->setSpacing(space::kSmall);
    m_rows->setSizeConstraint(QLayout::SetFixedSize);
    window->installEventFilter(this);
    hide();
}

void Toasts::tell(const QString& text)
{
    tell(text, {}, {});
}

void Toasts::tell(const QString& text, const QString& action, std::function<void()> run)
{
    // Undo takes back what was done last: an earlier offer of it would take back the wrong thing.
    for (int place = 0; place < m_rows->count(); ++place) {
        if (at(place)->id == 0) {
            at(place)->withdrawAction();
        }
    }
    QTimer::singleShot(kStayMs, add(text, false, action, std::move(run)), &QObject::deleteLater);
}

void Toasts::tellError(const QString& text)
{
    QTimer::singleShot(kErrorStayMs, add(text, true, {}, {}), &QObject::deleteLater);
}

int Toasts::keep(const QString& text, const QString& action, std::function<void()> run)
{
    auto* toast = add(text, false, action, std::move(run));
    toast->id = ++m_lastId;
    return toast->id;
}

void Toasts::update(int id, const QString& text)
{
    if (auto* toast = find(id)) {
        toast->setText(text);
    }
}

void Toasts::remove(int id)
{
    delete find(id);
}

void Toasts::clear()
{
    while (m_rows->count() > 0) {
        delete at(0);
    }
    place();
}

Toasts::Toast* Toasts::at(int place) const
{
    return static_cast<Toast*>(m_rows->itemAt(place)->widget());
}

Toasts::Toast* Toasts::find(int id) const
{
    for (int place = 0; place < m_rows->count(); ++place) {
        if (at(place)->id == id) {
            return at(place);
        }
    }
    return nullptr;
}

/// The oldest that does not stay makes room for the next.
void Toasts::makeRoom()
{
    for (int place = 0; place < m_rows->count() && m_rows->count() >= kMost; ++place) {
        if (at(place)->id == 0) {
            delete at(place);
            return;
        }
    }
}

Toasts::Toast* Toasts::add(const QString& text, bool error, const QString& action,
                           std::function<void()> run)
{
    makeRoom();
    auto* toast = new Toast(text, error);
    if (!action.isEmpty()) {
        auto* button = new QPushButton(action);
        button->setProperty("flat", true);
        button->setFocusPolicy(Qt::NoFocus);
        toast->setAction(button);
        connect(button, &QPushButton::clicked, toast, [toast, run = std::move(run)] {
            toast->deleteLater();
            run();
        });
    }
    m_rows->addWidget(toast);
    connect(toast, &QObject::destroyed, this,
            [this] { QTimer::singleShot(0, this, [this] { place(); }); });
    QAccessibleEvent told(toast, QAccessible::Alert);
    QAccessible::updateAccessibility(&told);
    show();
    raise();
    place();
    return toast;
}

QStringList Toasts::texts() const
{
    QStringList all;
    for (int place = 0; place < m_rows->count(); ++place) {
        all << at(place)->text();
    }
    return all;
}

void Toasts::place()
{
    if (m_rows->count() == 0) {
        hide();
        return;
    }
    m_rows->activate();
    settle();
}

/// By the size it has, not by what its layout hoped for before its texts were wrapped.
void Toasts::settle()
{
    move(parentWidget()->width() - width() - space::kPage,
         parentWidget()->height() - height() - m_bottom - space::kPage);
}

void Toasts::resizeEvent(QResizeEvent* event)
{
    QWidget::resizeEvent(event);
    settle();
}

bool Toasts::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::Resize) {
        place();
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace muster::ui
