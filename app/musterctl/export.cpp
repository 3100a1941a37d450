// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fstream>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

[[nodiscard]] int exportToOutput(Session& session, const ExportQuery& query)
{
    Output output;
    std::ostream stream(&output);
    const auto written =
        session.exportTo(query, stream, [&output](std::uint64_t) { return !output.closed(); });
    output.flush();
    if (!written && !output.closed()) {
        complain(written.error());
        return exitCodeOf(written.error());
    }
    return finish(output);
}

[[nodiscard]] Error cannotWrite(const std::filesystem::path& file)
{
    return {ErrorCode::ioFailure, fmt::format("cannot be written: {}", std::strerror(errno)),
            file.string(), "Name a file in a directory you can write to that has room."};
}

/// Written beside and moved into place, so that a file of that name is always whole.
[[nodiscard]] int exportToFile(Session& session, const ExportQuery& query,
                               const std::filesystem::path& file)
{
    const std::filesystem::path part = file.string() + ".part";
    std::ofstream stream(part, std::ios::binary | std::ios::trunc);
    if (!stream) {
        complain(cannotWrite(file));
        return kExitUsage;
    }
    const auto written = session.exportTo(query, stream);
    stream.close();
    std::error_code failed;
    if (written && stream) {
        std::filesystem::rename(part, file, failed);
    }
    if (!written || !stream || failed) {
        const auto error = written ? cannotWrite(file) : written.error();
        std::filesystem::remove(part, failed);
        complain(error);
        return exitCodeOf(error);
    }
    fmt::print(stderr, "{} rows written to {}\n", count(*written), file.string());
    return kExitOk;
}

}  // namespace

int exportRecords(const ExportArguments& arguments)
{
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    return arguments.out ? exportToFile(**session, arguments.query, *arguments.out)
                         : exportToOutput(**session, arguments.query);
}

}  // namespace muster::ctl
