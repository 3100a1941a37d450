// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/load_maker.h"

#include <utility>

#include "api/session.h"
#include "bridge/deliver.h"

namespace muster::ui {

LoadMaker::LoadMaker(QObject* parent) : QObject(parent), m_inbox(std::make_shared<Inbox>()) {}

LoadMaker::~LoadMaker()
{
    m_inbox->close();
}

void LoadMaker::outline(const std::filesystem::path& session, const LoadQuery& query,
                        QObject* context, Answer done)
{
    ask(session, query, std::nullopt, context, std::move(done));
}

void LoadMaker::save(const std::filesystem::path& session, const LoadQuery& query,
                     const std::filesystem::path& file, QObject* context, Answer done)
{
    ask(session, query, file, context, std::move(done));
}

void LoadMaker::ask(const std::filesystem::path& session, const LoadQuery& query,
                    std::optional<std::filesystem::path> file, QObject* context, Answer done)
{
    if (!m_thread) {
        m_thread = std::make_unique<TaskThread>("muster-loads");
    }
    auto answer = deliverTo<Result<LoadOutline>>(m_inbox, context, std::move(done));
    m_thread->post([session, query, file = std::move(file), answer = std::move(answer)] {
        const auto opened = Session::open(session);
        if (!opened) {
            return answer(opened.error());
        }
        answer(file ? (*opened)->saveLoad(query, *file) : (*opened)->loadOutline(query));
    });
}

}  // namespace muster::ui
