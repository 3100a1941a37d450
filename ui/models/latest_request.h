// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"

namespace muster::ui {

/// Sends one query at a time; of those that come meanwhile only the newest is kept, and the
/// answer to an overtaken one is dropped. So a slow answer never piles up work and never shows
/// what nobody asks for any more.
/// Thread safety: one thread; answers must come on it, and not before ask() has returned.
template <class Query, class Reply>
class LatestRequest {
public:
    using Answer = std::function<void(const Result<Reply>&)>;
    /// Sends the query; the answer is called once, or never when its target has gone.
    using Fetch = std::function<void(const Query&, Answer)>;
    using Show = std::function<void(const Query&, const Result<Reply>&)>;

    LatestRequest(Fetch fetch, Show show) : m_fetch(std::move(fetch)), m_show(std::move(show)) {}

    void ask(Query query)
    {
        m_next = std::move(query);
        if (!m_asking) {
            send();
        }
    }
    [[nodiscard]] bool busy() const noexcept { return m_asking; }
    /// The answer under way, if any, is dropped, and so is what waits.
    void forget()
    {
        m_next.reset();
        m_asking = false;
        m_alive = std::make_shared<bool>(true);
    }

private:
    void send()
    {
        m_asking = true;
        Query query = *std::exchange(m_next, std::nullopt);
        const auto alive = std::weak_ptr(m_alive);
        m_fetch(query, [this, alive, query](const Result<Reply>& reply) {
            if (alive.expired()) {
                return;
            }
            m_asking = false;
            if (m_next) {
                send();
            } else {
                m_show(query, reply);
            }
        });
    }

    const Fetch m_fetch;
    const Show m_show;
    std::optional<Query> m_next;
    bool m_asking = false;
    std::shared_ptr<bool> m_alive = std::make_shared<bool>(true);
};

}  // namespace muster::ui
