// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/load/load_progress.h"

#include <QLabel>
#include <QVBoxLayout>
#include <algorithm>

#include "models/format.h"
#include "pages/load/load_draft.h"
#include "style/palette.h"
#include "widgets/key_values.h"
#include "widgets/level_bar.h"
#include "widgets/mark_list.h"

namespace muster::ui {

namespace {

double seconds(Duration duration)
{
    return std::chrono::duration<double>(duration).count();
}

}  // namespace

LoadProgress::LoadProgress(QWidget* parent)
    : Card(tr("Progress"), parent),
      m_profile(new KeyValues({tr("Stage"), tr("Profile")}, this)),
      m_profileBar(new LevelBar(this)),
      m_input(new KeyValues({tr("Input taken"), tr("In flight")}, this)),
      m_inputBar(new LevelBar(this)),
      m_marks(new MarkList(this))
{
    m_profileBar->setTicks(false);
    m_profileBar->setAccessibleName(tr("Share of the profile that is over"));
    m_inputBar->setTicks(false);
    m_inputBar->setColour(Role::teal);
    m_inputBar->setAccessibleName(tr("Share of the input that was taken"));
    m_input->setTip(1, tr("Dispatched and not yet answered"));
    auto* changes = new QLabel(tr("Changes"), this);
    changes->setFont(fontFor(FontRole::smallStrong));
    changes->setForegroundRole(QPalette::PlaceholderText);
    body()->setSpacing(3);
    body()->addWidget(m_profileBar);
    body()->addWidget(m_profile);
    body()->addSpacing(space::kTight);
    body()->addWidget(m_inputBar);
    body()->addWidget(m_input);
    body()->addSpacing(space::kTight);
    body()->addWidget(changes);
    body()->addWidget(m_marks, 1);
}

void LoadProgress::setSnapshot(const Snapshot& snapshot)
{
    showProfile(snapshot.load);
    showInput(snapshot.load);
    std::vector<Mark> steered;
    std::copy_if(snapshot.marks.begin(), snapshot.marks.end(), std::back_inserter(steered),
                 [](const Mark& mark) {
                     return mark.kind == "load" || mark.kind == "run" || mark.kind == "fault";
                 });
    m_marks->setMarks(steered);
}

void LoadProgress::setUtc(bool utc)
{
    m_marks->setUtc(utc);
}

void LoadProgress::showProfile(const LoadStatus& load)
{
    const LoadDraft draft(load);
    const Duration total = draft.total();
    if (load.stages.empty()) {
        m_profileBar->setShare(std::nullopt);
        m_profile->setValue(0, tr("none: one target for the whole run"));
        m_profile->setValue(1, tr("%1 so far").arg(exactSpanText(load.elapsed)));
        return;
    }
    m_profileBar->setShare(std::min(1.0, seconds(load.elapsed) / std::max(1.0, seconds(total))));
    if (load.stage < load.stages.size()) {
        const LoadStage& stage = load.stages[load.stage];
        m_profile->setValue(0, tr("%1 of %2, to %3 in %4")
                                   .arg(load.stage + 1)
                                   .arg(load.stages.size())
                                   .arg(targetText(stage.target, load.model),
                                        exactSpanText(draft.endOf(load.stage) - load.elapsed)));
    } else {
        m_profile->setValue(0, tr("all %1 are over").arg(load.stages.size()));
    }
    m_profile->setValue(
        1, tr("%1 of %2").arg(exactSpanText(std::min(load.elapsed, total)), exactSpanText(total)));
}

void LoadProgress::showInput(const LoadStatus& load)
{
    if (load.inputTotal) {
        const auto total = static_cast<double>(*load.inputTotal);
        const double share = total > 0 ? static_cast<double>(load.inputTaken) / total : 1.0;
        m_inputBar->setShare(share);
        m_input->setValue(
            0, tr("%1 of %2 · %3")
                   .arg(exactText(load.inputTaken), exactText(*load.inputTotal), shareText(share)));
    } else {
        m_inputBar->setShare(std::nullopt);
        m_input->setValue(0, load.inputTaken > 0
                                 ? tr("%1, total not yet known").arg(exactText(load.inputTaken))
                                 : tr("this load needs no input"));
    }
    m_input->setValue(1, exactText(load.outstanding));
}

}  // namespace muster::ui
