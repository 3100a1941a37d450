// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <streambuf>
#include <string>
#include <string_view>

#include "api/session.h"
#include "api/snapshot.h"
#include "base/error.h"

namespace muster::ctl {

/// Standard output as a buffer that a reader may close at any time: from then on nothing is
/// written and closed() says so. Thread safety: one thread.
class Output final : public std::streambuf {
public:
    Output();
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output() override;

    void write(std::string_view text);
    void line(std::string_view text);
    /// False once the reader is gone or the disk behind it is full.
    bool flush();
    /// The reader of the pipe is gone: it had enough, which is no failure.
    [[nodiscard]] bool closed() const noexcept { return m_closed; }
    /// Writing failed for another reason.
    [[nodiscard]] bool failed() const noexcept { return m_failed; }

protected:
    int_type overflow(int_type c) override;
    std::streamsize xsputn(const char* text, std::streamsize count) override;
    int sync() override;

private:
    std::string m_buffer;
    bool m_closed = false;
    bool m_failed = false;
};

/// The exit code of a subcommand that printed all it had to: a reader that left early had
/// enough, output that could not be written is a failure.
[[nodiscard]] int finish(Output& output);
/// 2 for what the caller can put right (arguments, files, permissions), 1 for what failed.
[[nodiscard]] int exitCodeOf(const Error& error) noexcept;

/// Says on standard error what of a session could not be read; gives the exit code of a subcommand
/// that printed the rest: a part for the whole is a failure.
[[nodiscard]] int finish(Output& output, const Session& session, const std::filesystem::path& file);
[[nodiscard]] int sayNotice(const Session& session, const std::filesystem::path& file);

/// Says it on standard error: "musterctl: where: message. Advice."
void complain(const Error& error);

// Figures for people.
[[nodiscard]] std::string duration(double nanoseconds);
[[nodiscard]] std::string count(std::uint64_t value);
[[nodiscard]] std::string bytes(double value);
[[nodiscard]] std::string known(const Known& figure, std::string (*format)(double));
/// The figure in its unit: "ns", "B", "%" (a share, 0…1), "1/s" or "1".
[[nodiscard]] std::string inUnit(double value, std::string_view unit);

}  // namespace muster::ctl
