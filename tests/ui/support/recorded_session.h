// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArray>
#include <QString>
#include <cstdint>

#include "base/clock.h"

namespace muster::tests {

/// How a session is recorded: in virtual time, so that minutes pass in a moment.
struct Recording {
    std::uint64_t seed = 1;
    Duration runFor = std::chrono::seconds(40);
    bool slower = false;   ///< each action takes half as long again
    bool slowEnd = false;  ///< it does after 79 s
    QByteArray more{};     ///< TOML at the end of the workload: faults, other agents
};

/// Records a run of twenty agents behind a circuit breaker, under load: into the file if it is
/// there, else into a new one. False with a warning when that failed.
[[nodiscard]] bool record(const QString& file, const Recording& recording = {});
/// Takes the first event of a type out of a session that nobody writes to.
[[nodiscard]] bool forgetFirst(const QString& file, const char* type);

}  // namespace muster::tests
