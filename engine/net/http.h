// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace muster {

/// How requests of one kind are made. Shared by them, and unchanged once one was sent: requests
/// of the same profile use each other's handles and connections.
/// Certificates are always verified. Only http and https are spoken.
struct HttpProfile {
    /// automatic: HTTP/2 where the other side offers it over TLS, else 1.1.
    enum class Version : std::uint8_t { automatic, http1, http2 };

    std::string method = "GET";
    Version version = Version::automatic;
    std::vector<std::string> headers;  ///< "name: value"; a secret may stand in them
    Duration connectWithin = std::chrono::seconds(10);
    /// So long without a byte, and the other side is given up.
    Duration silentFor = std::chrono::seconds(60);
    std::uint64_t longestBody = 1024 * 1024;  ///< bytes; a longer one is an error
    std::uint32_t redirects = 5;              ///< followed; 0: none, the 3xx is the reply
    std::string certificates;                 ///< PEM file trusted instead of the system's
    std::optional<std::string> proxy;         ///< none: as the environment says; empty: no proxy
    std::string agent = "muster";             ///< User-Agent
};

struct HttpRequest {
    std::shared_ptr<const HttpProfile> profile;
    std::string url;
    std::vector<std::string> headers;  ///< besides those of the profile
    std::string body;
    std::string saveTo;   ///< a file for the body of a 2xx, replaced once it is whole
    bool pieces = false;  ///< the body goes to HttpReceiver::piece()
};

struct HttpReply {
    int status = 0;
    std::string version;  ///< "1.1", "2"
    std::string type;     ///< its Content-Type
    std::string url;      ///< where redirects led; empty without one
    std::string body;     ///< unless it went to a file or in pieces
    std::uint64_t bytes = 0;
    std::optional<Duration> retryAfter;  ///< asked for by the server
    bool reused = false;                 ///< came over a connection that was there
    Duration connect{};                  ///< until connected, TLS included; 0 if reused
    Duration firstByte{};                ///< until the reply began
    Duration total{};
};

/// Who gets a reply. Called on the client's I/O thread: it must not wait.
class HttpReceiver {
public:
    virtual ~HttpReceiver() = default;
    /// A piece of the body, as it comes. False: no more, it ends with cancelled.
    [[nodiscard]] virtual bool piece(std::string_view bytes)
    {
        static_cast<void>(bytes);
        return true;
    }
    /// Once, unless the request was cancelled or the client ended. Any status is a reply.
    /// Errors: invalidArgument (the URL), unavailable (no connection, or it broke), timedOut,
    /// permissionDenied (the certificate), outOfRange (too long), conflict (redirects),
    /// ioFailure (the file), cancelled.
    virtual void done(Result<HttpReply> reply) = 0;
};

}  // namespace muster
