// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

constexpr std::uint64_t kPageRows = 5'000;

void printRow(Output& output, const EventRow& row)
{
    output.line(
        fmt::format("{}  {:<24} {:<20} {}", toString(row.at), row.type, row.source, row.data));
}

/// Page by page, so that a session of any size streams.
[[nodiscard]] Result<void> printTable(Session& session, EventQuery query, Output& output)
{
    auto left = query.limit == 0 ? ~std::uint64_t{0} : query.limit;
    for (bool more = true; more && left > 0;) {
        query.limit = std::min(left, kPageRows);
        const auto page = session.events(query);
        if (!page) {
            return page.error();
        }
        for (const auto& row : page->rows) {
            printRow(output, row);
        }
        more = page->more && !page->rows.empty() && !output.closed() && !output.failed();
        left -= std::min<std::uint64_t>(left, page->rows.size());
        if (!page->rows.empty()) {
            query.after = page->rows.back().id;
        }
    }
    return {};
}

[[nodiscard]] Result<void> printLines(Session& session, const EventQuery& query, Output& output)
{
    std::ostream stream(&output);
    const auto written =
        session.exportTo({.what = ExportWhat::events,
                          .format = ExportFormat::jsonl,
                          .range = query.range,
                          .run = {},
                          .metrics = {},
                          .events = query},
                         stream, [&output](std::uint64_t) { return !output.closed(); });
    if (!written && !output.closed()) {
        return written.error();
    }
    return {};
}

}  // namespace

int events(const EventsArguments& arguments)
{
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    Output output;
    const auto printed = arguments.format == Format::jsonl
                             ? printLines(**session, arguments.query, output)
                             : printTable(**session, arguments.query, output);
    if (!printed) {
        complain(printed.error());
        return exitCodeOf(printed.error());
    }
    return finish(output, **session, arguments.database);
}

}  // namespace muster::ctl
