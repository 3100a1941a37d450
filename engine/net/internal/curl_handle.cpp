// SPDX-License-Identifier: Apache-2.0
#include "net/internal/curl_handle.h"

#include <fmt/format.h>

#include <chrono>
#include <cstdlib>

namespace muster {
namespace {

constexpr std::string_view kLocal = "localhost,127.0.0.1,::1";

long milliseconds(Duration time)
{
    return static_cast<long>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
}

long versionOf(HttpProfile::Version version)
{
    switch (version) {
        case HttpProfile::Version::http1:
            return CURL_HTTP_VERSION_1_1;
        case HttpProfile::Version::http2:
            return CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE;
        case HttpProfile::Version::automatic:
            break;
    }
    return CURL_HTTP_VERSION_2TLS;
}

std::string_view versionName(long version)
{
    switch (version) {
        case CURL_HTTP_VERSION_1_0:
            return "1.0";
        case CURL_HTTP_VERSION_1_1:
            return "1.1";
        case CURL_HTTP_VERSION_2_0:
            return "2";
        default:
            return "";
    }
}

/// What the environment keeps from its proxies; this machine is always among it.
std::string noProxy()
{
    const char* lower = std::getenv("no_proxy");
    const char* words = lower != nullptr ? lower : std::getenv("NO_PROXY");
    std::string all(kLocal);
    if (words != nullptr && std::string_view(words) == "*") {
        return "*";
    }
    return words == nullptr ? all : all + ',' + words;
}

ErrorCode codeOf(CURLcode code)
{
    switch (code) {
        case CURLE_URL_MALFORMAT:
        case CURLE_UNSUPPORTED_PROTOCOL:
            return ErrorCode::invalidArgument;
        case CURLE_OPERATION_TIMEDOUT:
            return ErrorCode::timedOut;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_SSL_ISSUER_ERROR:
            return ErrorCode::permissionDenied;
        case CURLE_FILESIZE_EXCEEDED:
            return ErrorCode::outOfRange;
        case CURLE_TOO_MANY_REDIRECTS:
            return ErrorCode::conflict;
        case CURLE_OUT_OF_MEMORY:
            return ErrorCode::overloaded;
        default:
            return ErrorCode::unavailable;
    }
}

const char* adviceFor(ErrorCode code)
{
    switch (code) {
        case ErrorCode::invalidArgument:
            return "Write it as http://host/path or https://host/path";
        case ErrorCode::permissionDenied:
            return "Trust the authority that signed it with certificates = \"FILE.pem\"";
        case ErrorCode::outOfRange:
            return "Raise the action's limit";
        case ErrorCode::timedOut:
            return "Raise the time limit, or see why the other side is slow";
        case ErrorCode::conflict:
            return "Raise redirects, or correct the URL";
        default:
            return "See whether the other side runs and can be reached";
    }
}

curl_slist* appended(curl_slist* list, const std::vector<std::string>& headers)
{
    for (const auto& header : headers) {
        list = ::curl_slist_append(list, header.c_str());
    }
    return list;
}

Duration microseconds(curl_off_t value)
{
    return std::chrono::microseconds(value);
}

}  // namespace

std::unique_ptr<CurlHandle> CurlHandle::create(std::shared_ptr<const HttpProfile> profile,
                                               CurlSockets& sockets)
{
    std::unique_ptr<CurlHandle> handle(new CurlHandle(std::move(profile)));
    handle->m_easy = ::curl_easy_init();
    if (handle->m_easy == nullptr) {
        return nullptr;
    }
    handle->setUp(sockets);
    return handle;
}

CurlHandle::~CurlHandle()
{
    ::curl_easy_cleanup(m_easy);
    ::curl_slist_free_all(m_standing);
    ::curl_slist_free_all(m_own);
}

void CurlHandle::setUp(CurlSockets& sockets)
{
    const HttpProfile& profile = *m_profile;
    ::curl_easy_setopt(m_easy, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(m_easy, CURLOPT_ERRORBUFFER, m_words.data());
    ::curl_easy_setopt(m_easy, CURLOPT_WRITEFUNCTION, &CurlHandle::onBody);
    ::curl_easy_setopt(m_easy, CURLOPT_WRITEDATA, this);
    ::curl_easy_setopt(m_easy, CURLOPT_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(m_easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    ::curl_easy_setopt(m_easy, CURLOPT_SSL_VERIFYPEER, 1L);
    ::curl_easy_setopt(m_easy, CURLOPT_SSL_VERIFYHOST, 2L);
    ::curl_easy_setopt(m_easy, CURLOPT_HTTP_VERSION, versionOf(profile.version));
    ::curl_easy_setopt(m_easy, CURLOPT_CONNECTTIMEOUT_MS, milliseconds(profile.connectWithin));
    ::curl_easy_setopt(m_easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(
        m_easy, CURLOPT_LOW_SPEED_TIME,
        static_cast<long>(std::chrono::ceil<std::chrono::seconds>(profile.silentFor).count()));
    ::curl_easy_setopt(m_easy, CURLOPT_MAXFILESIZE_LARGE,
                       static_cast<curl_off_t>(profile.longestBody));
    ::curl_easy_setopt(m_easy, CURLOPT_FOLLOWLOCATION, profile.redirects > 0 ? 1L : 0L);
    ::curl_easy_setopt(m_easy, CURLOPT_MAXREDIRS, static_cast<long>(profile.redirects));
    ::curl_easy_setopt(m_easy, CURLOPT_USERAGENT, profile.agent.c_str());
    if (!profile.certificates.empty()) {
        ::curl_easy_setopt(m_easy, CURLOPT_CAINFO, profile.certificates.c_str());
        ::curl_easy_setopt(m_easy, CURLOPT_CAPATH, nullptr);
    }
    sockets.dress(m_easy);
    setProxy();
    setMethod();
    m_standing = appended(nullptr, profile.headers);
}

void CurlHandle::setProxy()
{
    if (m_profile->proxy) {
        ::curl_easy_setopt(m_easy, CURLOPT_PROXY, m_profile->proxy->c_str());
        ::curl_easy_setopt(m_easy, CURLOPT_NOPROXY, "");
    } else {
        ::curl_easy_setopt(m_easy, CURLOPT_NOPROXY, noProxy().c_str());
    }
}

void CurlHandle::setMethod()
{
    const std::string& method = m_profile->method;
    if (method == "HEAD") {
        ::curl_easy_setopt(m_easy, CURLOPT_NOBODY, 1L);
    } else if (method == "POST") {
        ::curl_easy_setopt(m_easy, CURLOPT_POST, 1L);
    } else if (method != "GET") {
        ::curl_easy_setopt(m_easy, CURLOPT_CUSTOMREQUEST, method.c_str());
    }
}

Result<void> CurlHandle::prepare(const HttpRequest& request, HttpReceiver& receiver, void* owner)
{
    m_request = &request;
    m_receiver = &receiver;
    m_words[0] = '\0';
    m_body.clear();
    m_bytes = 0;
    m_problem.reset();
    if (!request.saveTo.empty()) {
        if (auto opened = m_file.open(request.saveTo); !opened) {
            return opened;
        }
    }
    ::curl_easy_setopt(m_easy, CURLOPT_URL, request.url.c_str());
    ::curl_easy_setopt(m_easy, CURLOPT_PRIVATE, owner);
    // Over TLS it is worth waiting to see whether one connection takes them all.
    const bool mayShare = m_profile->version == HttpProfile::Version::http2 ||
                          (m_profile->version == HttpProfile::Version::automatic &&
                           request.url.compare(0, 6, "https:") == 0);
    ::curl_easy_setopt(m_easy, CURLOPT_PIPEWAIT, mayShare ? 1L : 0L);
    setBody(request);
    setHeaders(request);
    return {};
}

void CurlHandle::setBody(const HttpRequest& request)
{
    const bool sends = !request.body.empty() || m_profile->method == "POST";
    if (sends) {
        ::curl_easy_setopt(m_easy, CURLOPT_POSTFIELDSIZE_LARGE,
                           static_cast<curl_off_t>(request.body.size()));
        ::curl_easy_setopt(m_easy, CURLOPT_POSTFIELDS, request.body.c_str());
    } else if (m_hadBody) {
        ::curl_easy_setopt(m_easy, CURLOPT_HTTPGET, 1L);
        setMethod();
    }
    m_hadBody = sends;
}

void CurlHandle::setHeaders(const HttpRequest& request)
{
    ::curl_slist_free_all(m_own);
    m_own = nullptr;
    if (request.headers.empty() && !m_hadBody) {
        ::curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, m_standing);
        return;
    }
    m_own = appended(appended(nullptr, m_profile->headers), request.headers);
    if (m_hadBody) {
        m_own = ::curl_slist_append(m_own, "Expect:");  // no round trip before the body
    }
    ::curl_easy_setopt(m_easy, CURLOPT_HTTPHEADER, m_own);
}

std::size_t CurlHandle::onBody(char* bytes, std::size_t size, std::size_t count, void* self)
{
    const std::size_t all = size * count;
    return static_cast<CurlHandle*>(self)->take({bytes, all}) ? all : all + 1;
}

bool CurlHandle::take(std::string_view bytes)
{
    m_bytes += bytes.size();
    if (m_bytes > m_profile->longestBody) {
        m_problem = failure(CURLE_FILESIZE_EXCEEDED);
        return false;
    }
    if (m_file.isOpen()) {
        if (auto written = m_file.write(bytes); !written) {
            m_problem = written.error();
        }
    } else if (m_request->pieces) {
        if (!m_receiver->piece(bytes)) {
            m_problem = Error{ErrorCode::cancelled, "the rest of the reply was not wanted",
                              m_request->url, ""};
        }
    } else {
        m_body.append(bytes);
    }
    return !m_problem;
}

void* CurlHandle::ownerOf(CURL* easy)
{
    void* owner = nullptr;
    ::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &owner);
    return owner;
}

Result<HttpReply> CurlHandle::finish(CURLcode code)
{
    const auto status = info<long>(CURLINFO_RESPONSE_CODE);
    if (code == CURLE_OK && m_file.isOpen() && status / 100 == 2) {
        if (auto finished = m_file.finish(); !finished) {
            m_problem = finished.error();
        }
    }
    m_file.drop();
    if (m_problem) {
        return std::move(*m_problem);
    }
    if (code != CURLE_OK) {
        return failure(code);
    }
    return reply();
}

HttpReply CurlHandle::reply()
{
    HttpReply reply;
    reply.status = static_cast<int>(info<long>(CURLINFO_RESPONSE_CODE));
    reply.version = versionName(info<long>(CURLINFO_HTTP_VERSION));
    if (const char* type = info<char*>(CURLINFO_CONTENT_TYPE)) {
        reply.type = type;
    }
    if (info<long>(CURLINFO_REDIRECT_COUNT) > 0) {
        reply.url = info<char*>(CURLINFO_EFFECTIVE_URL);
    }
    if (const auto after = info<curl_off_t>(CURLINFO_RETRY_AFTER); after > 0) {
        reply.retryAfter = std::chrono::seconds(after);
    }
    reply.bytes = m_bytes;
    reply.body = std::move(m_body);
    reply.reused = info<long>(CURLINFO_NUM_CONNECTS) == 0;
    if (!reply.reused) {
        reply.connect = microseconds(std::max(info<curl_off_t>(CURLINFO_CONNECT_TIME_T),
                                              info<curl_off_t>(CURLINFO_APPCONNECT_TIME_T)));
    }
    reply.firstByte = microseconds(info<curl_off_t>(CURLINFO_STARTTRANSFER_TIME_T));
    reply.total = microseconds(info<curl_off_t>(CURLINFO_TOTAL_TIME_T));
    return reply;
}

Error CurlHandle::failure(CURLcode code) const
{
    const ErrorCode what = codeOf(code);
    std::string message;
    if (code == CURLE_FILESIZE_EXCEEDED) {
        message = fmt::format("the reply is longer than {} bytes", m_profile->longestBody);
    } else {
        message = m_words[0] != '\0' ? m_words.data() : ::curl_easy_strerror(code);
    }
    return {what, std::move(message), m_request->url, adviceFor(what)};
}

}  // namespace muster
