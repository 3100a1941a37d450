// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_draft.h"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "models/format.h"

namespace muster::ui {

namespace {

/// Three digits: what a hand means when it drags.
double rounded(double target)
{
    if (target < 1) {
        return std::max(0.0, std::round(target));
    }
    const double unit = std::pow(10, std::max(0.0, std::floor(std::log10(target)) - 2));
    return std::round(target / unit) * unit;
}

Duration wholeSeconds(Duration duration)
{
    return std::chrono::round<std::chrono::seconds>(duration);
}

}  // namespace

LoadDraft::LoadDraft(const LoadStatus& load)
    : m_stages(load.stages), m_start(load.startTarget), m_model(load.model)
{
}

Duration LoadDraft::total() const
{
    return m_stages.empty() ? Duration{} : endOf(m_stages.size() - 1);
}

Duration LoadDraft::endOf(std::size_t stage) const
{
    Duration end{};
    for (std::size_t i = 0; i <= stage && i < m_stages.size(); ++i) {
        end += m_stages[i].length;
    }
    return end;
}

double LoadDraft::highest() const
{
    double highest = m_start;
    for (const LoadStage& stage : m_stages) {
        highest = std::max(highest, stage.target);
    }
    return highest;
}

void LoadDraft::movePoint(std::size_t stage, Duration end, double target)
{
    if (stage >= m_stages.size()) {
        return;
    }
    const Duration begin = endOf(stage) - m_stages[stage].length;
    const bool last = stage + 1 == m_stages.size();
    const Duration latest =
        last ? begin + kLongest
             : endOf(stage + 1) - std::min(kShortest, m_stages[stage + 1].length);
    const Duration earliest = begin + kShortest;
    end = std::clamp(wholeSeconds(end), earliest, std::max(earliest, latest));
    const Duration before = endOf(stage);
    m_stages[stage].length = end - begin;
    if (!last) {
        m_stages[stage + 1].length += before - end;
    }
    setTarget(stage, rounded(target));
}

void LoadDraft::setLength(std::size_t stage, Duration length)
{
    if (stage < m_stages.size()) {
        m_stages[stage].length = std::clamp(length, kShortest, kLongest);
    }
}

void LoadDraft::setTarget(std::size_t stage, double target)
{
    if (stage < m_stages.size()) {
        m_stages[stage].target = std::clamp(target, 0.0, kHighest);
    }
}

std::size_t LoadDraft::addAfter(std::size_t stage)
{
    if (m_stages.size() >= kMostStages) {
        return stage;
    }
    if (m_stages.empty()) {
        m_stages.push_back({std::chrono::seconds(30), rounded(m_start)});
        return 0;
    }
    stage = std::min(stage, m_stages.size() - 1);
    const std::size_t next = stage + 1;
    if (next == m_stages.size() || m_stages[next].length < 2 * kShortest) {
        m_stages.insert(m_stages.begin() + static_cast<std::ptrdiff_t>(next), m_stages[stage]);
        return next;
    }
    LoadStage& after = m_stages[next];
    const Duration half = wholeSeconds(after.length / 2);
    const LoadStage first{half, rounded((m_stages[stage].target + after.target) / 2)};
    after.length -= half;
    m_stages.insert(m_stages.begin() + static_cast<std::ptrdiff_t>(next), first);
    return next;
}

bool LoadDraft::remove(std::size_t stage)
{
    if (m_stages.size() < 2 || stage >= m_stages.size()) {
        return false;
    }
    m_stages.erase(m_stages.begin() + static_cast<std::ptrdiff_t>(stage));
    return true;
}

bool LoadDraft::sameAs(const std::vector<LoadStage>& stages) const
{
    return std::equal(stages.begin(), stages.end(), m_stages.begin(), m_stages.end(),
                      [](const LoadStage& one, const LoadStage& other) {
                          return one.length == other.length && one.target == other.target;
                      });
}

QString LoadDraft::command() const
{
    QStringList parts;
    for (const LoadStage& stage : m_stages) {
        parts << durationArgument(stage.length) + QLatin1Char(':') +
                     targetArgument(stage.target, m_model);
    }
    return QStringLiteral("load.stages ") + parts.join(QLatin1Char(','));
}

QString durationArgument(Duration duration)
{
    const auto ms = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
    return ms % 1000 == 0 ? QStringLiteral("%1s").arg(ms / 1000) : QStringLiteral("%1ms").arg(ms);
}

QString targetArgument(double target, LoadModel model)
{
    QString number = QString::number(target, 'f', 3);
    while (number.contains(QLatin1Char('.')) &&
           (number.endsWith(QLatin1Char('0')) || number.endsWith(QLatin1Char('.')))) {
        number.chop(1);
    }
    return model == LoadModel::closed ? number : number + QStringLiteral("/s");
}

QString targetText(double target, LoadModel model)
{
    return model == LoadModel::closed
               ? figureText(std::round(target), Unit::count) + QStringLiteral(" users")
               : figureText(target, Unit::perSecond);
}

std::optional<double> parseTarget(const QString& text)
{
    static const QRegularExpression form(
        QStringLiteral(R"(^\s*([0-9][0-9,]*(?:\.[0-9]+)?)\s*([kM]?)\s*(?:/s|users?)?\s*$)"));
    const auto match = form.match(text);
    if (!match.hasMatch()) {
        return std::nullopt;
    }
    double value = match.captured(1).remove(QLatin1Char(',')).toDouble();
    if (match.captured(2) == QLatin1String("k")) {
        value *= 1e3;
    } else if (match.captured(2) == QLatin1String("M")) {
        value *= 1e6;
    }
    return value <= LoadDraft::kHighest ? std::optional(value) : std::nullopt;
}

}  // namespace muster::ui
