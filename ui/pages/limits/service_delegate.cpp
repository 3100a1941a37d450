// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/service_delegate.h"

#include <QListView>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "charts/sparkline.h"
#include "models/format.h"
#include "style/paint.h"
#include "style/status_look.h"
#include "widgets/level_bar.h"

namespace muster::ui {

namespace {

using Row = ServiceListModel::Row;

constexpr int kCircle = 72;  ///< the largest one's diameter
constexpr int kLeastCircle = 10;
constexpr int kLine = 21;
constexpr int kHeader = 22;
constexpr int kDenseLine = 18;
constexpr int kSmallDisc = 36;  ///< one that a figure over it would hide
constexpr QSize kCard(300, 224);
constexpr QSize kDenseCard(232, kHeader + kDenseLine + 2 * space::kCardTop);

QString text(const std::string& from)
{
    return QString::fromStdString(from);
}

/// One card being painted, from the top down.
class CardPainter {
public:
    CardPainter(QPainter& painter, const QRect& rect, const Row& row, double highest)
        : m_painter(painter),
          m_rest(rect.adjusted(space::kPage, space::kCardTop, -space::kPage, -space::kCardTop)),
          m_row(row),
          m_status(row.status),
          m_highest(highest),
          m_look(lookOfBreaker(row.status.breaker ? row.status.breaker->state : std::string()))
    {
    }

    /// What is most worth knowing, in few words; the pane has the rest.
    [[nodiscard]] QString denseWords() const
    {
        const BreakerUse* use = m_status.breaker ? &*m_status.breaker : nullptr;
        if (m_row.trouble == ServiceListModel::Trouble::open) {
            return QObject::tr("retry in %1").arg(figureText(use->retryAfter, Unit::nanoseconds));
        }
        if (m_row.trouble == ServiceListModel::Trouble::halfOpen) {
            return QObject::tr("%1 of %2 probes")
                .arg(exactText(use->calls), exactText(use->probesMost));
        }
        if (m_row.trouble == ServiceListModel::Trouble::forcedOpen) {
            return QObject::tr("nothing passes");
        }
        if (m_row.trouble == ServiceListModel::Trouble::rejecting) {
            return QObject::tr("%1 rejected/s")
                .arg(figure(m_status.rejectionsPerSecond, Unit::count).text());
        }
        const double calls = m_status.perSecond;
        return calls > 0 ? QObject::tr("%1 failed")
                               .arg(shareText(std::min(1.0, m_status.failuresPerSecond / calls)))
                         : QObject::tr("no calls");
    }

    void paintDense()
    {
        header();
        const QString words = denseWords();
        const QRect line = take(kDenseLine);
        const QString calls =
            QObject::tr("%1 calls/s").arg(figure(m_status.perSecond, Unit::count).text());
        write(line, Qt::AlignLeft, calls, Role::text, FontRole::small);
        const int used = QFontMetrics(m_painter.font()).horizontalAdvance(calls) + space::kPage;
        write(line.adjusted(used, 0, 0, 0), Qt::AlignRight, words,
              m_row.trouble < ServiceListModel::Trouble::failing      ? m_look.colour
              : m_row.trouble == ServiceListModel::Trouble::failing   ? Role::bad
              : m_row.trouble == ServiceListModel::Trouble::rejecting ? Role::warn
                                                                      : Role::dim,
              FontRole::small);
    }

    void paint()
    {
        header();
        circle(take(kCircle + space::kSmall));
        outcomes();
        latencies();
        limits();
    }

private:
    QRect take(int height)
    {
        QRect line = m_rest;
        line.setHeight(height);
        m_rest.setTop(m_rest.top() + height);
        return line;
    }

    void write(const QRect& rect, int flags, const QString& what, Role colour, FontRole font)
    {
        m_painter.setFont(fontFor(font));
        m_painter.setPen(m_colours[colour]);
        m_painter.drawText(
            rect, flags | Qt::AlignVCenter,
            QFontMetrics(m_painter.font()).elidedText(what, Qt::ElideRight, rect.width()));
    }

    /// With an edge in the ground's colour: readable over a disc of any size.
    void writeOver(const QRectF& ground, const QString& what)
    {
        const QFont font = fontFor(FontRole::strong);
        const QFontMetricsF metrics(font);
        QPainterPath letters;
        letters.addText(ground.center().x() - metrics.horizontalAdvance(what) / 2,
                        ground.center().y() + metrics.capHeight() / 2, font, what);
        m_painter.strokePath(letters, QPen(m_colours.tint(Role::line, Role::panel, 0.45), 3));
        m_painter.fillPath(letters, m_colours[Role::text]);
    }

    void header()
    {
        const QRect line = take(kHeader);
        const int width = pillWidth(m_look);
        paintPill(m_painter, line, m_look);
        const QString name = text(m_status.name);
        write(line.adjusted(0, 0, -width - space::kSmall, 0), Qt::AlignLeft,
              m_row.pinned ? QStringLiteral("▴ ") + name : name, Role::text, FontRole::strong);
    }

    void circle(const QRect& area)
    {
        const QRectF ground(area.left(), area.top() + space::kTight, kCircle, kCircle);
        m_painter.setPen(Qt::NoPen);
        m_painter.setBrush(m_colours.tint(Role::line, Role::panel, 0.45));
        m_painter.drawEllipse(ground);
        const double share = m_highest > 0 ? std::sqrt(m_status.perSecond / m_highest) : 0;
        const double size = std::max<double>(kLeastCircle, kCircle * std::min(share, 1.0));
        QRectF disc(0, 0, size, size);
        const bool small = size < kSmallDisc;
        disc.moveCenter(ground.center() - QPointF(0, small ? kCircle / 6.0 : 0));
        m_painter.setBrush(m_colours.tint(m_look.colour, Role::panel, 0.55));
        m_painter.drawEllipse(disc);
        const auto& rate = m_status.breaker ? m_status.breaker->failureRate : kNoBreaker;
        writeOver(ground.translated(0, small ? kCircle / 5.0 : 0),
                  rate.known() ? shareText(rate.value) : QStringLiteral("–"));
        beside(area.adjusted(kCircle + space::kPage, space::kTight, 0, 0));
    }

    void beside(const QRect& area)
    {
        const Figure rate = figure(m_status.perSecond, Unit::count);
        QRect line(area.left(), area.top(), area.width(), 24);
        write(line, Qt::AlignLeft, rate.text(), Role::text, FontRole::number);
        m_painter.setFont(fontFor(FontRole::number));
        const int used = QFontMetrics(m_painter.font()).horizontalAdvance(rate.text());
        write(line.adjusted(used + space::kSmall, 4, 0, 0), Qt::AlignLeft, QObject::tr("calls/s"),
              Role::dim, FontRole::small);
        line.translate(0, 24);
        line.setHeight(17);
        write(line, Qt::AlignLeft, ServiceListModel::breakerText(m_status),
              m_row.trouble < ServiceListModel::Trouble::failing ? m_look.colour : Role::dim,
              FontRole::small);
        paintSparkline(
            m_painter,
            QRectF(area.left(), line.bottom() + 4, area.width(), area.bottom() - line.bottom() - 8),
            m_row.rates, m_colours[m_look.colour == Role::dim ? Role::accent : m_look.colour]);
    }

    /// Three pairs of word and figure in a line.
    void trio(const std::array<std::pair<QString, QString>, 3>& pairs,
              const std::array<Role, 3>& colours)
    {
        const QRect line = take(kLine);
        rule(line);
        const int third = line.width() / 3;
        for (int i = 0; i < 3; ++i) {
            const auto at = static_cast<std::size_t>(i);
            const QRect cell(line.left() + i * third, line.top(),
                             third - (i < 2 ? space::kPage : 0), line.height());
            write(cell, Qt::AlignLeft, pairs[at].first, Role::dim, FontRole::small);
            m_painter.setFont(fontFor(FontRole::small));
            const int word = QFontMetrics(m_painter.font()).horizontalAdvance(pairs[at].first);
            write(cell.adjusted(word + space::kTight, 0, 0, 0), Qt::AlignRight, pairs[at].second,
                  colours[at], FontRole::small);
        }
    }

    void outcomes()
    {
        const auto count = [](std::uint64_t value) {
            return figure(static_cast<double>(value), Unit::count).text();
        };
        trio({{{QObject::tr("ok"), count(m_status.succeeded)},
               {QObject::tr("failed"), count(m_status.failed)},
               {QObject::tr("rejected"), count(m_status.rejected)}}},
             {Role::text, m_status.failuresPerSecond > 0 ? Role::bad : Role::text,
              m_status.rejectionsPerSecond > 0 ? Role::warn : Role::text});
    }

    void latencies()
    {
        const auto time = [](const Known& value) {
            return value.known() ? figureText(value.value, Unit::nanoseconds) : QStringLiteral("–");
        };
        const bool slow = m_status.breaker && m_status.breaker->slowRate.known();
        trio({{{QStringLiteral("p50"), time(m_status.p50)},
               {QStringLiteral("p99"), time(m_status.p99)},
               {QObject::tr("slow"),
                slow ? shareText(m_status.breaker->slowRate.value) : QStringLiteral("–")}}},
             {Role::text, Role::text, Role::text});
    }

    void limits()
    {
        if (m_status.limiter) {
            const LimiterUse& use = *m_status.limiter;
            const QString word =
                QObject::tr("Limiter %1").arg(figureText(use.ratePerSecond, Unit::perSecond));
            if (use.keyed) {
                bar(word, 0, QObject::tr("%1 each").arg(exactText(use.burst)), false);
            } else {
                bar(word, share(static_cast<double>(use.remaining), static_cast<double>(use.burst)),
                    QObject::tr("%1 of %2 left")
                        .arg(exactText(use.remaining), exactText(use.burst)),
                    use.remaining == 0);
            }
        }
        if (m_status.bulkhead) {
            const BulkheadUse& use = *m_status.bulkhead;
            bar(use.adaptive ? QObject::tr("At once, adaptive") : QObject::tr("At once"),
                share(static_cast<double>(use.inUse), static_cast<double>(use.limit)),
                use.waiting > 0
                    ? QObject::tr("%1 of %2, %3 wait")
                          .arg(exactText(use.inUse), exactText(use.limit), exactText(use.waiting))
                    : QObject::tr("%1 of %2").arg(exactText(use.inUse), exactText(use.limit)),
                use.inUse >= use.limit);
        }
        if (m_status.budget) {
            const RetryBudgetUse& use = *m_status.budget;
            bar(QObject::tr("Retries"), share(use.used, use.allowed),
                QObject::tr("%1 of %2")
                    .arg(QString::number(use.used, 'f', 0), QString::number(use.allowed, 'f', 0)),
                use.used >= use.allowed && use.allowed > 0);
        }
    }

    static double share(double part, double whole) { return whole > 0 ? part / whole : 0; }

    void rule(const QRect& line)
    {
        m_painter.fillRect(line.left(), line.top(), line.width(), 1,
                           m_colours.tint(Role::line, Role::panel, 0.55));
    }

    void bar(const QString& word, double filled, const QString& figures, bool atLimit)
    {
        if (m_rest.height() < kLine - space::kTight) {
            return;
        }
        const QRect line = take(kLine);
        rule(line);
        write(line, Qt::AlignLeft, word, Role::dim, FontRole::small);
        const int word2 = std::max(line.width() * 2 / 5, 0);
        const int figures2 = line.width() / 3;
        paintLevel(m_painter,
                   QRectF(line.left() + word2, line.top(),
                          line.width() - word2 - figures2 - space::kSmall, line.height()),
                   filled, atLimit ? Role::warn : Role::accent);
        write(line.adjusted(line.width() - figures2, 0, 0, 0), Qt::AlignRight, figures,
              atLimit ? Role::warn : Role::text, FontRole::small);
    }

    static inline const Known kNoBreaker{0, "no circuit breaker"};

    QPainter& m_painter;
    QRect m_rest;
    const Row& m_row;
    const ServiceStatus& m_status;
    double m_highest;
    StatusLook m_look;
    const Palette& m_colours = currentPalette();
};

}  // namespace

void ServiceDelegate::paint(QPainter* painter, const QStyleOptionViewItem& option,
                            const QModelIndex& index) const
{
    const auto* model = qobject_cast<const ServiceListModel*>(index.model());
    const auto* row = model != nullptr ? model->rowAt(index.row()) : nullptr;
    if (row == nullptr) {
        return;
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRect card = option.rect.adjusted(0, 0, -space::kGap, -space::kGap);
    paintPanel(*painter, card, Role::panel,
               option.state.testFlag(QStyle::State_Selected) ? Role::accent : Role::line);
    CardPainter cardPainter(*painter, card, *row, model->highestRate());
    m_dense ? cardPainter.paintDense() : cardPainter.paint();
    painter->restore();
}

QSize ServiceDelegate::sizeHint(const QStyleOptionViewItem& option, const QModelIndex&) const
{
    const auto* view = qobject_cast<const QListView*>(option.widget);
    return view != nullptr ? view->gridSize() : leastSize();
}

QSize ServiceDelegate::leastSize() const
{
    return m_dense ? kDenseCard : kCard;
}

}  // namespace muster::ui
