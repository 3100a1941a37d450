// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/ids.h"
#include "base/result.h"

namespace muster {

/// The ids of durable events, one a line, appended once each was synced: an outside witness for
/// tests of loss. It never claims more than what the database holds.
/// Thread safety: one thread at a time.
class Ledger {
public:
    /// Appends to a ledger or makes one; anything else that the file may be is left alone.
    /// Errors name the file and what to do.
    [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file);
    Ledger(const Ledger&) = delete;
    Ledger& operator=(const Ledger&) = delete;
    ~Ledger();

    /// Whole lines in as few writes as the kernel takes; what it has survives this process.
    /// After a failure nothing more is written: a line may have been cut.
    [[nodiscard]] Result<void> append(std::span<const EventId> acknowledged);
    /// Why ids are missing from it.
    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return m_failure; }

private:
    Ledger(int descriptor, std::filesystem::path file);

    int m_descriptor;
    std::filesystem::path m_file;
    std::string m_lines;  ///< reused
    std::optional<Error> m_failure;
};

}  // namespace muster
