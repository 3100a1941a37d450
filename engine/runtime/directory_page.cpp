// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>
#include <vector>

#include "runtime/directory.h"
#include "runtime/internal/core.h"
#include "runtime/internal/directory_scan.h"
#include "runtime/internal/rate_book.h"

namespace muster {
namespace {

using detail::Cell;

/// What a row is sorted by: a number, or a text and then a number. Taken once per row, so that
/// values that change during the sort cannot confuse it.
struct SortKey {
    std::string_view text;
    double number = 0;
    std::uint32_t slot = 0;
};

double orLowest(std::optional<Duration> duration) noexcept
{
    return duration ? static_cast<double>(duration->count()) : -1.0;
}

class KeyMaker {
public:
    KeyMaker(const detail::Core& core, const DirectoryScan& scan, const detail::RateBook& rates,
             MonoTime now, DirectorySort sort) noexcept
        : m_core(core), m_scan(scan), m_rates(rates), m_now(now), m_sort(sort)
    {
    }

    [[nodiscard]] SortKey operator()(const DirectoryEntry& entry) const
    {
        SortKey key{{}, 0, entry.id().slot};
        const Cell& cell = m_scan.cellOf(entry);
        switch (m_sort) {
            case DirectorySort::id:
                break;
            case DirectorySort::name:
                name(key, entry, cell);
                break;
            case DirectorySort::type:
                key.text = entry.type();
                break;
            case DirectorySort::action:
                key.text = m_scan.action(cell);
                break;
            default:
                key.number = number(entry, cell);
        }
        return key;
    }

private:
    // By stem and then by number, so that indexer-2 stands before indexer-10.
    void name(SortKey& key, const DirectoryEntry& entry, const Cell& cell) const
    {
        const detail::NameParts parts = m_core.names.partsOf(cell);
        key.text = parts.stem;
        key.number = parts.ordinal == detail::NameTable::kNone ? -1.0 : parts.ordinal;
        if (key.text.empty()) {
            key.text = entry.type();
            key.number = entry.id().slot;
        }
    }

    [[nodiscard]] double number(const DirectoryEntry& entry, const Cell& cell) const
    {
        switch (m_sort) {
            case DirectorySort::state:
                return static_cast<double>(entry.state());
            case DirectorySort::handled:
                return static_cast<double>(entry.handled());
            case DirectorySort::mailbox:
                return static_cast<double>(entry.mailbox());
            case DirectorySort::oldest:
                return orLowest(m_scan.oldest(cell));
            case DirectorySort::p50:
                return orLowest(DirectoryScan::quantile(cell, 0.5));
            case DirectorySort::p99:
                return orLowest(DirectoryScan::quantile(cell, 0.99));
            case DirectorySort::bytes:
                return static_cast<double>(m_scan.bytes(entry));
            case DirectorySort::restarts:
                return static_cast<double>(entry.restarts());
            case DirectorySort::rate:
                return m_rates.rate(entry.id(), entry.handled(), m_now).value_or(-1.0);
            default:
                return 0;
        }
    }

    const detail::Core& m_core;
    const DirectoryScan& m_scan;
    const detail::RateBook& m_rates;
    const MonoTime m_now;
    const DirectorySort m_sort;
};

// The keys of the window [from, to), in order, at the place where a full sort would put them.
void sortWindow(std::vector<SortKey>& keys, std::size_t from, std::size_t to, bool descending)
{
    const auto before = [descending](const SortKey& a, const SortKey& b) {
        const SortKey& first = descending ? b : a;
        const SortKey& second = descending ? a : b;
        if (const int order = first.text.compare(second.text); order != 0) {
            return order < 0;
        }
        if (first.number != second.number) {
            return first.number < second.number;
        }
        return first.slot < second.slot;
    };
    const auto at = [&keys](std::size_t index) {
        return keys.begin() + static_cast<std::ptrdiff_t>(index);
    };
    if (from != 0 && from < keys.size()) {
        std::nth_element(keys.begin(), at(from), keys.end(), before);
    }
    if (from < to) {
        std::partial_sort(at(from), at(to), keys.end(), before);
    }
}

}  // namespace

DirectoryPage Directory::page(const DirectoryPageQuery& query) const
{
    DirectoryPage page;
    page.offset = query.offset;
    const auto lock = m_rates->lock();
    const DirectoryScan scan(m_core);
    const MonoTime now = m_core.clock->now();
    const bool noting = m_rates->begin(now, m_core.slots.used());
    const KeyMaker keyOf(m_core, scan, *m_rates, now, query.sort);
    std::vector<SortKey> keys;
    scan.forEach([&](const DirectoryEntry& entry) {
        ++page.total;
        if (noting) {
            m_rates->note(entry.id(), entry.handled());
        }
        if (!query.filter || query.filter(entry)) {
            keys.push_back(keyOf(entry));
        }
        return true;
    });
    page.matching = keys.size();
    const std::size_t from = std::min<std::size_t>(query.offset, keys.size());
    const std::size_t to = from + std::min<std::size_t>(query.limit, keys.size() - from);
    sortWindow(keys, from, to, query.descending);
    page.rows.reserve(to - from);
    for (std::size_t i = from; i < to; ++i) {
        const Cell& cell = m_core.slots.at(keys[i].slot);
        const detail::AgentGroup* group = cell.group.load(std::memory_order_seq_cst);
        if (group == nullptr) {
            continue;  // it ended meanwhile
        }
        const AgentId id = m_core.slots.idOf(cell);
        page.rows.push_back(scan.row(scan.entry(cell, *group, id)));
        page.rows.back().rate = m_rates->rate(id, page.rows.back().handled, now);
    }
    return page;
}

}  // namespace muster
