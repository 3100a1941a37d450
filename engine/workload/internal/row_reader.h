// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agents/line_stream.h"
#include "workload/internal/read_ahead.h"

namespace muster {

/// A file of lines, CSV records (RFC 4180, line ends in quotes included) or JSON Lines. A row
/// that is wrong is a problem with its line's number; empty lines are skipped.
class RowReader final : public BatchReader {
public:
    explicit RowReader(const InputSpec& spec);
    ~RowReader() override;
    RowReader(const RowReader&) = delete;
    RowReader& operator=(const RowReader&) = delete;

    [[nodiscard]] Result<void> open() override;
    void read(std::size_t most, ReadBatch& batch) override;

private:
    using Row = std::vector<std::string>;

    void line(std::string_view text, ReadBatch& batch);
    void csvLine(std::string_view text, ReadBatch& batch);
    void csvRow(const Row& row, ReadBatch& batch);
    void jsonLine(std::string_view text, ReadBatch& batch);
    void item(std::string text, ReadBatch& batch);
    void problem(std::string message, ReadBatch& batch);
    [[nodiscard]] bool readHeader(const Row& row, ReadBatch& batch);

    InputSpec m_spec;
    std::string m_path;
    int m_descriptor = -1;
    LineStream m_lines;
    std::uint64_t m_line = 0;       // number of the last line
    std::uint64_t m_firstLine = 0;  // of the CSV record under way
    std::string m_record;           // of CSV, while a quote is open over a line's end
    bool m_quoteOpen = false;
    std::optional<Row> m_header;
    std::optional<std::size_t> m_column;
};

}  // namespace muster
