// SPDX-License-Identifier: Apache-2.0
#include "storage/queue_editor.h"

#include <system_error>
#include <utility>

#include "storage/internal/queue_rows.h"
#include "storage/internal/session_state.h"
#include "storage/session_file.h"

namespace muster {

class QueueEditor::Rows {
public:
    explicit Rows(QueueRows opened) : rows(std::move(opened)) {}

    QueueRows rows;
};

Result<std::unique_ptr<QueueEditor>> QueueEditor::open(const std::filesystem::path& file,
                                                       FaultPoints* faults)
{
    const auto state = sessionState(file);
    if (!state) {
        return state.error();
    }
    if (*state == SessionState::empty) {
        return Error{ErrorCode::notFound, "there is no such session", file.string(),
                     "Check the name, or record one with musterctl run --db"};
    }
    auto opened = SessionFile::open(file, faults);
    if (!opened) {
        return opened.error();
    }
    std::unique_ptr<QueueEditor> editor(new QueueEditor(std::move(opened).value()));
    Database& database = editor->m_file->state().database;
    auto stored = loadQueues(database, LetterRows::waiting);
    auto rows = QueueRows::open(database, faults);
    for (const Error* error : {errorOf(stored), errorOf(rows)}) {
        if (error != nullptr) {
            Error named = *error;
            named.where = file.string();
            return named;
        }
    }
    editor->m_stored = std::move(stored).value();
    editor->m_rows = std::make_unique<Rows>(std::move(rows).value());
    editor->m_faults = faults;
    return editor;
}

QueueEditor::QueueEditor(std::unique_ptr<SessionFile> file) : m_file(std::move(file)) {}

QueueEditor::~QueueEditor() = default;

void QueueEditor::onQueueCommitted(QueueCommitted committed)
{
    const std::lock_guard lock(m_mutex);
    m_committed = std::move(committed);
}

void QueueEditor::addQueueStep(std::uint64_t number, QueueStep step)
{
    QueueCommitted committed;
    {
        const std::lock_guard lock(m_mutex);
        if (m_error) {
            return;
        }
        if (auto done = commit(step); !done) {
            m_error = done.error();
            m_error->where = m_file->path().string();
            m_file->state().database.rollback();
            return;
        }
        committed = m_committed;
    }
    if (committed) {
        committed(number);
    }
}

Result<void> QueueEditor::commit(const QueueStep& step)
{
    Database& database = m_file->state().database;
    auto done = database.execute("BEGIN IMMEDIATE");
    if (done) {
        done = m_rows->rows.append(step);
    }
    if (done && m_faults != nullptr) {
        if (auto fault = m_faults->pass("storage.commit")) {
            return *fault;
        }
    }
    return done ? database.execute("COMMIT") : done;
}

std::optional<Error> QueueEditor::queueTrouble() const
{
    const std::lock_guard lock(m_mutex);
    return m_error;
}

}  // namespace muster
