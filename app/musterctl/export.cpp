// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "api/session.h"
#include "musterctl/arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

[[nodiscard]] int exportToOutput(Session& session, const ExportArguments& arguments)
{
    Output output;
    std::ostream stream(&output);
    const auto written = session.exportTo(arguments.query, stream,
                                          [&output](std::uint64_t) { return !output.closed(); });
    output.flush();
    if (!written && !output.closed()) {
        complain(written.error());
        return exitCodeOf(written.error());
    }
    return finish(output, session, arguments.database);
}

[[nodiscard]] Error cannotWrite(const std::filesystem::path& file, const std::string& why)
{
    return {ErrorCode::ioFailure, fmt::format("cannot be written: {}", why), file.string(),
            "Name a file in a directory you can write to that has room."};
}

[[nodiscard]] std::string systemReason()
{
    return std::generic_category().message(errno);
}

/// What may not be written over: the session that is read, its log, a directory.
[[nodiscard]] Result<void> checkTarget(const std::filesystem::path& file,
                                       const std::filesystem::path& session)
{
    std::error_code unknown;
    if (std::filesystem::is_directory(file, unknown)) {
        return Error{ErrorCode::invalidArgument, "this is a directory, not a file", file.string(),
                     "Name a file in it with --out"};
    }
    for (const char* suffix : {"", "-wal", "-shm", "-lock"}) {
        const std::filesystem::path part = session.string() + suffix;
        if (std::filesystem::equivalent(file, part, unknown)) {
            return Error{ErrorCode::invalidArgument,
                         "this is the session that is exported; it would be lost", file.string(),
                         "Name another file with --out"};
        }
    }
    return {};
}

/// A device or a pipe takes the rows as they come: moved into place, a file would replace it.
[[nodiscard]] bool takesRowsAsTheyCome(const std::filesystem::path& file)
{
    std::error_code unknown;
    const auto status = std::filesystem::status(file, unknown);
    return std::filesystem::exists(status) && !std::filesystem::is_regular_file(status);
}

/// Written beside and moved into place, so that a file of that name is always whole. A link
/// goes on leading to the file.
[[nodiscard]] Result<std::uint64_t> writeFile(Session& session, const ExportQuery& query,
                                              const std::filesystem::path& file)
{
    std::error_code failed;
    const bool direct = takesRowsAsTheyCome(file);
    const auto target = direct ? file : std::filesystem::weakly_canonical(file, failed);
    const auto part = direct ? target : std::filesystem::path(target.string() + ".part");
    errno = 0;
    std::ofstream stream(part, std::ios::binary | std::ios::trunc);
    if (!stream) {
        auto error = cannotWrite(file, systemReason());
        error.code = ErrorCode::permissionDenied;
        return error;
    }
    auto written = session.exportTo(query, stream);
    stream.close();
    if (written && !stream) {
        written = cannotWrite(file, systemReason());
    }
    if (!direct && written) {
        std::filesystem::rename(part, target, failed);
        written = failed ? Result<std::uint64_t>(cannotWrite(file, failed.message())) : written;
    }
    if (!direct && !written) {
        std::filesystem::remove(part, failed);
    }
    return written;
}

[[nodiscard]] int exportToFile(Session& session, const ExportArguments& arguments)
{
    const auto& file = *arguments.out;
    if (const auto allowed = checkTarget(file, arguments.database); !allowed) {
        complain(allowed.error());
        return exitCodeOf(allowed.error());
    }
    const auto written = writeFile(session, arguments.query, file);
    if (!written) {
        auto error = written.error();
        error.where = file.string();
        complain(error);
        return exitCodeOf(error);
    }
    fmt::print(stderr, "{} rows written to {}\n", count(*written), file.string());
    return sayNotice(session, arguments.database);
}

[[nodiscard]] int copyToFile(Session& session, const ExportArguments& arguments)
{
    auto allowed = checkTarget(*arguments.out, arguments.database);
    const auto written =
        allowed ? session.copyTo(*arguments.out) : Result<std::uint64_t>(allowed.error());
    if (!written) {
        complain(written.error());
        return exitCodeOf(written.error());
    }
    fmt::print(stderr, "{} written to {}\n", bytes(static_cast<double>(*written)),
               arguments.out->string());
    return sayNotice(session, arguments.database);
}

}  // namespace

int exportRecords(const ExportArguments& arguments)
{
    if (const auto fits = checkExport(arguments.query); !fits) {
        complain(fits.error());
        return exitCodeOf(fits.error());
    }
    const auto session = Session::open(arguments.database);
    if (!session) {
        complain(session.error());
        return exitCodeOf(session.error());
    }
    if (arguments.query.what == ExportWhat::session) {
        return copyToFile(**session, arguments);
    }
    return arguments.out ? exportToFile(**session, arguments)
                         : exportToOutput(**session, arguments);
}

}  // namespace muster::ctl
