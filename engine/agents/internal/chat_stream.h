// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "agents/internal/http_exchange.h"
#include "agents/token_budget.h"

namespace muster {

/// What a model answered.
struct ChatAnswer {
    std::string text;
    std::string model;   ///< as the server calls it
    std::string finish;  ///< why it ended: "stop", "length"; empty: the server did not say
    bool ended = false;  ///< whole, as far as the server says
    std::optional<std::uint64_t> promptTokens;
    std::optional<std::uint64_t> completionTokens;
    std::uint64_t pieces = 0;  ///< that text came in: about as many tokens
};

/// Reads the answer of a server with the OpenAI chat interface as it comes: server-sent events
/// (https://html.spec.whatwg.org/multipage/server-sent-events.html), or one JSON value.
/// Thread safety: one thread at a time.
class ChatReader {
public:
    /// False: what came is no answer, or longer than `longest`; see problem().
    [[nodiscard]] bool feed(std::string_view bytes);
    /// After the last byte.
    void finish();
    [[nodiscard]] const ChatAnswer& answer() const noexcept { return m_answer; }
    [[nodiscard]] const std::optional<Error>& problem() const noexcept { return m_problem; }
    /// What the server says went wrong, of a status that is no success.
    [[nodiscard]] std::string serversWords() const;

private:
    void line(std::string_view text);
    void take(std::string_view json);

    ChatAnswer m_answer;
    std::string m_rest;   ///< a line that is not over
    std::string m_whole;  ///< what came until the first event
    bool m_events = false;
    std::optional<Error> m_problem;
};

/// A ChatReader between the I/O thread and the handler, which spends the budget as text comes.
class ChatStream final : public PieceSink {
public:
    ChatStream(std::shared_ptr<TokenBudget> budget, AgentId agent)
        : m_budget(std::move(budget)), m_agent(agent)
    {
    }
    [[nodiscard]] bool piece(std::string_view bytes) override;
    /// The rest of what it took, once the server has said.
    void settle();
    [[nodiscard]] ChatReader& reader() noexcept { return m_reader; }
    /// The budget was spent on the way.
    [[nodiscard]] const std::optional<Error>& stopped() const noexcept { return m_stopped; }
    [[nodiscard]] Duration firstText() const noexcept { return m_firstText; }

private:
    const std::shared_ptr<TokenBudget> m_budget;
    const AgentId m_agent;
    const std::shared_ptr<Clock> m_clock = systemClock();
    const MonoTime m_began = m_clock->now();
    Duration m_firstText{};
    std::uint64_t m_spent = 0;
    std::optional<Error> m_stopped;
    ChatReader m_reader;
};

}  // namespace muster
