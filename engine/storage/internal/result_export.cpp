// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/result_export.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "storage/internal/row_scan.h"

namespace muster {

namespace {

constexpr std::int64_t kPart = 1024;

/// Columns that the tables of results and errors share.
enum Column { kId, kRun, kAt, kAction, kAgent, kItem, kData };
enum ErrorColumn { kClass = kItem + 1, kCode, kMessage };

/// Puts the members of a flat JSON object into the places of their columns, as text.
class MemberReader : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit MemberReader(const std::vector<std::string>& columns) : m_columns(columns)
    {
        m_values.resize(columns.size());
    }

    /// False: it is not JSON.
    bool read(std::string_view object)
    {
        std::ranges::fill(m_values, std::string());
        m_next = 0;
        m_place = m_columns.size();
        m_depth = 0;
        return nlohmann::json::sax_parse(object.begin(), object.end(), this);
    }
    [[nodiscard]] const std::vector<std::string>& values() const noexcept { return m_values; }

    bool null() override { return put(""); }
    bool boolean(bool value) override { return put(value ? "true" : "false"); }
    bool number_integer(number_integer_t value) override { return put(std::to_string(value)); }
    bool number_unsigned(number_unsigned_t value) override { return put(std::to_string(value)); }
    bool number_float(number_float_t, const string_t& text) override { return put(text); }
    bool string(string_t& value) override { return put(value); }
    bool binary(binary_t&) override { return true; }
    bool key(string_t& name) override
    {
        // Nearly always in the columns' order.
        m_place =
            m_next < m_columns.size() && m_columns[m_next] == name
                ? m_next
                : static_cast<std::size_t>(std::ranges::find(m_columns, name) - m_columns.begin());
        m_next = m_place + 1;
        return true;
    }
    bool start_object(std::size_t) override { return ++m_depth > 0; }
    bool end_object() override { return m_depth-- > 0; }
    bool start_array(std::size_t) override { return ++m_depth > 0; }
    bool end_array() override { return m_depth-- > 0; }
    bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override
    {
        return false;
    }

private:
    bool put(const std::string& value)
    {
        if (m_depth == 1 && m_place < m_values.size()) {
            m_values[m_place] = value;
        }
        return true;
    }

    const std::vector<std::string>& m_columns;
    std::vector<std::string> m_values;
    std::size_t m_next = 0;
    std::size_t m_place = 0;
    int m_depth = 0;
};

/// The names of all figures, in the order in which they first came.
Result<std::vector<std::string>> readColumns(SessionReader::State& session)
{
    std::vector<std::string> columns;
    auto rows = RowScan::open(session.database, "result_columns");
    const auto ids = idRange(session.database, "result_columns");
    if (!rows || !ids) {
        return rows ? ids.error() : rows.error();
    }
    const auto done = rows->visit(ids->first, ids->last, false, [&](const Statement& row) {
        std::string name(row.text(2));
        if (std::ranges::find(columns, name) == columns.end()) {
            columns.push_back(std::move(name));
        }
        return true;
    });
    if (!done) {
        return done.error();
    }
    session.damage.add("result columns", 0, done->damaged);
    return columns;
}

/// What results and errors have in common: where they are filtered and how they begin.
class RecordExport {
public:
    RecordExport(SessionReader::State& session, const StoredExport& what, ExportWriter& out)
        : m_session(session), m_what(what), m_out(out)
    {
    }

    Result<void> open(std::string_view table)
    {
        auto rows = RowScan::open(m_session.database, table);
        const auto ids = idRange(m_session.database, table);
        auto actions = m_session.names("actions");
        for (const Error* error : {errorOf(rows), errorOf(ids), errorOf(actions)}) {
            if (error != nullptr) {
                return *error;
            }
        }
        m_table = table;
        m_rows = std::move(rows).value();
        m_ids = *ids;
        m_actions = std::move(actions).value();
        return {};
    }

    Result<void> run(const RowScan::Visit& write)
    {
        for (std::int64_t part = m_ids.first; part != 0 && part <= m_ids.last; part += kPart) {
            const std::int64_t last = std::min(part + kPart - 1, m_ids.last);
            const auto done = m_rows->visit(
                part, last, false, [&](Statement& row) { return !wanted(row) || write(row); });
            if (!done) {
                return done.error();
            }
            // Their ids have no gaps.
            const std::int64_t missing = last - part + 1 - done->good;
            m_session.damage.add(m_table, part, done->stopped ? done->damaged : missing);
            if (done->stopped) {
                break;
            }
        }
        return {};
    }

    /// time,run,action,agent,item under the given names.
    void writeCommon(const Statement& row, std::span<const std::string> names)
    {
        m_out.text(names[0], toString(WallTime{row.integer(kAt)}));
        m_out.number(names[1], static_cast<std::uint64_t>(row.integer(kRun)));
        const auto action = m_actions.find(row.integer(kAction));
        m_out.text(names[2], action != m_actions.end() ? action->second : std::string());
        m_out.text(names[3], row.text(kAgent));
        m_out.text(names[4], row.text(kItem));
    }

private:
    [[nodiscard]] bool wanted(const Statement& row) const
    {
        const WallTime at{row.integer(kAt)};
        return (!m_what.range || (at >= m_what.range->from && at <= m_what.range->to)) &&
               (!m_what.run || row.integer(kRun) == m_what.run->value);
    }

    SessionReader::State& m_session;
    const StoredExport& m_what;
    ExportWriter& m_out;
    std::string m_table;
    std::optional<RowScan> m_rows;
    IdRange m_ids;
    std::unordered_map<std::int64_t, std::string> m_actions;
};

}  // namespace

Result<void> exportResults(SessionReader::State& session, const StoredExport& what,
                           ExportWriter& out)
{
    auto columns = readColumns(session);
    RecordExport records(session, what, out);
    auto opened = records.open("results");
    if (!columns || !opened) {
        return columns ? opened : Result<void>(columns.error());
    }
    std::vector<std::string> common{"time", "run", "action", "agent", "item"};
    for (std::string& name : common) {
        const bool taken = std::ranges::find(*columns, name) != columns->end();
        name.insert(0, taken ? "record_" : "");
    }
    std::vector<std::string> header = *columns;
    header.insert(header.end(), common.begin(), common.end());
    out.header(header);

    MemberReader members(*columns);
    std::uint64_t unreadable = 0;
    auto done = records.run([&](const Statement& row) {
        if (!out.csv()) {
            out.members(row.text(kData));
        } else if (members.read(row.text(kData))) {
            for (std::size_t i = 0; i < columns->size(); ++i) {
                out.text((*columns)[i], members.values()[i]);
            }
        } else {
            ++unreadable;
            return true;
        }
        records.writeCommon(row, common);
        return out.endRow();
    });
    session.damage.add("results", -1, static_cast<std::int64_t>(unreadable));
    return done;
}

Result<void> exportErrors(SessionReader::State& session, const StoredExport& what,
                          ExportWriter& out)
{
    RecordExport records(session, what, out);
    if (auto opened = records.open("errors"); !opened) {
        return opened;
    }
    const std::array<std::string, 8> header{"time", "run",   "action", "agent",
                                            "item", "class", "code",   "message"};
    out.header(header);
    return records.run([&](const Statement& row) {
        records.writeCommon(row, std::span(header).first(5));
        out.text("class", row.text(kClass));
        out.text("code", row.text(kCode));
        out.text("message", row.text(kMessage));
        return out.endRow();
    });
}

}  // namespace muster
