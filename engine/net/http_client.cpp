// SPDX-License-Identifier: Apache-2.0
#include "net/http_client.h"

#include <fmt/format.h>

#include <atomic>
#include <mutex>
#include <unordered_map>
#include <utility>
#include <vector>

#include "net/internal/curl_handle.h"
#include "net/internal/curl_sockets.h"

namespace muster {
namespace {

constexpr std::size_t kIdleHandles = 512;  // of one profile

/// Once in a process, before the first use: libcurl's own rule.
bool initialised()
{
    static const bool done = ::curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return done;
}

}  // namespace

struct HttpClient::Exchange {
    HttpRequest request;
    std::unique_ptr<HttpReceiver> receiver;
    std::unique_ptr<CurlHandle> handle;  // of the I/O thread, while under way
    std::atomic<bool> over{false};
};

/// The I/O thread's side. Lives as long as a ticket does; the thread as long as the client.
class HttpClient::Impl final : public IoWork {
public:
    explicit Impl(const HttpClientOptions& options) : m_options(options) {}

    [[nodiscard]] Result<void> send(const std::shared_ptr<Exchange>& exchange);
    void cancel(const std::shared_ptr<Exchange>& exchange) noexcept;
    void stop();
    [[nodiscard]] HttpFigures figures() const;

    Duration turn() override;
    void ready(int descriptor, std::uint32_t events) override
    {
        m_sockets->ready(descriptor, events);
    }

private:
    using Exchanges = std::vector<std::shared_ptr<Exchange>>;

    [[nodiscard]] Result<void> start();
    void begin(const std::shared_ptr<Exchange>& exchange);
    void giveUp(const std::shared_ptr<Exchange>& exchange);
    void collect();
    void end(Exchange& exchange, Result<HttpReply> reply);
    [[nodiscard]] std::unique_ptr<CurlHandle> handleFor(
        const std::shared_ptr<const HttpProfile>& profile);
    void keep(std::unique_ptr<CurlHandle> handle);

    const HttpClientOptions m_options;
    const std::shared_ptr<Clock> m_clock = systemClock();

    std::mutex m_mutex;  // guards what follows
    bool m_started = false;
    bool m_stopped = false;
    Exchanges m_sent;
    Exchanges m_cancelled;

    std::atomic<std::uint64_t> m_count{0};
    std::atomic<std::uint64_t> m_refused{0};
    std::atomic<std::uint64_t> m_underWay{0};
    std::atomic<std::uint64_t> m_connected{0};
    std::atomic<std::uint64_t> m_reused{0};

    // Of the I/O thread:
    IoThread m_thread{"muster-http", *this};
    std::unique_ptr<CurlSockets> m_sockets;
    std::unordered_map<const HttpProfile*, std::vector<std::unique_ptr<CurlHandle>>> m_idle;
    std::unordered_map<const Exchange*, std::shared_ptr<Exchange>> m_running;
    Exchanges m_taken;
    Exchanges m_givenUp;
};

Result<void> HttpClient::Impl::start()
{
    if (!initialised()) {
        return Error{ErrorCode::unavailable, "libcurl cannot be initialised", "", ""};
    }
    m_sockets = std::make_unique<CurlSockets>(m_thread, *m_clock);
    CURLM* multi = m_sockets->multi();
    ::curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, static_cast<long>(m_options.connections));
    ::curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
                        static_cast<long>(m_options.connections));
    ::curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
                        static_cast<long>(m_options.connectionsPerHost));
    return m_thread.start();
}

Result<void> HttpClient::Impl::send(const std::shared_ptr<Exchange>& exchange)
{
    if (m_underWay.fetch_add(1) >= m_options.mostUnderWay) {
        m_underWay.fetch_sub(1);
        m_refused.fetch_add(1);
        return Error{ErrorCode::overloaded,
                     fmt::format("{} requests are under way already", m_options.mostUnderWay), "",
                     "Lower the load, or bound it with a bulkhead"};
    }
    {
        const std::lock_guard lock(m_mutex);
        Result<void> started = m_started || m_stopped ? Result<void>{} : start();
        if (!started || m_stopped) {
            m_underWay.fetch_sub(1);
            return m_stopped ? Error{ErrorCode::cancelled, "the HTTP client has ended", "", ""}
                             : started.error();
        }
        m_started = true;
        m_sent.push_back(exchange);
    }
    m_count.fetch_add(1);
    m_thread.wake();
    return {};
}

void HttpClient::Impl::cancel(const std::shared_ptr<Exchange>& exchange) noexcept
{
    if (exchange->over.load(std::memory_order_acquire)) {
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped) {
            return;
        }
        m_cancelled.push_back(exchange);
    }
    m_thread.wake();
}

void HttpClient::Impl::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_thread.stop();
    for (auto& [address, exchange] : m_running) {
        ::curl_multi_remove_handle(m_sockets->multi(), exchange->handle->easy());
        exchange->handle.reset();
        exchange->receiver.reset();
    }
    m_running.clear();
    for (auto& exchange : m_sent) {
        exchange->receiver.reset();
    }
    m_sent.clear();
    m_cancelled.clear();
    m_idle.clear();
    m_sockets.reset();
}

HttpFigures HttpClient::Impl::figures() const
{
    return {m_count.load(), m_refused.load(), m_underWay.load(), m_connected.load(),
            m_reused.load()};
}

Duration HttpClient::Impl::turn()
{
    {
        const std::lock_guard lock(m_mutex);
        m_taken.swap(m_sent);
        m_givenUp.swap(m_cancelled);
    }
    for (const auto& exchange : m_taken) {
        begin(exchange);
    }
    m_taken.clear();
    for (const auto& exchange : m_givenUp) {
        giveUp(exchange);
    }
    m_givenUp.clear();
    const Duration wait = m_sockets->act();
    collect();
    return wait;
}

void HttpClient::Impl::begin(const std::shared_ptr<Exchange>& exchange)
{
    exchange->handle = handleFor(exchange->request.profile);
    if (!exchange->handle) {
        end(*exchange, Error{ErrorCode::overloaded, "no memory for a request", "", ""});
        return;
    }
    CurlHandle& handle = *exchange->handle;
    auto prepared = handle.prepare(exchange->request, *exchange->receiver, exchange.get());
    if (!prepared) {
        end(*exchange, prepared.error());
        return;
    }
    m_running.emplace(exchange.get(), exchange);
    ::curl_multi_add_handle(m_sockets->multi(), handle.easy());
}

void HttpClient::Impl::giveUp(const std::shared_ptr<Exchange>& exchange)
{
    if (exchange->over.exchange(true)) {
        return;
    }
    m_underWay.fetch_sub(1);
    if (exchange->handle) {
        ::curl_multi_remove_handle(m_sockets->multi(), exchange->handle->easy());
        exchange->handle.reset();
    }
    exchange->receiver.reset();
    m_running.erase(exchange.get());
}

void HttpClient::Impl::collect()
{
    int left = 0;
    while (const CURLMsg* message = ::curl_multi_info_read(m_sockets->multi(), &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        CURL* easy = message->easy_handle;
        const CURLcode code = message->data.result;
        auto* exchange = static_cast<Exchange*>(CurlHandle::ownerOf(easy));
        Result<HttpReply> reply = exchange->handle->finish(code);
        if (reply) {
            (reply->reused ? m_reused : m_connected).fetch_add(1);
        }
        ::curl_multi_remove_handle(m_sockets->multi(), easy);
        const auto held = std::move(m_running.extract(exchange).mapped());
        end(*exchange, std::move(reply));
    }
}

void HttpClient::Impl::end(Exchange& exchange, Result<HttpReply> reply)
{
    if (exchange.handle) {
        keep(std::move(exchange.handle));
    }
    exchange.over.store(true, std::memory_order_release);
    m_underWay.fetch_sub(1);
    exchange.receiver->done(std::move(reply));
    exchange.receiver.reset();
}

std::unique_ptr<CurlHandle> HttpClient::Impl::handleFor(
    const std::shared_ptr<const HttpProfile>& profile)
{
    auto& idle = m_idle[profile.get()];
    if (idle.empty()) {
        return CurlHandle::create(profile, *m_sockets);
    }
    auto handle = std::move(idle.back());
    idle.pop_back();
    return handle;
}

void HttpClient::Impl::keep(std::unique_ptr<CurlHandle> handle)
{
    auto& idle = m_idle[&handle->profile()];
    if (idle.size() < kIdleHandles) {
        idle.push_back(std::move(handle));
    }
}

HttpClient::HttpClient(HttpClientOptions options) : m_impl(std::make_shared<Impl>(options)) {}

HttpClient::~HttpClient()
{
    m_impl->stop();
}

Result<HttpClient::Ticket> HttpClient::send(HttpRequest request,
                                            std::unique_ptr<HttpReceiver> receiver)
{
    auto exchange = std::make_shared<Exchange>();
    exchange->request = std::move(request);
    exchange->receiver = std::move(receiver);
    if (auto sent = m_impl->send(exchange); !sent) {
        return sent.error();
    }
    return Ticket(m_impl, std::move(exchange));
}

HttpFigures HttpClient::figures() const
{
    return m_impl->figures();
}

HttpClient::Ticket& HttpClient::Ticket::operator=(Ticket&& other) noexcept
{
    std::swap(m_client, other.m_client);
    std::swap(m_exchange, other.m_exchange);
    return *this;
}

void HttpClient::Ticket::cancel() noexcept
{
    if (m_client && m_exchange) {
        m_client->cancel(m_exchange);
    }
    m_client.reset();
    m_exchange.reset();
}

}  // namespace muster
