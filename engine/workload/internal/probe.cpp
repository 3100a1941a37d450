// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/probe.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <chrono>

namespace muster {

namespace {

constexpr std::string_view kPortMark = "{port}";
constexpr int kServerError = 500;

/// A connection to the loopback that is given up at a point in time.
class Connection {
public:
    Connection(Duration bound, const Clock& clock)
        : m_socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)),
          m_clock(clock),
          m_until(clock.now() + bound)
    {
    }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection()
    {
        if (m_socket >= 0) {
            ::close(m_socket);
        }
    }

    [[nodiscard]] bool open(std::uint16_t port)
    {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        if (m_socket < 0) {
            return false;
        }
        if (::connect(m_socket, generic, sizeof(address)) == 0) {
            return true;
        }
        int problem = 0;
        socklen_t size = sizeof(problem);
        return errno == EINPROGRESS && wait(POLLOUT) &&
               ::getsockopt(m_socket, SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0;
    }
    [[nodiscard]] bool send(std::string_view text)
    {
        while (!text.empty()) {
            const auto sent = ::send(m_socket, text.data(), text.size(), MSG_NOSIGNAL);
            if (sent > 0) {
                text.remove_prefix(static_cast<std::size_t>(sent));
            } else if (!(sent < 0 && errno == EAGAIN && wait(POLLOUT))) {
                return false;
            }
        }
        return true;
    }
    /// What comes up to the first line's end, at most a short line's worth.
    [[nodiscard]] std::string readLine()
    {
        std::string line;
        std::array<char, 256> part{};
        while (line.size() < 4 * part.size() && line.find('\n') == std::string::npos) {
            const auto got = ::recv(m_socket, part.data(), part.size(), 0);
            if (got > 0) {
                line.append(part.data(), static_cast<std::size_t>(got));
            } else if (!(got < 0 && errno == EAGAIN && wait(POLLIN))) {
                break;
            }
        }
        return line;
    }

private:
    [[nodiscard]] bool wait(short events)
    {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(m_until - m_clock.now());
        pollfd waited{m_socket, events, 0};
        return left.count() > 0 && ::poll(&waited, 1, static_cast<int>(left.count())) > 0;
    }

    int m_socket;
    const Clock& m_clock;
    MonoTime m_until;
};

Error wrongUrl(std::string_view url)
{
    return {ErrorCode::invalidArgument,
            fmt::format("expected http://127.0.0.1:{{port}}/ or tcp://127.0.0.1:{{port}}, found "
                        "\"{}\"",
                        url),
            "", ""};
}

}  // namespace

std::string withPort(std::string text, std::uint16_t port)
{
    const std::string number = std::to_string(port);
    for (auto at = text.find(kPortMark); at != std::string::npos;
         at = text.find(kPortMark, at + number.size())) {
        text.replace(at, kPortMark.size(), number);
    }
    return text;
}

Result<Probe> parseProbe(std::string_view url, std::uint16_t port)
{
    const std::string text = withPort(std::string(url), port);
    std::string_view rest = text;
    const auto take = [&rest](std::string_view prefix) {
        const bool is = rest.rfind(prefix, 0) == 0;
        rest.remove_prefix(is ? prefix.size() : 0);
        return is;
    };
    Probe probe;
    probe.http = take("http://");
    if ((!probe.http && !take("tcp://")) || (!take("127.0.0.1:") && !take("localhost:"))) {
        return wrongUrl(url);
    }
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), probe.port);
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    const bool pathOk = rest.empty() || (probe.http && rest.front() == '/');
    if (problem != std::errc() || probe.port == 0 || !pathOk ||
        rest.find_first_of(" \r\n") != std::string_view::npos) {
        return wrongUrl(url);
    }
    if (!rest.empty()) {
        probe.path = rest;
    }
    return probe;
}

bool answers(const Probe& probe, Duration bound, const Clock& clock)
{
    Connection connection(bound, clock);
    if (!connection.open(probe.port)) {
        return false;
    }
    if (!probe.http) {
        return true;
    }
    if (!connection.send(
            fmt::format("GET {} HTTP/1.0\r\nHost: 127.0.0.1:{}\r\n\r\n", probe.path, probe.port))) {
        return false;
    }
    const std::string line = connection.readLine();
    const auto space = line.find(' ');
    int status = 0;
    if (line.rfind("HTTP/", 0) != 0 || space == std::string::npos) {
        return false;
    }
    std::from_chars(line.data() + space + 1, line.data() + line.size(), status);
    return status > 0 && status < kServerError;
}

Result<std::uint16_t> freePort()
{
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    const bool ok = listener >= 0 && ::bind(listener, generic, size) == 0 &&
                    ::getsockname(listener, generic, &size) == 0;
    if (listener >= 0) {
        ::close(listener);
    }
    if (!ok) {
        return Error{ErrorCode::ioFailure, "no port of the loopback is free", "",
                     "Check the machine's network settings"};
    }
    return ntohs(address.sin_port);
}

}  // namespace muster
