// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/export_writer.h"

#include "events/fields.h"
#include "storage/internal/csv.h"

namespace muster {

void ExportWriter::header(std::span<const std::string> columns)
{
    if (!m_csv) {
        return;
    }
    const char* separator = "";
    for (const std::string& column : columns) {
        m_buffer += separator;
        appendCsv(m_buffer, column);
        separator = ",";
    }
    m_buffer += '\n';
}

void ExportWriter::key(std::string_view name)
{
    if (m_csv) {
        m_buffer += m_inRow ? "," : "";
    } else {
        m_buffer += m_inRow ? ',' : '{';
        appendJsonText(m_buffer, name);
        m_buffer += ':';
    }
    m_inRow = true;
}

void ExportWriter::text(std::string_view name, std::string_view value)
{
    key(name);
    m_csv ? appendCsv(m_buffer, value) : appendJsonText(m_buffer, value);
}

void ExportWriter::number(std::string_view name, std::uint64_t value)
{
    key(name);
    m_buffer += std::to_string(value);
}

void ExportWriter::boolean(std::string_view name, bool value)
{
    key(name);
    m_buffer += value ? "true" : "false";
}

void ExportWriter::json(std::string_view name, std::string_view value)
{
    key(name);
    if (m_csv) {
        appendCsv(m_buffer, value);
    } else {
        m_buffer += value;
    }
}

void ExportWriter::none(std::string_view name)
{
    if (m_csv) {
        key(name);
    }
}

void ExportWriter::members(std::string_view object)
{
    if (object.size() > 2) {
        m_buffer += m_inRow ? ',' : '{';
        m_buffer += object.substr(1, object.size() - 2);
        m_inRow = true;
    }
}

bool ExportWriter::endRow()
{
    m_buffer += m_csv || !m_inRow ? "\n" : "}\n";
    m_inRow = false;
    ++m_rows;
    if (m_buffer.size() >= kBuffer) {
        flush();
    }
    if (m_progress && m_rows % kProgressRows == 0) {
        m_cancelled = !m_progress(m_rows);
    }
    return !m_cancelled && m_out.good();
}

bool ExportWriter::goOn()
{
    if (m_progress && !m_cancelled) {
        m_cancelled = !m_progress(m_rows);
    }
    return !m_cancelled;
}

void ExportWriter::flush()
{
    m_out.write(m_buffer.data(), static_cast<std::streamsize>(m_buffer.size()));
    m_buffer.clear();
}

Result<std::uint64_t> ExportWriter::result()
{
    flush();
    m_out.flush();
    if (m_cancelled) {
        return Error{ErrorCode::cancelled, "the export was cancelled", {}, {}};
    }
    if (!m_out.good()) {
        return Error{ErrorCode::ioFailure,
                     "the export could not be written",
                     {},
                     "Free space where it is written to, or write it elsewhere"};
    }
    if (m_progress) {
        (void)m_progress(m_rows);
    }
    return m_rows;
}

}  // namespace muster
