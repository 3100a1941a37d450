// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/result_export.h"

#include <fmt/core.h>

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
    const auto done = session.visitAll(Numbered::resultColumns, [&](const Statement& row) {
        std::string name(row.text(2));
        if (std::ranges::find(columns, name) == columns.end()) {
            columns.push_back(std::move(name));
        }
        return true;
    });
    return done ? Result<std::vector<std::string>>(std::move(columns)) : done.error();
}

/// What results and errors have in common: where they are filtered and how they begin.
class RecordExport {
public:
    RecordExport(SessionReader::State& session, const StoredExport& what, ExportWriter& out)
        : m_session(session), m_what(what), m_out(out)
    {
    }

    Result<void> run(Numbered table, const RowScan::Visit& write)
    {
        auto actions = m_session.names(Numbered::actions);
        if (!actions) {
            return actions.error();
        }
        m_actions = std::move(actions).value();
        return m_session.visitAll(table,
                                  [&](Statement& row) { return !wanted(row) || write(row); });
    }

    /// time,run,action,agent,item under the given names.
    void writeCommon(const Statement& row, std::span<const std::string> names)
    {
        m_out.text(names[0], toString(WallTime{row.integer(kAt)}));
        m_out.number(names[1], static_cast<std::uint64_t>(row.integer(kRun)));
        const auto action = m_actions.find(row.integer(kAction));
        m_out.text(names[2], action != m_actions.end()
                                 ? action->second
                                 : fmt::format("damaged.action_{}", row.integer(kAction)));
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
    std::unordered_map<std::int64_t, std::string> m_actions;
};

}  // namespace

Result<void> exportResults(SessionReader::State& session, const StoredExport& what,
                           ExportWriter& out)
{
    auto columns = readColumns(session);
    RecordExport records(session, what, out);
    if (!columns) {
        return columns.error();
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
    auto done = records.run(Numbered::results, [&](const Statement& row) {
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
    const std::array<std::string, 8> header{"time", "run",   "action", "agent",
                                            "item", "class", "code",   "message"};
    out.header(header);
    return records.run(Numbered::errors, [&](const Statement& row) {
        records.writeCommon(row, std::span(header).first(5));
        out.text("class", row.text(kClass));
        out.text("code", row.text(kCode));
        out.text("message", row.text(kMessage));
        return out.endRow();
    });
}

}  // namespace muster
