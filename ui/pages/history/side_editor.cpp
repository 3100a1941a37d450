// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history/side_editor.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <limits>

#include "models/format.h"
#include "models/offset_text.h"
#include "style/palette.h"

namespace muster::ui {

namespace {

constexpr int kTimeWidth = 64;

QString nameOf(const RecordedRun& run)
{
    return SideEditor::tr("%1 run %2")
        .arg(QFileInfo(run.file).fileName(), QString::number(run.run->id.value));
}

}  // namespace

SideEditor::SideEditor(const QString& letter, QWidget* parent)
    : QWidget(parent),
      m_letter(letter),
      m_name(new QLabel),
      m_from(new QLineEdit),
      m_to(new QLineEdit)
{
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(space::kSmall);
    auto* title = new QLabel(letter);
    title->setFont(fontFor(FontRole::strong));
    row->addWidget(title);
    m_name->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_name->setMinimumWidth(110);
    row->addWidget(m_name, 1);
    const auto add = [&](const QString& word, QLineEdit* edit, const QString& unset,
                         const QString& name) {
        row->addWidget(new QLabel(word));
        edit->setPlaceholderText(unset);
        edit->setAccessibleName(name);
        edit->setToolTip(tr("Time since the run's start: 90 s, 1:30 or 1.5 min. Empty: %1 of "
                            "the run.")
                             .arg(unset));
        edit->setFixedWidth(kTimeWidth);
        row->addWidget(edit);
        connect(edit, &QLineEdit::returnPressed, this, &SideEditor::committed);
    };
    add(tr("from"), m_from, tr("start"), tr("%1 from").arg(letter));
    add(tr("to"), m_to, tr("end"), tr("%1 to").arg(letter));
    setRun(nullptr);
}

void SideEditor::setRun(const RecordedRun* run)
{
    const bool same =
        run != nullptr && m_run && m_run->file == run->file && m_run->run->id == run->run->id;
    if (!same) {
        m_from->clear();
        m_to->clear();
    }
    m_run = run != nullptr ? std::optional(*run) : std::nullopt;
    m_name->setText(m_run ? nameOf(*m_run) : tr("none chosen"));
    m_name->setToolTip(m_run ? m_run->file : tr("Select a run above and press %1").arg(m_letter));
    m_from->setEnabled(m_run.has_value());
    m_to->setEnabled(m_run.has_value());
}

Result<std::optional<Duration>> SideEditor::offsetIn(const QLineEdit* edit) const
{
    if (edit->text().trimmed().isEmpty()) {
        return std::optional<Duration>{};
    }
    const auto offset = offsetFrom(edit->text());
    if (!offset) {
        return Error{ErrorCode::invalidArgument,
                     tr("%1: \"%2\" is no time").arg(m_letter, edit->text()).toStdString(),
                     {},
                     "Write 90 s, 1:30 or 1.5 min since the run's start"};
    }
    return std::optional(*offset);
}

Result<CompareSide> SideEditor::side() const
{
    const auto from = offsetIn(m_from);
    const auto to = from ? offsetIn(m_to) : from;
    if (!from || !to) {
        return from ? to.error() : from.error();
    }
    CompareSide side{.file = m_run->file.toStdString(), .run = m_run->run->id, .range = {}};
    if (!*from && !*to) {
        return side;
    }
    const WallTime start = m_run->run->startedAt;
    constexpr WallTime kEver{std::numeric_limits<std::int64_t>::max()};
    side.range = TimeRange{start + from->value_or(Duration{}), *to ? start + **to : kEver};
    if (side.range->to <= side.range->from) {
        return Error{ErrorCode::invalidArgument,
                     tr("%1 ends before it begins").arg(m_letter).toStdString(),
                     {},
                     "Give it an end that is later than its beginning"};
    }
    return side;
}

QString SideEditor::text() const
{
    if (!m_run) {
        return tr("none chosen");
    }
    if (m_from->text().trimmed().isEmpty() && m_to->text().trimmed().isEmpty()) {
        return nameOf(*m_run);
    }
    const auto shown = [](const QLineEdit* edit) {
        return edit->text().trimmed().isEmpty() ? edit->placeholderText() : edit->text().trimmed();
    };
    return tr("%1, %2 to %3").arg(nameOf(*m_run), shown(m_from), shown(m_to));
}

}  // namespace muster::ui
