// SPDX-License-Identifier: Apache-2.0
#include "net/internal/curl_sockets.h"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

namespace muster {

CurlSockets::CurlSockets(IoThread& thread, const Clock& clock)
    : m_thread(thread), m_clock(clock), m_multi(::curl_multi_init())
{
    ::curl_multi_setopt(m_multi, CURLMOPT_SOCKETFUNCTION, &CurlSockets::onSocket);
    ::curl_multi_setopt(m_multi, CURLMOPT_SOCKETDATA, this);
    ::curl_multi_setopt(m_multi, CURLMOPT_TIMERFUNCTION, &CurlSockets::onTimer);
    ::curl_multi_setopt(m_multi, CURLMOPT_TIMERDATA, this);
}

CurlSockets::~CurlSockets()
{
    ::curl_multi_cleanup(m_multi);
}

void CurlSockets::dress(CURL* easy)
{
    ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlSockets::onOpen);
    ::curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
    ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlSockets::onClose);
    ::curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
}

CurlSockets::Socket& CurlSockets::at(int descriptor)
{
    const auto index = static_cast<std::size_t>(descriptor);
    if (index >= m_sockets.size()) {
        m_sockets.resize(index + 1);
    }
    return m_sockets[index];
}

curl_socket_t CurlSockets::onOpen(void* self, curlsocktype, curl_sockaddr* address)
{
    const int made = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    if (made < 0) {
        return CURL_SOCKET_BAD;
    }
    static_cast<CurlSockets*>(self)->at(made) = {.ours = true, .watched = 0, .wanted = false};
    return made;
}

int CurlSockets::onClose(void* self, curl_socket_t socket)
{
    static_cast<CurlSockets*>(self)->at(socket) = {};
    return ::close(socket);  // which ends its being watched too
}

int CurlSockets::onSocket(CURL*, curl_socket_t socket, int what, void* self, void*)
{
    static_cast<CurlSockets*>(self)->want(socket, what);
    return 0;
}

void CurlSockets::want(int descriptor, int what)
{
    Socket& socket = at(descriptor);
    socket.wanted = what != CURL_POLL_REMOVE && what != CURL_POLL_NONE;
    if (!socket.wanted) {
        if (!socket.ours) {
            m_thread.forget(descriptor);
            socket = {};
        }
        return;
    }
    const std::uint32_t in = what == CURL_POLL_OUT ? 0U : static_cast<std::uint32_t>(EPOLLIN);
    const std::uint32_t out = what == CURL_POLL_IN ? 0U : static_cast<std::uint32_t>(EPOLLOUT);
    if (socket.watched != (in | out)) {
        // What cannot be watched ends by its time limit.
        const auto watched = m_thread.watch(descriptor, in | out, socket.watched != 0);
        socket.watched = watched.ok() ? in | out : 0;
    }
}

void CurlSockets::ready(int descriptor, std::uint32_t events)
{
    Socket& socket = at(descriptor);
    if (!socket.wanted) {
        if (socket.watched != 0) {
            m_thread.forget(descriptor);
            socket.watched = 0;
        }
        return;
    }
    const int what = ((events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                     ((events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                     ((events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
    int running = 0;
    ::curl_multi_socket_action(m_multi, descriptor, what, &running);
}

int CurlSockets::onTimer(CURLM*, long milliseconds, void* self)
{
    auto& sockets = *static_cast<CurlSockets*>(self);
    if (milliseconds < 0) {
        sockets.m_due.reset();
    } else {
        sockets.m_due = sockets.m_clock.now() + std::chrono::milliseconds(milliseconds);
    }
    return 0;
}

Duration CurlSockets::act()
{
    if (m_due && *m_due <= m_clock.now()) {
        m_due.reset();
        int running = 0;
        ::curl_multi_socket_action(m_multi, CURL_SOCKET_TIMEOUT, 0, &running);
    }
    if (!m_due) {
        return IoWork::kIdle;
    }
    return std::max(*m_due - m_clock.now(), Duration::zero());
}

}  // namespace muster
