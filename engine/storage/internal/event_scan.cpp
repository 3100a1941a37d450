// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/event_scan.h"

#include <algorithm>

#include "events/topic_pattern.h"

namespace muster {

namespace {

/// The first event that a block tells of; the first there can be when that is not known.
std::int64_t firstBlockedRow(const Result<IdRange>& blocks)
{
    return blocks ? std::max<std::int64_t>(1, firstOfBlock(blocks->first, kEventShift)) : 1;
}

}  // namespace

EventScan::EventScan(SessionReader::State& session, const StoredEventQuery& query)
    : m_session(session), m_query(query), m_text(query.text), m_search(session, m_text.indexQuery())
{
}

Result<EventScan> EventScan::open(SessionReader::State& session, const StoredEventQuery& query)
{
    EventScan scan(session, query);
    auto rows = RowScan::open(session.database, "events");
    auto blocks = BlockTable::open(session.database, "event_blocks");
    auto decoder = EventDecoder::open(session);
    for (const Error* error : {errorOf(rows), errorOf(blocks), errorOf(decoder)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    scan.m_decoder = std::move(decoder).value();
    scan.m_rows = std::move(rows).value();
    scan.m_blocks = std::move(blocks).value();
    if (auto done = scan.resolveTypes(); !done) {
        return done.error();
    }
    if (auto done = scan.resolveBounds(); !done) {
        return done.error();
    }
    return scan;
}

Result<void> EventScan::resolveTypes()
{
    const bool listed = !m_query.anyOf.empty();
    m_anyType = !listed && (m_query.type.empty() || m_query.type == "**");
    if (m_anyType) {
        return {};
    }
    const auto pattern = TopicPattern::parse(listed ? "**" : m_query.type);
    if (!pattern) {
        return pattern.error();
    }
    for (const auto& [number, name] : m_decoder.typeNames()) {
        if (listed ? std::ranges::find(m_query.anyOf, name) != m_query.anyOf.end()
                   : pattern->matches(name)) {
            m_types.insert(number);
            if (number < std::int64_t{kBlockTypes}) {
                m_blockTypes.set(static_cast<std::size_t>(number));
            } else {
                m_typesInBlocks = false;
            }
        }
    }
    return {};
}

Result<void> EventScan::resolveBounds()
{
    const auto reached = m_session.progress();
    auto events = idRange(m_session.database, "events");
    auto blocks = idRange(m_session.database, "event_blocks");
    if (!reached) {
        return reached.error();
    }
    // Each of the two tables tells what the other should hold.
    m_bounds.first = std::min(events ? events->first : 1, firstBlockedRow(blocks));
    m_bounds.last = reached->last[static_cast<std::size_t>(Numbered::events)];
    std::optional<std::int64_t> after = m_query.after;
    if (m_query.afterId) {
        const auto position = positionOf(*m_query.afterId);
        if (!position) {
            return position.error();
        }
        after = *position;
    }
    if (after) {
        m_query.newestFirst ? m_bounds.last = std::min(m_bounds.last, *after - 1)
                            : m_bounds.first = std::max(m_bounds.first, *after + 1);
    }
    return {};
}

Result<std::int64_t> EventScan::positionOf(EventId id)
{
    const auto sequence = static_cast<std::int64_t>(id.sequence);
    std::int64_t found = 0;
    // The newest first: a simulation that was run again has the ids of the run before.
    for (std::int64_t at = m_bounds.last >> kEventShift;
         m_bounds.last > 0 && found == 0 && at >= m_bounds.first >> kEventShift; --at) {
        const auto block = m_blocks->find(at);
        if (!block && !isDamage(block.error())) {
            return block.error();
        }
        if (block && *block &&
            ((*block)->fromSequence > sequence || (*block)->toSequence < sequence)) {
            continue;
        }
        const auto done = m_rows->visit(
            firstOfBlock(at, kEventShift), lastOfBlock(at, kEventShift), true,
            [&](const Statement& row) {
                m_decoder.decode(row, m_event);
                const bool same = m_event.id == id && (!m_query.run || m_event.run == *m_query.run);
                found = same ? m_event.position : 0;
                return !same;
            });
        if (!done) {
            return done.error();
        }
    }
    if (found == 0) {
        return Error{ErrorCode::notFound, "the event " + toString(id) + " is not in the session",
                     m_session.file.string(), "Start from the first page"};
    }
    return found;
}

bool EventScan::mayHold(const Block& block) const
{
    if (m_query.range && (block.toAt < m_query.range->from.nanoseconds ||
                          block.fromAt > m_query.range->to.nanoseconds)) {
        return false;
    }
    if (m_query.run && (block.toRun < m_query.run->value || block.fromRun > m_query.run->value)) {
        return false;
    }
    return m_anyType || !m_typesInBlocks || !block.types || (*block.types & m_blockTypes).any();
}

Result<std::uint64_t> EventScan::run(const StoredEventVisitor& visit)
{
    if (m_bounds.last == 0 || m_bounds.last < m_bounds.first) {
        return std::uint64_t{0};
    }
    const std::int64_t low = m_bounds.first >> kEventShift;
    const std::int64_t high = m_bounds.last >> kEventShift;
    const std::int64_t step = m_query.newestFirst ? -1 : 1;
    for (std::int64_t at = m_query.newestFirst ? high : low; at >= low && at <= high; at += step) {
        const auto indexed = isIndexed(at);
        if (!indexed) {
            return indexed.error();
        }
        const auto stopped = *indexed ? searchPart(at, visit) : scanBlock(at, visit);
        if (!stopped) {
            return stopped.error();
        }
        if (*stopped) {
            break;
        }
    }
    return m_shown;
}

Result<bool> EventScan::isIndexed(std::int64_t block)
{
    if (!m_search.helps()) {
        return false;
    }
    const std::int64_t part = block >> (kTextShift - kEventShift);
    if (part != m_part) {
        const auto reach = m_search.reach(part);
        if (!reach) {
            return reach.error();
        }
        m_part = part;
        m_reach = *reach;
    }
    return lastOfBlock(block, kEventShift) <= m_reach;
}

Result<IdRange> EventScan::wantedOf(std::int64_t part)
{
    IdRange wanted{.first = 1, .last = 0};
    const std::int64_t first = std::max(firstOfBlock(part, kTextShift), m_bounds.first);
    const std::int64_t last = std::min(m_reach, m_bounds.last);
    for (std::int64_t at = first >> kEventShift; at <= last >> kEventShift; ++at) {
        const auto block = m_blocks->find(at);
        if (!block && !isDamage(block.error())) {
            return block.error();
        }
        if (!block || !*block || mayHold(**block)) {
            wanted.first =
                wanted.last == 0 ? std::max(first, firstOfBlock(at, kEventShift)) : wanted.first;
            wanted.last = std::min(last, lastOfBlock(at, kEventShift));
        }
    }
    return wanted;
}

Result<bool> EventScan::searchPart(std::int64_t& block, const StoredEventVisitor& visit)
{
    const auto wanted = wantedOf(m_part);
    if (!wanted) {
        return wanted.error();
    }
    std::int64_t damaged = 0;
    const auto searched = m_search.visit(
        m_part, wanted->first, wanted->last, m_query.newestFirst,
        [&](std::int64_t event) -> Result<bool> {
            const auto done = m_rows->visit(event, event, false, shower(visit));
            m_query.newestFirst ? m_bounds.last = event - 1 : m_bounds.first = event + 1;
            damaged += done ? done->damaged : 0;
            return done ? Result<bool>(!done->stopped) : done.error();
        });
    m_session.damage.add("events", wanted->first >> kEventShift, damaged);
    if (!searched) {
        // The rest of the part is looked through: from this block again.
        m_session.damage.remark("The full-text index cannot be read: " + searched.error().message);
        m_reach = 0;
        return scanBlock(block, visit);
    }
    block = m_query.newestFirst ? firstOfBlock(m_part, kTextShift) >> kEventShift
                                : m_reach >> kEventShift;
    return !*searched;
}

RowScan::Visit EventScan::shower(const StoredEventVisitor& visit)
{
    return [this, &visit](const Statement& row) {
        if (!matches(row)) {
            return true;
        }
        m_decoder.decode(row, m_event);
        ++m_shown;
        return visit(m_event) && (m_query.limit == 0 || m_shown < m_query.limit);
    };
}

Result<bool> EventScan::scanBlock(std::int64_t at, const StoredEventVisitor& visit)
{
    auto block = m_blocks->find(at);
    if (!block && !isDamage(block.error())) {
        return block.error();
    }
    const bool known = block.ok() && block->has_value();
    if (known && !mayHold(**block)) {
        return false;
    }
    const std::int64_t first = std::max(firstOfBlock(at, kEventShift), m_bounds.first);
    const std::int64_t last = std::min(lastOfBlock(at, kEventShift), m_bounds.last);
    auto done = m_rows->visit(first, last, m_query.newestFirst, shower(visit));
    if (!done) {
        return done.error();
    }
    const bool all = !done->stopped && !m_query.after && !m_query.afterId;
    const std::int64_t missing = known && all ? (*block)->rows - done->good : done->damaged;
    m_session.damage.add("events", at, missing);
    return done->stopped;
}

bool EventScan::matches(const Statement& row) const
{
    if (m_query.run && row.integer(EventColumn::kRun) != m_query.run->value) {
        return false;
    }
    const std::int64_t at = row.integer(EventColumn::kAt);
    if (m_query.range &&
        (at < m_query.range->from.nanoseconds || at > m_query.range->to.nanoseconds)) {
        return false;
    }
    if (!m_anyType && !m_types.contains(row.integer(EventColumn::kType))) {
        return false;
    }
    const auto same = [&row](int column, std::uint64_t wanted) {
        return static_cast<std::uint64_t>(row.integer(column)) == wanted;
    };
    if ((m_query.trace && !same(EventColumn::kTrace, m_query.trace->value)) ||
        (m_query.correlation && !same(EventColumn::kCorrelation, m_query.correlation->value)) ||
        (!m_query.source.empty() && row.text(EventColumn::kSource) != m_query.source)) {
        return false;
    }
    if (m_text.all()) {
        return true;
    }
    return m_text.matches({m_decoder.typeName(row), row.text(EventColumn::kSource)},
                          row.text(EventColumn::kData));
}

}  // namespace muster
