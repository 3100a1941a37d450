// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "net/http.h"

namespace muster {

struct HttpClientOptions {
    std::uint32_t connections = 1024;        ///< open at once; idle ones are kept in this number
    std::uint32_t connectionsPerHost = 256;  ///< further requests to it wait for one
    std::uint32_t mostUnderWay = 65'536;     ///< requests sent and not answered; more are refused
};

struct HttpFigures {
    std::uint64_t sent = 0;
    std::uint64_t refused = 0;  ///< too many were under way
    std::uint64_t underWay = 0;
    std::uint64_t connected = 0;  ///< connections made
    std::uint64_t reused = 0;     ///< requests that found one
};

/// Makes HTTP requests on one I/O thread, over connections that are kept alive, as many at once
/// as there are; the thread is started with the first request. libcurl's multi interface over
/// epoll: https://curl.se/libcurl/c/libcurl-multi.html.
/// Thread safety: send() and figures() from any thread.
class HttpClient {
    class Impl;
    struct Exchange;

public:
    /// A request under way; gives it up when it goes. Thread safety: one thread at a time.
    class Ticket {
    public:
        Ticket() = default;
        Ticket(Ticket&& other) noexcept = default;
        Ticket& operator=(Ticket&& other) noexcept;
        ~Ticket() { cancel(); }
        /// Its receiver may be called once more if that is being done now.
        void cancel() noexcept;

    private:
        friend class HttpClient;
        Ticket(std::shared_ptr<Impl> client, std::shared_ptr<Exchange> exchange) noexcept
            : m_client(std::move(client)), m_exchange(std::move(exchange))
        {
        }
        std::shared_ptr<Impl> m_client;
        std::shared_ptr<Exchange> m_exchange;
    };

    explicit HttpClient(HttpClientOptions options = {});
    HttpClient(const HttpClient&) = delete;
    HttpClient& operator=(const HttpClient&) = delete;
    /// Ends the thread; receivers of what is under way are dropped without a word.
    ~HttpClient();

    /// Errors: overloaded; unavailable if the thread cannot be started.
    [[nodiscard]] Result<Ticket> send(HttpRequest request, std::unique_ptr<HttpReceiver> receiver);
    [[nodiscard]] HttpFigures figures() const;

private:
    std::shared_ptr<Impl> m_impl;
};

}  // namespace muster
