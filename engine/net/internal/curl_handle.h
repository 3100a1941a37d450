// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <curl/curl.h>

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "net/http.h"
#include "net/internal/body_file.h"
#include "net/internal/curl_sockets.h"

namespace muster {

/// One of libcurl's easy handles, set up for a profile and used for one request after another:
/// only what differs is set anew. Thread safety: the client's I/O thread.
class CurlHandle {
public:
    /// Null when there is no memory for one.
    [[nodiscard]] static std::unique_ptr<CurlHandle> create(
        std::shared_ptr<const HttpProfile> profile, CurlSockets& sockets);
    CurlHandle(const CurlHandle&) = delete;
    CurlHandle& operator=(const CurlHandle&) = delete;
    ~CurlHandle();

    [[nodiscard]] CURL* easy() const noexcept { return m_easy; }
    [[nodiscard]] const HttpProfile& profile() const noexcept { return *m_profile; }

    /// Makes it ready for `request`; both must live until it has ended. `owner` comes back from
    /// ownerOf(). Errors: the file to save to.
    [[nodiscard]] Result<void> prepare(const HttpRequest& request, HttpReceiver& receiver,
                                       void* owner);
    /// What came of it.
    [[nodiscard]] Result<HttpReply> finish(CURLcode code);
    [[nodiscard]] static void* ownerOf(CURL* easy);

private:
    explicit CurlHandle(std::shared_ptr<const HttpProfile> profile) : m_profile(std::move(profile))
    {
    }
    void setUp(CurlSockets& sockets);
    void setProxy();
    void setMethod();
    void setHeaders(const HttpRequest& request);
    void setBody(const HttpRequest& request);
    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self);
    [[nodiscard]] bool take(std::string_view bytes);
    [[nodiscard]] HttpReply reply();
    [[nodiscard]] Error failure(CURLcode code) const;
    template <class T>
    [[nodiscard]] T info(CURLINFO what) const
    {
        T value{};
        ::curl_easy_getinfo(m_easy, what, &value);
        return value;
    }

    std::shared_ptr<const HttpProfile> m_profile;
    CURL* m_easy = nullptr;
    curl_slist* m_standing = nullptr;  ///< the profile's headers
    std::array<char, CURL_ERROR_SIZE> m_words{};

    // Of the request under way:
    const HttpRequest* m_request = nullptr;
    HttpReceiver* m_receiver = nullptr;
    curl_slist* m_own = nullptr;
    bool m_hadBody = false;
    std::string m_body;
    std::uint64_t m_bytes = 0;
    BodyFile m_file;
    std::optional<Error> m_problem;
};

}  // namespace muster
