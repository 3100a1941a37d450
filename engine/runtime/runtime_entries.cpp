// SPDX-License-Identifier: Apache-2.0
#include <algorithm>

#include "runtime/internal/done_ids.h"
#include "runtime/internal/engine_parts.h"
#include "runtime/internal/notices.h"
#include "runtime/runtime.h"

// What the directory tells of living agents, and how it is changed: names and traits.

namespace muster {

using detail::NameTable;

namespace {

[[nodiscard]] Error notAlive(AgentId id)
{
    return {ErrorCode::notFound, "no such agent", toString(id), ""};
}

[[nodiscard]] Error refusal(NameTable::Outcome why, AgentId id, std::string_view name)
{
    switch (why) {
        case NameTable::Outcome::taken:
            return {ErrorCode::alreadyExists,
                    "an agent named " + std::string(name) + " lives already", toString(id),
                    "Choose another name"};
        case NameTable::Outcome::hasName:
            return {ErrorCode::conflict, "the agent has a name already", toString(id),
                    "Unregister it first"};
        case NameTable::Outcome::nameless:
            return {ErrorCode::conflict, "the agent has no name", toString(id), ""};
        case NameTable::Outcome::empty:
            return {ErrorCode::invalidArgument, "a name cannot be empty", toString(id), ""};
        case NameTable::Outcome::gone:
        case NameTable::Outcome::done:
            break;
    }
    return notAlive(id);
}

[[nodiscard]] std::string changeText(const AgentUpdate& update)
{
    std::string text;
    const auto add = [&text](std::string_view mark, std::string_view word) {
        text += text.empty() ? "" : ",";
        text += mark;
        text += word;
    };
    for (const std::string& key : update.withoutAttributes) {
        add("-", key);
    }
    for (const std::string& capability : update.withoutCapabilities) {
        add("-+", capability);
    }
    for (const auto& [key, value] : update.attributes) {
        add("", key);
        text += '=';
        text += value;
    }
    for (const std::string& capability : update.capabilities) {
        add("+", capability);
    }
    return text;
}

}  // namespace

Result<void> Runtime::registerName(AgentId id, std::string name)
{
    const std::pair<AgentId, std::string> named(id, std::move(name));
    const BulkDone done = giveNames({&named, 1});
    if (!done.failures.empty()) {
        return done.failures.front().error;
    }
    detail::notice::entryChanged(*m_core, EventType::agentRegistered, id, named.second, {});
    return {};
}

BulkDone Runtime::registerMany(std::span<const std::pair<AgentId, std::string>> names)
{
    BulkDone done = giveNames(names);
    if (m_core->events != nullptr) {
        std::vector<AgentId> ids(names.size());
        std::ranges::transform(names, ids.begin(), &std::pair<AgentId, std::string>::first);
        announce(EventType::agentRegistered, done, ids);
    }
    return done;
}

BulkDone Runtime::giveNames(std::span<const std::pair<AgentId, std::string>> names)
{
    BulkDone done;
    m_core->names.give(names, [&done, names](std::size_t index, NameTable::Outcome why) {
        const auto& [id, name] = names[index];
        done.failures.push_back({index, refusal(why, id, name)});
    });
    done.done = names.size() - done.failures.size();
    return done;
}

Result<void> Runtime::unregisterName(AgentId id)
{
    const std::string name = m_core->events == nullptr ? "" : m_core->directory.nameOf(id);
    const BulkDone done = takeNames({&id, 1});
    if (!done.failures.empty()) {
        return done.failures.front().error;
    }
    detail::notice::entryChanged(*m_core, EventType::agentUnregistered, id, name, {});
    return {};
}

BulkDone Runtime::unregisterMany(std::span<const AgentId> ids)
{
    BulkDone done = takeNames(ids);
    announce(EventType::agentUnregistered, done, ids);
    return done;
}

BulkDone Runtime::takeNames(std::span<const AgentId> ids)
{
    BulkDone done;
    m_core->names.take(ids, [&done, ids](std::size_t index, NameTable::Outcome why) {
        done.failures.push_back({index, refusal(why, ids[index], {})});
    });
    done.done = ids.size() - done.failures.size();
    return done;
}

Result<void> Runtime::update(AgentId id, const AgentUpdate& change)
{
    const BulkDone done = updateTraits({&id, 1}, change);
    if (!done.failures.empty()) {
        return done.failures.front().error;
    }
    if (!change.empty()) {
        detail::notice::entryChanged(*m_core, EventType::agentUpdated, id,
                                     detail::shownName(*m_core, id), changeText(change));
    }
    return {};
}

BulkDone Runtime::updateMany(std::span<const AgentId> ids, const AgentUpdate& change)
{
    BulkDone done = updateTraits(ids, change);
    if (!change.empty()) {
        announce(EventType::agentUpdated, done, ids, changeText(change));
    }
    return done;
}

BulkDone Runtime::updateTraits(std::span<const AgentId> ids, const AgentUpdate& change)
{
    BulkDone done;
    m_core->traits.update(ids, change, [&done, ids](std::size_t index) {
        done.failures.push_back({index, notAlive(ids[index])});
    });
    done.done = ids.size() - done.failures.size();
    return done;
}

void Runtime::announce(EventType type, const BulkDone& done, std::span<const AgentId> ids,
                       std::string_view change)
{
    const detail::DoneIds told(done, ids);
    detail::notice::entriesChanged(*m_core, type, told.ids(), change);
}

}  // namespace muster
