// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <regex>

#include "bench/report.h"

using namespace muster::bench;

namespace {

constexpr int kWrongUse = 2;

int fail(const std::string& sentence, int code)
{
    std::fprintf(stderr, "muster_bench: %s\n", sentence.c_str());
    return code;
}

std::vector<Row> allRows()
{
    std::vector<Row> rows;
    addAgentRows(rows);
    addMessageRows(rows);
    addDirectoryRows(rows);
    addEventRows(rows);
    addFairnessRows(rows);
    addBatchRows(rows);
    addEngineRows(rows);
    addProtectionRows(rows);
    addRecoveryRows(rows);
    addExportRows(rows);
    addStoreRows(rows);
    addQueueRows(rows);
    return rows;
}

int run(const std::vector<Row>& rows, std::size_t runs, bool quick, const std::string& jsonFile)
{
    std::ofstream json;
    if (!jsonFile.empty()) {
        json.open(jsonFile);
        if (!json) {
            return fail("cannot write " + jsonFile + ". Name a file in a directory that exists.",
                        kWrongUse);
        }
    }
    std::fputs(tableHead().c_str(), stdout);
    std::vector<Measured> all;
    for (const Row& row : rows) {
        all.push_back(measure(row, runs, quick));
        std::fputs(tableLine(all.back()).c_str(), stdout);
        std::fflush(stdout);
    }
    if (!jsonFile.empty()) {
        json << toJson(all, quick) << std::flush;
        if (!json) {
            return fail("could not write all of " + jsonFile, 1);
        }
    }
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    CLI::App app(
        "Measures the runtime, one named operation a row: nanoseconds an operation, percentiles "
        "of spans of them, bytes. Median of several runs.\n"
        "Example: muster_bench --only 'ring|ping' --json figures.json");
    bool list = false;
    bool quick = false;
    std::string only;
    std::string json;
    std::size_t runs = 5;
    app.add_flag("--list", list, "Name the rows and what each does; measure nothing");
    app.add_option("--only", only, "Rows whose name this regular expression finds");
    app.add_flag("--quick", quick, "Every row once, with fewer operations");
    app.add_option("--runs", runs, "Runs of each row, of which the median counts")
        ->check(CLI::Range(1, 99))
        ->capture_default_str();
    app.add_option("--json", json, "Also write the figures to this file");
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kWrongUse;
    }
    if (quick && app.count("--runs") == 0) {
        runs = 1;
    }

    std::vector<Row> rows = allRows();
    try {
        const std::regex wanted(only);
        std::erase_if(rows,
                      [&wanted](const Row& row) { return !std::regex_search(row.name, wanted); });
    } catch (const std::regex_error&) {
        return fail("--only " + only + " is no regular expression.", kWrongUse);
    }
    if (rows.empty()) {
        return fail("no row is named like " + only + ". --list names them.", kWrongUse);
    }
    if (list) {
        for (const Row& row : rows) {
            std::printf("%-28s %s\n", row.name.c_str(), row.operation.c_str());
        }
        return 0;
    }
    return run(rows, runs, quick, json);
}
