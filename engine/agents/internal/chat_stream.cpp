// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/chat_stream.h"

#include <algorithm>

#include "documents/json.h"

namespace muster {
namespace {

constexpr std::string_view kData = "data:";
constexpr std::size_t kLongestWords = 300;

std::string textAt(const Value* value)
{
    return value != nullptr && value->isText() ? value->asText() : std::string();
}

std::optional<std::uint64_t> countAt(const Value& table, std::string_view key)
{
    const Value* value = table.find(key);
    if (value == nullptr || value->kind() != ValueKind::integer || value->asInteger() < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(value->asInteger());
}

const Value* firstChoice(const Value& reply)
{
    const Value* choices = reply.find("choices");
    const bool any = choices != nullptr && choices->isArray() && !choices->asArray().empty();
    return any ? &choices->asArray().front() : nullptr;
}

}  // namespace

bool ChatReader::feed(std::string_view bytes)
{
    while (!bytes.empty() && !m_problem) {
        const auto end = bytes.find('\n');
        m_rest += bytes.substr(0, end);
        if (end == std::string_view::npos) {
            break;
        }
        line(m_rest);
        m_rest.clear();
        bytes.remove_prefix(end + 1);
    }
    return !m_problem;
}

void ChatReader::line(std::string_view text)
{
    if (text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    if (text.starts_with(kData)) {
        m_events = true;
        m_whole.clear();
        text.remove_prefix(kData.size());
        text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
        if (text == "[DONE]") {
            m_answer.ended = true;
        } else {
            take(text);
        }
    } else if (!m_events) {
        m_whole += text;
        m_whole += '\n';
    }
}

void ChatReader::take(std::string_view json)
{
    const auto parsed = parseJson(json, "answer");
    if (!parsed.ok() || !parsed->isTable()) {
        m_problem = Error{ErrorCode::corrupt, "the server's answer is no JSON object", "",
                          "See whether the url is that of a chat interface"};
        return;
    }
    if (const std::string model = textAt(parsed->find("model")); !model.empty()) {
        m_answer.model = model;
    }
    if (const Value* usage = parsed->find("usage"); usage != nullptr && usage->isTable()) {
        m_answer.promptTokens = countAt(*usage, "prompt_tokens");
        m_answer.completionTokens = countAt(*usage, "completion_tokens");
    }
    const Value* choice = firstChoice(*parsed);
    if (choice == nullptr) {
        return;
    }
    const Value* said = choice->find(m_events ? "delta" : "message");
    const std::string text = said != nullptr ? textAt(said->find("content")) : std::string();
    m_answer.text += text;
    m_answer.pieces += text.empty() ? 0 : 1;
    if (const std::string finish = textAt(choice->find("finish_reason")); !finish.empty()) {
        m_answer.finish = finish;
        m_answer.ended = true;
    }
}

void ChatReader::finish()
{
    if (!m_rest.empty()) {
        line(std::exchange(m_rest, {}));
    }
    if (!m_events && !m_problem) {
        take(m_whole);
    }
}

std::string ChatReader::serversWords() const
{
    const std::string all = m_whole + m_rest;
    const auto parsed = parseJson(all, "answer");
    if (parsed.ok() && parsed->isTable()) {
        const Value* error = parsed->find("error");
        if (error != nullptr && error->isTable()) {
            return textAt(error->find("message"));
        }
        return textAt(error);
    }
    return all.substr(0, kLongestWords);
}

bool ChatStream::piece(std::string_view bytes)
{
    const std::uint64_t before = m_reader.answer().pieces;
    const bool goesOn = m_reader.feed(bytes);
    const std::uint64_t more = m_reader.answer().pieces - before;
    if (more == 0) {
        return goesOn;
    }
    if (before == 0) {
        m_firstText = m_clock->now() - m_began;
    }
    m_budget->spend(m_agent, more);
    m_spent += more;
    if (const auto left = m_budget->left(m_agent); !left && !m_reader.answer().ended) {
        m_stopped = left.error();
    }
    return goesOn && !m_stopped;
}

void ChatStream::settle()
{
    const ChatAnswer& answer = m_reader.answer();
    const std::uint64_t took =
        answer.promptTokens.value_or(0) + answer.completionTokens.value_or(answer.pieces);
    if (took > m_spent) {
        m_budget->spend(m_agent, took - m_spent);
        m_spent = took;
    }
}

}  // namespace muster
