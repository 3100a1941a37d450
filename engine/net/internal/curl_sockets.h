// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/io_thread.h"

namespace muster {

/// libcurl's multi handle on an IoThread: tells the thread what to watch, and libcurl what
/// happened. libcurl may call back whenever it is called, and must not be called from there.
/// A connection that rests between two requests stays watched, which saves two system calls a
/// request; it is let go when something comes that nobody asked for.
/// Thread safety: the IoThread's.
class CurlSockets {
public:
    /// `thread` must outlive it.
    CurlSockets(IoThread& thread, const Clock& clock);
    CurlSockets(const CurlSockets&) = delete;
    CurlSockets& operator=(const CurlSockets&) = delete;
    ~CurlSockets();

    [[nodiscard]] CURLM* multi() const noexcept { return m_multi; }
    /// Lets sockets of this handle be opened and closed by us.
    void dress(CURL* easy);
    /// Something happened at a descriptor.
    void ready(int descriptor, std::uint32_t events);
    /// Does what is due; how long until something is again.
    [[nodiscard]] Duration act();

private:
    struct Socket {
        bool ours = false;          ///< opened by us: we learn when it is closed
        std::uint32_t watched = 0;  ///< epoll events it is registered for
        bool wanted = false;        ///< libcurl waits for something
    };

    static int onSocket(CURL* easy, curl_socket_t socket, int what, void* self, void*);
    static int onTimer(CURLM* multi, long milliseconds, void* self);
    static curl_socket_t onOpen(void* self, curlsocktype purpose, curl_sockaddr* address);
    static int onClose(void* self, curl_socket_t socket);

    void want(int descriptor, int what);
    [[nodiscard]] Socket& at(int descriptor);

    IoThread& m_thread;
    const Clock& m_clock;
    CURLM* m_multi;
    std::vector<Socket> m_sockets;  // by descriptor
    std::optional<MonoTime> m_due;
};

}  // namespace muster
