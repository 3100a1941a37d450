// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/row_scan.h"

#include <fmt/core.h>

#include <algorithm>

#include "storage/internal/row.h"

namespace muster {

namespace {

/// After so many ids in a row that cannot be looked for, the steps grow: more than a page is
/// gone. A page of the smallest rows holds fewer.
constexpr std::int64_t kPatience = 256;

}  // namespace

struct RowScan::Walk {
    std::int64_t next;  ///< the id to go on with
    std::int64_t end;   ///< the last one
    std::int64_t step;  ///< 1 or -1
    const Visit& visit;
    Outcome outcome{};

    [[nodiscard]] bool over() const
    {
        return outcome.stopped || (step > 0 ? next > end : next < end);
    }
};

Result<RowScan> RowScan::open(Database& database, std::string_view table, std::string_view salt)
{
    RowScan scan;
    scan.m_salt = salt;
    auto up = database.prepare(
        fmt::format("SELECT * FROM {} WHERE id BETWEEN ?1 AND ?2 ORDER BY id", table));
    auto down = database.prepare(
        fmt::format("SELECT * FROM {} WHERE id BETWEEN ?1 AND ?2 ORDER BY id DESC", table));
    auto single = database.prepare(fmt::format("SELECT * FROM {} WHERE id = ?1", table));
    for (const Error* error : {errorOf(up), errorOf(down), errorOf(single)}) {
        if (error != nullptr) {
            return *error;
        }
    }
    scan.m_up = std::move(up).value();
    scan.m_down = std::move(down).value();
    scan.m_single = std::move(single).value();
    return scan;
}

Result<RowScan::Outcome> RowScan::visit(std::int64_t first, std::int64_t last, bool descending,
                                        const Visit& visit)
{
    Walk walk{.next = descending ? last : first,
              .end = descending ? first : last,
              .step = descending ? -1 : 1,
              .visit = visit};
    Statement& range = descending ? m_down : m_up;
    range.bind(1, first).bind(2, last);
    auto done = walkRange(walk, range);
    range.reset();
    if (!done) {
        if (!isDamage(done.error())) {
            return done.error();
        }
        if (auto singly = walkSingly(walk); !singly) {
            return singly.error();
        }
    }
    return walk.outcome;
}

Result<void> RowScan::walkRange(Walk& walk, Statement& range)
{
    for (;;) {
        const auto row = range.step();
        if (!row) {
            return row.error();
        }
        if (!*row) {
            return {};
        }
        const std::int64_t id = range.integer(0);
        // A damaged tree may lead to a page twice or out of order.
        const bool inOrder = walk.step > 0 ? id >= walk.next : id <= walk.next;
        if (!inOrder) {
            return Error{ErrorCode::corrupt, "rows are out of order", {}, {}};
        }
        walk.next = id + walk.step;
        show(walk, range);
        if (walk.outcome.stopped) {
            return {};
        }
    }
}

Result<void> RowScan::walkSingly(Walk& walk)
{
    std::int64_t failures = 0;
    std::int64_t stride = 1;
    while (!walk.over()) {
        const auto row = m_single.bind(1, walk.next).step();
        if (!row && !isDamage(row.error())) {
            return row.error();
        }
        if (!row) {
            stride = ++failures > kPatience ? std::min(stride * 2, std::int64_t{1} << 40) : 1;
            walk.outcome.damaged += stride;
        } else {
            failures = 0;
            stride = 1;
            if (*row) {
                show(walk, m_single);
            }
        }
        m_single.reset();
        walk.next += walk.step * stride;
    }
    return {};
}

void RowScan::show(Walk& walk, Statement& row)
{
    if (!rowHolds(row, m_salt)) {
        ++walk.outcome.damaged;
        return;
    }
    ++walk.outcome.good;
    walk.outcome.stopped = !walk.visit(row);
}

Result<IdRange> idRange(Database& database, std::string_view table)
{
    const auto first = database.queryInteger(fmt::format("SELECT min(id) FROM {}", table));
    const auto last = database.queryInteger(fmt::format("SELECT max(id) FROM {}", table));
    if (!first || !last) {
        return first ? last.error() : first.error();
    }
    return IdRange{*first, *last};
}

}  // namespace muster
