// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kPageRows = 1'000;

void print(Output& output, const StreamReadRow& row, Format format)
{
    const EventRow& event = row.event;
    if (format == Format::jsonl) {
        output.line(Json{{"version", row.version},
                         {"id", toString(event.id)},
                         {"time", toString(event.at)},
                         {"type", event.type},
                         {"source", event.source},
                         {"data", Json::parse(event.data, nullptr, false)}}
                        .dump());
    } else {
        output.line(fmt::format("{:>6}  {}  {:<24} {:<16} {}", row.version, toString(event.at),
                                event.type, event.source, event.data));
    }
}

[[nodiscard]] Result<void> printStream(Session& session, const StreamArguments& arguments,
                                       Output& output)
{
    StreamReadQuery query{.stream = arguments.name, .from = arguments.from};
    auto left = arguments.limit == 0 ? ~std::uint64_t{0} : arguments.limit;
    for (bool more = true; more && left > 0 && !output.closed();) {
        query.limit = std::min(left, kPageRows);
        const auto page = session.stream(query);
        if (!page) {
            return page.error();
        }
        for (const auto& row : page->rows) {
            print(output, row, arguments.format);
        }
        left -= page->rows.size();
        more = page->more && !page->rows.empty();
        if (more) {
            query.from = page->rows.back().version + 1;
        }
    }
    return {};
}

[[nodiscard]] Result<void> printNames(Session& session, const StreamArguments& arguments,
                                      Output& output)
{
    const auto streams = session.streams();
    if (!streams) {
        return streams.error();
    }
    for (const auto& stream : *streams) {
        output.line(arguments.format == Format::jsonl
                        ? Json{{"stream", stream.name}, {"version", stream.version}}.dump()
                        : fmt::format("{:<40} version {}", stream.name, stream.version));
    }
    if (streams->empty() && arguments.format == Format::table) {
        output.line("The session has no streams; stream.append makes them.");
    }
    return {};
}

}  // namespace

int streams(const StreamArguments& arguments)
{
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    Output output;
    const auto printed = arguments.name.empty() ? printNames(**session, arguments, output)
                                                : printStream(**session, arguments, output);
    if (!printed) {
        complain(printed.error());
        return exitCodeOf(printed.error());
    }
    return finish(output, **session, arguments.database);
}

}  // namespace muster::ctl
