// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <ostream>
#include <span>
#include <string>
#include <string_view>

#include "storage/export.h"

namespace muster {

/// Writes rows to a stream through one buffer, as CSV or JSON Lines.
/// Thread safety: one thread at a time.
class ExportWriter {
public:
    ExportWriter(std::ostream& out, StoredFormat format, const StoredExportProgress& progress)
        : m_out(out),
          m_progress(progress),
          m_csv(format == StoredFormat::csv || format == StoredFormat::csvWide)
    {
    }

    [[nodiscard]] bool csv() const noexcept { return m_csv; }
    /// CSV only; nothing in JSON Lines.
    void header(std::span<const std::string> columns);

    // One row: its values in the header's order, then endRow(). In JSON Lines an empty text is
    // written, and none() leaves the key out.
    void text(std::string_view key, std::string_view value);
    void number(std::string_view key, std::uint64_t value);
    void boolean(std::string_view key, bool value);
    /// A JSON value; in CSV its text.
    void json(std::string_view key, std::string_view value);
    void none(std::string_view key);
    /// The members of a JSON object, as they are; JSON Lines only.
    void members(std::string_view object);
    /// A line that the caller made, for rows by the million.
    [[nodiscard]] std::string& line() noexcept { return m_buffer; }
    /// False: stop; result() says why.
    [[nodiscard]] bool endRow();

    /// While no row comes for long: whether to go on.
    [[nodiscard]] bool goOn();

    /// After the last row: what was written, or cancelled, or ioFailure.
    [[nodiscard]] Result<std::uint64_t> result();

private:
    void key(std::string_view name);
    void flush();

    static constexpr std::size_t kBuffer = 256 * 1024;
    static constexpr std::uint64_t kProgressRows = 4096;

    std::ostream& m_out;
    const StoredExportProgress& m_progress;
    const bool m_csv;
    std::string m_buffer;
    std::uint64_t m_rows = 0;
    bool m_inRow = false;
    bool m_cancelled = false;
};

}  // namespace muster
