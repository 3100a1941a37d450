// SPDX-License-Identifier: Apache-2.0
#include "api/report.h"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "musterctl/arguments.h"
#include "musterctl/history_arguments.h"
#include "musterctl/output.h"

namespace muster::ctl {

namespace {

[[nodiscard]] Result<std::string> textOf(const ReportArguments& arguments, const CompareSide& run)
{
    if (arguments.causes) {
        const auto causes = causesOf(run);
        if (!causes) {
            return causes.error();
        }
        return arguments.format == ReportFormat::json ? causesJson(*causes) + '\n'
                                                      : causesText(*causes);
    }
    std::ostringstream out;
    const auto written =
        writeReport({.run = run, .against = arguments.against, .format = arguments.format}, out);
    return written ? Result<std::string>(out.str()) : written.error();
}

[[nodiscard]] Result<void> writeFile(const std::filesystem::path& file, const std::string& text)
{
    // The session itself and whatever else is a database is not written over.
    std::ifstream old(file, std::ios::binary);
    std::string head(15, '\0');
    old.read(head.data(), static_cast<std::streamsize>(head.size()));
    if (head == "SQLite format 3") {
        return Error{ErrorCode::invalidArgument, "this is a session; it would be lost",
                     file.string(), "Name another file with --out"};
    }
    std::ofstream out(file, std::ios::binary | std::ios::trunc);
    out << text << std::flush;
    return out ? Result<void>()
               : Error{ErrorCode::permissionDenied, "cannot be written", file.string(),
                       "Name a file in a directory you can write to that has room"};
}

[[nodiscard]] int fail(const Error& error)
{
    complain(error);
    return exitCodeOf(error);
}

}  // namespace

int report(const ReportArguments& arguments)
{
    const auto run = resolve(arguments.run);
    if (!run) {
        return fail(run.error());
    }
    const auto text = textOf(arguments, *run);
    if (!text) {
        return fail(text.error());
    }
    if (arguments.out) {
        const auto written = writeFile(*arguments.out, *text);
        if (!written) {
            return fail(written.error());
        }
        fmt::print(stderr, "{} written to {}\n", bytes(static_cast<double>(text->size())),
                   arguments.out->string());
        return kExitOk;
    }
    Output output;
    output.write(*text);
    return finish(output);
}

}  // namespace muster::ctl
