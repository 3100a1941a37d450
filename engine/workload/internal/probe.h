// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// A question to a process on this machine whether it is ready.
struct Probe {
    std::uint16_t port = 0;
    bool http = false;  ///< a GET that is answered with any status below 500; else a connection
    std::string path = "/";
};

/// "http://127.0.0.1:{port}/path" or "tcp://localhost:{port}"; `port` goes where {port} stands.
/// Errors: what was expected.
[[nodiscard]] Result<Probe> parseProbe(std::string_view url, std::uint16_t port);

/// Asks once, within `bound` on `clock`, a real one. Blocking. Thread safety: any thread.
[[nodiscard]] bool answers(const Probe& probe, Duration bound, const Clock& clock);

/// A port of the loopback that nobody listens on now. Errors: ioFailure.
[[nodiscard]] Result<std::uint16_t> freePort();

/// `text` with every "{port}" replaced.
[[nodiscard]] std::string withPort(std::string text, std::uint16_t port);

}  // namespace muster
