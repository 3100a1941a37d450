// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/limits/trial_card.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QVBoxLayout>

#include "models/format.h"
#include "widgets/key_values.h"
#include "widgets/level_bar.h"

namespace muster::ui {

namespace {

constexpr double kNear = 0.8;  // of what a guard allows
constexpr Duration kSoon = std::chrono::seconds(5);

QString from(const std::string& text)
{
    return QString::fromStdString(text);
}

/// "limiter.rate of shop", short enough for a narrow card.
QString subject(const std::string& key)
{
    const QStringList parts = from(key).split(QLatin1Char('.'));
    return parts.size() > 2 && parts.first() == QLatin1String("services")
               ? QObject::tr("%1 of %2").arg(parts.mid(2).join(QLatin1Char('.')), parts.at(1))
               : from(key);
}

}  // namespace

TrialCard::TrialCard(QWidget* parent)
    : Card(tr("On trial"), parent),
      m_change(new QLabel(this)),
      m_left(new LevelBar(this)),
      m_guards(new KeyValues({}, this)),
      m_keep(new QPushButton(tr("Keep"), this)),
      m_revert(new QPushButton(tr("Revert"), this))
{
    setAccessibleName(tr("Change on trial"));
    m_change->setWordWrap(true);
    m_change->setTextFormat(Qt::PlainText);
    m_left->setTicks(false);
    m_left->setAccessibleName(tr("Time left"));
    m_keep->setToolTip(tr("The change stays (limits.keep)"));
    m_revert->setToolTip(tr("All is as it was before (limits.revert)"));
    body()->addWidget(m_change);
    body()->addWidget(m_left);
    body()->addWidget(m_guards);
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(space::kSmall);
    buttons->addWidget(m_keep);
    buttons->addWidget(m_revert);
    body()->addLayout(buttons);
    connect(m_keep, &QPushButton::clicked, this,
            [this] { emit commandRequested(QStringLiteral("limits.keep")); });
    connect(m_revert, &QPushButton::clicked, this,
            [this] { emit commandRequested(QStringLiteral("limits.revert")); });
    hide();
}

void TrialCard::show(const std::optional<TrialStatus>& trial)
{
    setVisible(trial.has_value());
    if (!trial) {
        return;
    }
    const auto seconds =
        std::chrono::ceil<std::chrono::seconds>(std::max(Duration{}, trial->left)).count();
    setValue(tr("reverts in %1").arg(clockText(std::chrono::seconds(seconds))),
             trial->left <= kSoon ? Role::warn : Role::text);
    m_change->setText(QStringLiteral("%1\n%2 → %3")
                          .arg(subject(trial->key), from(trial->before), from(trial->after)));
    m_change->setToolTip(tr("By %1, version %2 of the configuration")
                             .arg(from(trial->author), QString::number(trial->version)));
    m_left->setShare(trial->length > Duration{} ? static_cast<double>(trial->left.count()) /
                                                      static_cast<double>(trial->length.count())
                                                : 0);
    QStringList keys;
    for (const auto& guard : trial->guards) {
        keys << from(guard.name);
    }
    m_guards->setKeys(keys);
    for (std::size_t i = 0; i < trial->guards.size(); ++i) {
        const auto& guard = trial->guards[i];
        const bool near = guard.known && guard.share > kNear;
        m_guards->setValue(static_cast<int>(i),
                           guard.name == "pressure"
                               ? tr("%1, %2").arg(from(guard.now), from(guard.most))
                               : tr("%1, at most %2").arg(from(guard.now), from(guard.most)),
                           !guard.known ? Role::dim
                           : near       ? Role::warn
                                        : Role::text);
    }
}

void TrialCard::setCanSteer(bool on, const QString& reason)
{
    m_keep->setEnabled(on);
    m_revert->setEnabled(on);
    m_keep->setToolTip(on ? tr("The change stays (limits.keep)") : reason);
    m_revert->setToolTip(on ? tr("All is as it was before (limits.revert)") : reason);
}

}  // namespace muster::ui
