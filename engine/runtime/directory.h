// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/ids.h"
#include "base/result.h"

namespace muster {

namespace detail {
class Core;
struct AgentGroup;
struct Cell;
class RateBook;
}  // namespace detail

enum class AgentState : std::uint8_t { initializing, ready, busy, suspended, terminating, count };

/// "initializing", "ready", …
[[nodiscard]] std::string_view toString(AgentState state) noexcept;
[[nodiscard]] std::optional<AgentState> parseAgentState(std::string_view text) noexcept;

/// How many agents there are, by state. Read from counters, without a scan; the parts may be a
/// few apart from each other while agents run, `live` is always their sum.
struct AgentCounts {
    std::array<std::uint64_t, static_cast<std::size_t>(AgentState::count)> byState{};
    std::uint64_t live = 0;
    std::uint64_t created = 0;  ///< since the start
    std::uint64_t ended = 0;
    std::uint64_t crashed = 0;
    std::uint64_t restarts = 0;

    [[nodiscard]] std::uint64_t in(AgentState state) const noexcept
    {
        return byState[static_cast<std::size_t>(state)];
    }
};

/// One live agent during a scan: reads only what it is asked for. Valid inside the callback.
class DirectoryEntry {
public:
    [[nodiscard]] AgentId id() const noexcept;
    [[nodiscard]] AgentState state() const noexcept;
    [[nodiscard]] std::string_view type() const noexcept;
    [[nodiscard]] std::string name() const;
    /// Appends the name to `out`: a scan over a million names without a million strings.
    void appendName(std::string& out) const;
    [[nodiscard]] bool hasCapability(std::string_view capability) const noexcept;
    [[nodiscard]] std::optional<std::string_view> attribute(std::string_view key) const noexcept;
    [[nodiscard]] std::uint64_t handled() const noexcept;
    [[nodiscard]] std::uint64_t mailbox() const noexcept;  ///< messages waiting
    [[nodiscard]] std::uint64_t restarts() const noexcept;

private:
    friend class Directory;
    friend class DirectoryScan;
    DirectoryEntry(const detail::Core& core, const detail::Cell& cell,
                   const detail::AgentGroup& group, AgentId id) noexcept
        : m_core(core), m_cell(cell), m_group(group), m_id(id)
    {
    }

    const detail::Core& m_core;
    const detail::Cell& m_cell;
    const detail::AgentGroup& m_group;
    AgentId m_id;
};

/// What the agent table shows of one agent.
struct DirectoryRow {
    AgentId id;
    std::string name;
    std::string type;
    AgentState state = AgentState::initializing;
    std::uint64_t handled = 0;
    std::optional<double> rate;  ///< handled per second, over the last one to few seconds
    std::uint64_t mailbox = 0;
    std::optional<Duration> oldest;    ///< of the waiting messages, to ~1 ms; none waits: empty
    std::optional<Duration> p50, p99;  ///< handling time, sampled; empty: no sample yet
    std::uint64_t bytes = 0;           ///< cell, behaviour, index entry and waiting mail
    std::uint64_t restarts = 0;
    std::string action;  ///< empty: nothing
};

/// One message an agent handled, of those whose time was taken.
struct SampledMessage {
    MonoTime at;
    std::string_view type;
    Duration handling{};
    bool failed = false;
};

struct DirectoryDetail {
    DirectoryRow row;
    std::vector<std::string> capabilities;
    std::vector<std::pair<std::string, std::string>> attributes;
    AgentId supervisor;  ///< none: unsupervised
    std::string supervisorName;
    std::vector<SampledMessage> recent;  ///< newest first
    std::vector<AgentId> children;       ///< of a supervisor, in start order
};

enum class DirectorySort : std::uint8_t {
    id,
    name,
    type,
    state,
    handled,
    mailbox,
    oldest,
    p50,
    p99,
    bytes,
    restarts,
    action,
    rate,
};

struct DirectoryPageQuery {
    std::function<bool(const DirectoryEntry&)> filter{};  ///< empty: all
    DirectorySort sort = DirectorySort::id;
    bool descending = false;
    std::uint64_t offset = 0;
    std::uint64_t limit = 100;
};

struct DirectoryPage {
    std::uint64_t total = 0;  ///< live agents seen
    std::uint64_t matching = 0;
    std::uint64_t offset = 0;
    std::vector<DirectoryRow> rows;
};

/// A condition on one property: `id`, `name`, `type`, `state`, `capability`, `handled`,
/// `mailbox`, `restarts`, or `attr.<key>`. Numbers compare as numbers when both sides are;
/// all else as text. `capability` knows `=`, `!=` and `in` only.
struct AgentCondition {
    enum class Compare : std::uint8_t {
        equal,
        notEqual,
        less,
        lessEqual,
        greater,
        greaterEqual,
        in
    };
    std::string property{};
    Compare compare = Compare::equal;
    std::vector<std::string> values{};  ///< one; any number for `in`
};

/// "type = task", "attr.zone in eu,us", "mailbox >= 10". Errors: invalidArgument with what was
/// expected.
[[nodiscard]] Result<AgentCondition> parseAgentCondition(std::string_view text);

/// Every agent by id, name, type, capability and attribute. Look-ups by id and name are
/// indexed; scans read the cells' atomics, one after the other, and stop no worker: what they
/// tell of different agents is of slightly different moments.
/// Thread safety: any thread, while agents run.
class Directory {
public:
    explicit Directory(detail::Core& core);
    Directory(const Directory&) = delete;
    Directory& operator=(const Directory&) = delete;
    ~Directory();

    [[nodiscard]] bool alive(AgentId id) const noexcept;
    /// Nothing when it is not alive.
    [[nodiscard]] std::optional<AgentState> stateOf(AgentId id) const noexcept;
    /// Errors: notFound.
    [[nodiscard]] Result<AgentId> byName(std::string_view name) const;
    /// None when there is no such agent; without the sentence.
    [[nodiscard]] AgentId find(std::string_view name) const noexcept;
    [[nodiscard]] std::vector<AgentId> byType(std::string_view type) const;
    [[nodiscard]] std::vector<AgentId> byCapability(std::string_view capability) const;

    /// Agents for which every condition holds, in the order of their slots. Errors:
    /// invalidArgument for an unknown property.
    [[nodiscard]] Result<std::vector<AgentId>> query(const std::vector<AgentCondition>& conditions,
                                                     std::size_t limit = SIZE_MAX) const;
    /// Visits every live agent until `visit` returns false.
    void forEach(const std::function<bool(const DirectoryEntry&)>& visit) const;

    [[nodiscard]] AgentCounts counts() const;
    /// Live agents by type, counted by a scan.
    [[nodiscard]] std::map<std::string, AgentCounts> countsByType() const;
    [[nodiscard]] DirectoryPage page(const DirectoryPageQuery& query) const;
    [[nodiscard]] Result<DirectoryDetail> detail(AgentId id) const;
    [[nodiscard]] std::string nameOf(AgentId id) const;  ///< "" when it is not alive
    /// Messages waiting in all mailboxes, and the age of the oldest; a scan.
    struct Waiting {
        std::uint64_t messages = 0;
        std::optional<Duration> oldest;
    };
    [[nodiscard]] Waiting waiting() const;

private:
    detail::Core& m_core;
    std::unique_ptr<detail::RateBook> m_rates;
};

}  // namespace muster
