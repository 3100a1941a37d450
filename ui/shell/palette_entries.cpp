// SPDX-License-Identifier: GPL-3.0-or-later
#include "shell/palette_entries.h"

#include <QRegularExpression>
#include <algorithm>

#include "shell/actions.h"

namespace muster::ui {

namespace {

QString fromText(std::string_view text)
{
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

bool lettersInOrder(const QString& title, const QString& text)
{
    qsizetype at = 0;
    for (const QChar letter : text) {
        at = title.indexOf(letter, at, Qt::CaseInsensitive);
        if (at < 0) {
            return false;
        }
        ++at;
    }
    return true;
}

QString kindHelp(const CommandParameter& parameter)
{
    return parameter.required
               ? fromText(parameter.help)
               : PaletteEntries::tr("%1 (may be left out)").arg(fromText(parameter.help));
}

}  // namespace

PaletteEntries::PaletteEntries(const Actions& actions, QObject* parent)
    : QAbstractListModel(parent), m_actions(actions)
{
}

int PaletteEntries::fit(const QString& title, const QString& text)
{
    if (text.trimmed().isEmpty()) {
        return 1;
    }
    static const QRegularExpression gap(QStringLiteral("[\\s.]+"));
    const auto words = title.split(gap, Qt::SkipEmptyParts);
    int score = 0;
    for (const auto& typed : text.split(gap, Qt::SkipEmptyParts)) {
        int best = 0;
        for (qsizetype at = 0; at < words.size(); ++at) {
            if (words[at].startsWith(typed, Qt::CaseInsensitive)) {
                best = std::max(best, at == 0 ? 20 : 12);
            }
        }
        if (best == 0) {
            return lettersInOrder(title, QString(text).remove(QLatin1Char(' '))) ? 2 : 0;
        }
        score += best;
    }
    return score;
}

void PaletteEntries::setText(const QString& text)
{
    beginResetModel();
    m_entries.clear();
    const auto name = text.section(QLatin1Char(' '), 0, 0);
    const auto* command = findCommand(name.toStdString());
    m_entries = command != nullptr && text.contains(QLatin1Char(' ')) ? parametersOf(*command, text)
                                                                      : offers(text);
    endResetModel();
}

std::vector<PaletteEntry> PaletteEntries::offers(const QString& text) const
{
    std::vector<std::pair<int, PaletteEntry>> fitting;
    const auto offer = [&](int score, PaletteEntry entry) {
        if (score > 0) {
            fitting.emplace_back(score, std::move(entry));
        }
    };
    for (const auto& entry : m_actions.all()) {
        const auto keys = entry.action->shortcuts();
        offer(fit(entry.action->text(), text),
              {entry.action->text(),
               entry.group,
               keys.isEmpty() ? QString() : keys.first().toString(QKeySequence::NativeText),
               entry.name,
               {},
               true,
               entry.action->isEnabled()});
    }
    for (const auto& info : allCommands()) {
        const int score = std::max(fit(fromText(info.title), text), fit(fromText(info.name), text));
        offer(score, entryOf(info));
    }
    std::ranges::stable_sort(fitting, std::greater{}, [](const auto& each) { return each.first; });
    std::vector<PaletteEntry> entries;
    for (auto& [score, entry] : fitting) {
        entries.push_back(std::move(entry));
    }
    return entries;
}

PaletteEntry PaletteEntries::entryOf(const CommandInfo& info) const
{
    const bool asks = !info.parameters.empty();
    const bool refused = !m_lockReason.isEmpty() && info.changes;
    return {fromText(info.title),
            refused ? m_lockReason : fromText(info.help),
            fromText(info.example),
            {},
            fromText(info.name) + (asks ? QStringLiteral(" ") : QString()),
            !asks,
            !refused};
}

std::vector<PaletteEntry> PaletteEntries::parametersOf(const CommandInfo& info,
                                                       const QString& text) const
{
    std::vector<PaletteEntry> entries{runEntry(info, text)};
    // What is typed last may still go on: choices that fit it, and what each place is for.
    const auto given = text.count(QLatin1Char(' '));
    const auto last = text.section(QLatin1Char(' '), -1);
    const auto before = text.left(text.size() - last.size());
    const auto place = static_cast<std::size_t>(std::max<qsizetype>(0, given - 1));
    for (std::size_t at = place; at < info.parameters.size(); ++at) {
        const auto& parameter = info.parameters[at];
        if (at == place && !parameter.choices.empty()) {
            for (const auto& choice : fromText(parameter.choices).split(QLatin1Char('|'))) {
                if (choice.startsWith(last) && choice != last) {
                    const bool done = at + 1 == info.parameters.size();
                    entries.push_back({choice,
                                       fromText(parameter.help),
                                       fromText(parameter.name),
                                       {},
                                       before + choice + (done ? QString() : QString(u' ')),
                                       done,
                                       true});
                }
            }
            continue;
        }
        entries.push_back(
            {fromText(parameter.name), kindHelp(parameter), {}, {}, {}, false, false});
    }
    return entries;
}

PaletteEntry PaletteEntries::runEntry(const CommandInfo& info, const QString& text) const
{
    PaletteEntry entry = entryOf(info);
    entry.command = text.trimmed();
    const auto parsed = parseCommand(entry.command.toStdString());
    entry.complete = parsed.ok();
    if (entry.enabled && !parsed.ok()) {
        const bool begun = !text.section(QLatin1Char(' '), 1).trimmed().isEmpty();
        entry.detail = begun ? QString::fromStdString(parsed.error().text())
                             : tr("For example %1").arg(fromText(info.example));
        entry.enabled = false;
    }
    return entry;
}

int PaletteEntries::rowCount(const QModelIndex& parent) const
{
    return parent.isValid() ? 0 : static_cast<int>(m_entries.size());
}

const PaletteEntry* PaletteEntries::at(int row) const
{
    const bool there = row >= 0 && row < static_cast<int>(m_entries.size());
    return there ? &m_entries[static_cast<std::size_t>(row)] : nullptr;
}

QVariant PaletteEntries::data(const QModelIndex& index, int role) const
{
    const auto* entry = at(index.row());
    if (entry == nullptr) {
        return {};
    }
    switch (role) {
        case Qt::DisplayRole:
            return entry->title;
        case Qt::AccessibleDescriptionRole:
            return entry->detail;
        case EntryRole:
            return QVariant::fromValue(entry);
        default:
            return {};
    }
}

}  // namespace muster::ui
