// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "api/internal/report_data.h"
#include "api/internal/report_text.h"

namespace muster {

namespace {

using Json = nlohmann::ordered_json;

/// In a table's cell a bar would begin the next.
std::string cell(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        out += c == '|' ? "\\|" : c == '\n' ? " " : std::string(1, c);
    }
    return out;
}

std::string effectLine(const Cause& cause)
{
    if (!cause.unclear.empty()) {
        return "unclear: " + cause.unclear;
    }
    std::string line;
    for (const CompareRow& row : cause.effects) {
        if (row.verdict != CompareVerdict::same) {
            line += fmt::format("{}{} {}: {}", line.empty() ? "" : "; ", rowTitle(row),
                                verdictWithGlyph(row), effectWithInterval(row));
        }
    }
    return line.empty() ? "= no difference" : line;
}

void addComparison(std::string& out, const CompareAnswer& answer)
{
    out += fmt::format(
        "\n## Beside run {} of {}\n\n{} worse, {} better, {} changed, {} without a "
        "difference of {:.3g} % or more, {} not comparable\n\n"
        "| figure | before | now | effect | verdict |\n|---|---|---|---|---|\n",
        answer.a.run.value, answer.a.file.string(), answer.count(CompareVerdict::worse),
        answer.count(CompareVerdict::better), answer.count(CompareVerdict::changed),
        answer.count(CompareVerdict::same), answer.least * 100,
        answer.count(CompareVerdict::notComparable));
    for (const CompareRow* row : notableRows(answer)) {
        out += fmt::format("| {} | {} | {} | {} | {} |\n", cell(rowTitle(*row)),
                           figureWithUnit(row->a, row->unit), figureWithUnit(row->b, row->unit),
                           effectWithInterval(*row), cell(verdictWithGlyph(*row)));
    }
    out += fmt::format("\n{}\n", compareMethod());
}

void addLatencies(std::string& out, const std::vector<ReportLatency>& all)
{
    out +=
        "\n## Percentiles\n\n| series | samples | p50 | p90 | p95 | p99 | p99.9 | max |\n"
        "|---|---|---|---|---|---|---|---|\n";
    for (const ReportLatency& latency : all) {
        out += fmt::format("| {} | {} |", cell(latency.series), latency.samples);
        for (const auto& [name, value] : latency.percentiles) {
            out += fmt::format(" {} |", figureWithUnit(value, latency.unit));
        }
        out += '\n';
    }
}

Json known(const Known& figure)
{
    return figure.known() ? Json(figure.value) : Json(nullptr);
}

Json rowJson(const CompareRow& row)
{
    Json json{{"metric", row.metric}, {"labels", row.labels},
              {"unit", row.unit},     {"figure", row.figure},
              {"better", row.better}, {"a", known(row.a)},
              {"b", known(row.b)},    {"verdict", std::string(toString(row.verdict))}};
    if (row.verdict == CompareVerdict::notComparable) {
        json["reason"] = row.reason;
        return json;
    }
    json["difference"] = row.difference;
    json["difference_interval"] = Json::array({row.low, row.high});
    json["effect"] = row.effect ? Json(*row.effect) : Json(nullptr);
    json["effect_interval"] =
        row.effect ? Json::array({row.effectLow, row.effectHigh}) : Json(nullptr);
    json["chance"] = row.chance;
    return json;
}

Json sideJson(const ComparedSide& side)
{
    return Json{{"session", side.file.string()}, {"run", side.run.value},
                {"workload", side.workload},     {"build", side.build},
                {"machine", side.machine},       {"from", toString(side.range.from)},
                {"to", toString(side.range.to)}, {"moments", side.moments}};
}

Json answerJson(const CompareAnswer& answer)
{
    Json json{{"a", sideJson(answer.a)},
              {"b", sideJson(answer.b)},
              {"least", answer.least},
              {"confidence", 0.95},
              {"better", answer.count(CompareVerdict::better)},
              {"worse", answer.count(CompareVerdict::worse)},
              {"changed", answer.count(CompareVerdict::changed)},
              {"no_difference", answer.count(CompareVerdict::same)},
              {"not_comparable", answer.count(CompareVerdict::notComparable)},
              {"rows", Json::array()}};
    for (const CompareRow& row : answer.rows) {
        json["rows"].push_back(rowJson(row));
    }
    json["method"] = std::string(compareMethod());
    return json;
}

Json causeJson(const Cause& cause)
{
    Json json{{"at", toString(cause.at)},
              {"kind", cause.kind},
              {"text", cause.text},
              {"clear", cause.unclear.empty()},
              {"effects", Json::array()}};
    if (!cause.unclear.empty()) {
        json["unclear"] = cause.unclear;
    }
    for (const CompareRow& row : cause.effects) {
        json["effects"].push_back(rowJson(row));
    }
    return json;
}

}  // namespace

std::string compareJson(const CompareAnswer& answer)
{
    return answerJson(answer).dump();
}

std::string causesJson(const std::vector<Cause>& causes)
{
    Json json = Json::array();
    for (const Cause& cause : causes) {
        json.push_back(causeJson(cause));
    }
    return Json{{"causes", std::move(json)}}.dump();
}

std::string causesText(const std::vector<Cause>& causes)
{
    std::string out;
    for (const Cause& cause : causes) {
        out += fmt::format("{}  {:<10} {}\n    {}\n", shortTime(cause.at), cause.kind, cause.text,
                           effectLine(cause));
    }
    return out.empty() ? "Nothing was changed in this run.\n" : out;
}

std::string reportMarkdown(const ReportData& data)
{
    const StoredRun& run = data.run;
    std::string out =
        fmt::format("# {}\n\nRun {} of {}, {} to {}{}  \nBuild {}; {}\n",
                    run.workload.empty() ? "A run" : run.workload, run.id.value, data.file.string(),
                    shortTime(data.range.from), shortTime(data.range.to),
                    run.endedAt ? "" : "; it was not closed", run.build, run.machine);
    out += data.notice.empty() ? "" : "\n**" + data.notice + "**\n";
    out += "\n## Totals\n\n| what | figure |\n|---|---|\n";
    for (const auto& [title, figure] : totalsOf(run)) {
        out += fmt::format("| {} | {} |\n", title, figure);
    }
    if (data.comparison) {
        addComparison(out, *data.comparison);
    }
    out +=
        "\n## What changed, and what it did\n\n| at | kind | change | effect "
        "|\n|---|---|---|---|\n";
    for (const Cause& cause : data.causes) {
        out += fmt::format("| {} | {} | {} | {} |\n", sinceStart(cause.at, data.range.from),
                           cause.kind, cell(cause.text), cell(effectLine(cause)));
    }
    addLatencies(out, data.latencies);
    out +=
        "\n## Errors by class\n\n| count | action | class | code | the first |\n"
        "|---|---|---|---|---|\n";
    for (const ReportErrors& errors : data.errors) {
        out += fmt::format("| {} | {} | {} | {} | {} |\n", errors.count, errors.action,
                           errors.failureClass, errors.code, cell(errors.example));
    }
    return out;
}

std::string reportJson(const ReportData& data)
{
    Json json{{"session", data.file.string()},
              {"run", data.run.id.value},
              {"workload", data.run.workload},
              {"build", data.run.build},
              {"machine", data.run.machine},
              {"from", toString(data.range.from)},
              {"to", toString(data.range.to)},
              {"closed", data.run.endedAt.has_value()},
              {"notice", data.notice},
              {"summary", Json::parse(data.run.summaryJson, nullptr, false)},
              {"percentiles", Json::array()},
              {"errors", Json::array()},
              {"breaker_moves", data.breakerMoves},
              {"causes", Json::array()}};
    if (json["summary"].is_discarded()) {
        json["summary"] = nullptr;
    }
    for (const ReportLatency& latency : data.latencies) {
        Json row{{"series", latency.series}, {"unit", latency.unit}, {"samples", latency.samples}};
        for (const auto& [name, value] : latency.percentiles) {
            row[name] = value;
        }
        json["percentiles"].push_back(std::move(row));
    }
    for (const ReportErrors& errors : data.errors) {
        json["errors"].push_back(Json{{"count", errors.count},
                                      {"action", errors.action},
                                      {"class", errors.failureClass},
                                      {"code", errors.code},
                                      {"first", errors.example}});
    }
    for (const Cause& cause : data.causes) {
        json["causes"].push_back(causeJson(cause));
    }
    if (data.comparison) {
        json["comparison"] = answerJson(*data.comparison);
    }
    return json.dump();
}

}  // namespace muster
