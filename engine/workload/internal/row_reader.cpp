// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/row_reader.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>

#include "agents/paths.h"
#include "documents/json.h"
#include "documents/nearest.h"

namespace muster {

namespace {

constexpr std::size_t kChunk = 64 * 1024;
constexpr std::size_t kLongestRecord = 1024 * 1024;

/// The fields of a record; nothing when a quote stands where none may.
std::optional<std::vector<std::string>> splitCsv(std::string_view record)
{
    std::vector<std::string> fields(1);
    bool quoted = false;
    bool closed = false;  // the field was quoted and its quote has been closed
    for (std::size_t i = 0; i < record.size(); ++i) {
        const char c = record[i];
        if (quoted) {
            if (c != '"') {
                fields.back() += c;
            } else if (i + 1 < record.size() && record[i + 1] == '"') {
                fields.back() += '"';
                ++i;
            } else {
                quoted = false;
                closed = true;
            }
        } else if (c == ',') {
            fields.emplace_back();
            closed = false;
        } else if (c == '"' && fields.back().empty() && !closed) {
            quoted = true;
        } else if (c == '"' || closed) {
            return std::nullopt;
        } else {
            fields.back() += c;
        }
    }
    return quoted ? std::nullopt : std::optional(std::move(fields));
}

}  // namespace

RowReader::RowReader(const InputSpec& spec) : m_spec(spec), m_path(absolutePath(spec.path)) {}

RowReader::~RowReader()
{
    if (m_descriptor >= 0) {
        ::close(m_descriptor);
    }
}

Result<void> RowReader::open()
{
    m_descriptor = ::open(m_path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat about {};
    if (m_descriptor < 0 || ::fstat(m_descriptor, &about) != 0) {
        Error error = pathError(m_path, errno);
        error.advice = "Set input.path to a file that is there and may be read";
        return error;
    }
    if (!S_ISREG(about.st_mode)) {
        return Error{ErrorCode::invalidArgument, "not a regular file", m_path,
                     "Set input.path to a file"};
    }
    if (!m_spec.header && !m_spec.field.empty()) {
        std::size_t number = 0;
        const auto* end = m_spec.field.data() + m_spec.field.size();
        const auto parsed = std::from_chars(m_spec.field.data(), end, number);
        if (parsed.ec != std::errc() || parsed.ptr != end || number == 0) {
            return Error{ErrorCode::invalidArgument,
                         fmt::format("without a header, input.field is the number of a column "
                                     "from 1, found \"{}\"",
                                     m_spec.field),
                         m_path, "Set input.field or input.header"};
        }
        m_column = number - 1;
    }
    return {};
}

void RowReader::read(std::size_t most, ReadBatch& batch)
{
    const LineStream::Use use = [&](std::string_view text) {
        ++m_line;
        line(text.empty() || text.back() != '\r' ? text : text.substr(0, text.size() - 1), batch);
    };
    std::array<unsigned char, kChunk> chunk;
    while (batch.items.size() < most && !batch.over) {
        const auto count = ::read(m_descriptor, chunk.data(), chunk.size());
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count < 0) {
            batch.problems.push_back({m_path, pathError(m_path, errno)});
        }
        if (count <= 0) {
            m_lines.finish(use);
            if (m_quoteOpen) {
                problem("a quote is not closed by the end of the file", batch);
            }
            batch.over = true;
            return;
        }
        batch.bytes += static_cast<std::uint64_t>(count);
        m_lines.add(std::span(chunk.data(), static_cast<std::size_t>(count)), use);
    }
}

void RowReader::line(std::string_view text, ReadBatch& batch)
{
    if (batch.over) {
        return;  // the header was refused: none of its rows can be read
    }
    if (text.empty() && !m_quoteOpen) {
        ++batch.skipped;
    } else if (m_spec.kind == InputKind::csv) {
        csvLine(text, batch);
    } else if (m_spec.kind == InputKind::jsonl) {
        m_firstLine = m_line;
        jsonLine(text, batch);
    } else {
        item(std::string(text), batch);
    }
}

void RowReader::csvLine(std::string_view text, ReadBatch& batch)
{
    if (!m_quoteOpen) {
        m_firstLine = m_line;
        m_record = text;
    } else {
        m_record += '\n';
        m_record += text;
    }
    // An odd number of quotes: a field goes on over the line's end.
    m_quoteOpen ^= std::count(text.begin(), text.end(), '"') % 2 != 0;
    if (m_quoteOpen && m_record.size() <= kLongestRecord) {
        return;
    }
    if (m_quoteOpen) {
        problem("a quote is not closed within 1 MiB", batch);
        m_record.clear();
        m_quoteOpen = false;
        return;
    }
    const auto row = splitCsv(m_record);
    m_record.clear();
    if (!row) {
        problem("a quote stands inside a field that has none around it", batch);
    } else if (m_spec.header && !m_header) {
        m_header = *row;
        if (!readHeader(*row, batch)) {
            batch.over = true;
        }
    } else {
        csvRow(*row, batch);
    }
}

bool RowReader::readHeader(const Row& row, ReadBatch& batch)
{
    if (m_spec.field.empty()) {
        return true;
    }
    const auto found = std::find(row.begin(), row.end(), m_spec.field);
    if (found == row.end()) {
        problem(fmt::format("there is no column \"{}\", expected one of {}{}", m_spec.field,
                            listed(row), didYouMean(m_spec.field, row)),
                batch);
        return false;
    }
    m_column = static_cast<std::size_t>(found - row.begin());
    return true;
}

void RowReader::csvRow(const Row& row, ReadBatch& batch)
{
    if (m_header && row.size() != m_header->size()) {
        problem(
            fmt::format("{} fields, expected {} as in the header", row.size(), m_header->size()),
            batch);
        return;
    }
    if (m_column) {
        if (*m_column >= row.size()) {
            problem(fmt::format("{} fields, expected at least {}", row.size(), *m_column + 1),
                    batch);
        } else {
            item(row[*m_column], batch);
        }
        return;
    }
    Value whole;
    for (std::size_t i = 0; i < row.size(); ++i) {
        whole.set(m_header ? (*m_header)[i] : std::to_string(i + 1), Value(row[i]));
    }
    item(toJson(whole), batch);
}

void RowReader::jsonLine(std::string_view text, ReadBatch& batch)
{
    const auto parsed = parseJson(text, "line");
    if (!parsed.ok()) {
        problem(parsed.error().message, batch);
        return;
    }
    if (m_spec.field.empty()) {
        item(std::string(text), batch);
        return;
    }
    const Value* value = parsed->find(m_spec.field);
    if (value == nullptr) {
        problem(fmt::format("there is no key \"{}\"", m_spec.field), batch);
    } else {
        item(value->isText() ? value->asText() : toJson(*value), batch);
    }
}

void RowReader::item(std::string text, ReadBatch& batch)
{
    batch.items.push_back(std::make_unique<const std::string>(std::move(text)));
}

void RowReader::problem(std::string message, ReadBatch& batch)
{
    const std::string where = fmt::format("{}:{}", m_path, m_firstLine);
    batch.problems.push_back({where, {ErrorCode::invalidArgument, std::move(message), where, ""}});
}

}  // namespace muster
