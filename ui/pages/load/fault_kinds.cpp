// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/fault_kinds.h"

#include <QCoreApplication>
#include <QStringList>
#include <algorithm>

#include "api/command.h"

namespace muster::ui {

namespace {

QString tr(const char* text)
{
    return QCoreApplication::translate("FaultKinds", text);
}

std::vector<FaultKind> namedKinds()
{
    const auto kind = [](const char* name, const QString& title, const QString& help) {
        FaultKind made;
        made.name = QString::fromLatin1(name);
        made.title = title;
        made.help = help;
        return made;
    };
    auto delay = kind("delay", tr("Delay an action"), tr("Attempts begin so much later."));
    delay.value = tr("By");
    delay.preset = QStringLiteral("200ms");
    auto error = kind("error", tr("Fail an action"), tr("Attempts fail at once, of this class."));
    error.value = tr("Class");
    auto hang = kind("hang", tr("Hang an action"), tr("Attempts end by their timeout only."));
    auto kill = kind("kill", tr("Kill agents"),
                     tr("Agents end at once, whatever they do; supervisors restart theirs."));
    kill.value = tr("Agents");
    kill.example = tr("all, or name:index*");
    kill.needsValue = false;
    kill.share = true;
    kill.lasts = false;
    auto stall =
        kind("stall", tr("Stall workers"), tr("So many workers are held and run nothing."));
    stall.value = tr("Workers");
    stall.preset = QStringLiteral("1");
    auto memory = kind("memory", tr("Take memory"), tr("So much memory is really taken."));
    memory.value = tr("Amount");
    memory.preset = QStringLiteral("512MiB");
    auto disk = kind("disk_full", tr("Fill the disk"),
                     tr("The session cannot be written, as if its disk were full."));
    auto clock = kind("clock", tr("Move the clock"),
                      tr("Wall time jumps, forwards or backwards, and stays there."));
    clock.value = tr("By");
    clock.preset = QStringLiteral("+1h");
    clock.lasts = false;
    return {delay, error, hang, kill, stall, memory, disk, clock};
}

void addKinds(std::vector<FaultKind>& kinds, std::string_view command, bool ofAction)
{
    static const std::vector<FaultKind> kNamed = namedKinds();
    const CommandInfo* info = findCommand(command);
    if (info == nullptr) {
        return;
    }
    for (const CommandParameter& parameter : info->parameters) {
        if (parameter.name != "fault") {
            continue;
        }
        const auto choices = QString::fromUtf8(parameter.choices.data(),
                                               static_cast<qsizetype>(parameter.choices.size()));
        for (const QString& name : choices.split(QLatin1Char('|'), Qt::SkipEmptyParts)) {
            const auto known = std::ranges::find(kNamed, name, &FaultKind::name);
            FaultKind kind;
            if (known != kNamed.end()) {
                kind = *known;
            } else {
                kind.name = name;
                kind.title = name;
                kind.value = tr("Value");
                kind.needsValue = false;
            }
            kind.ofAction = ofAction;
            kind.share = kind.share || ofAction;
            kinds.push_back(std::move(kind));
        }
    }
}

}  // namespace

std::vector<FaultKind> faultKinds()
{
    std::vector<FaultKind> kinds;
    addKinds(kinds, "fault.start", true);
    addKinds(kinds, "fault.inject", false);
    return kinds;
}

const QStringList& errorClasses()
{
    static const QStringList kClasses{QStringLiteral("network"), QStringLiteral("timeout"),
                                      QStringLiteral("application"), QStringLiteral("rejected")};
    return kClasses;
}

}  // namespace muster::ui
