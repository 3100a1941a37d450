// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/http_settings.h"

#include <fmt/format.h>

#include <unistd.h>
#include <algorithm>
#include <charconv>

#include "documents/units.h"

namespace muster {
namespace {

constexpr double kMostBody = 1024.0 * 1024 * 1024 * 1024;
constexpr std::uint64_t kLongestSaved = 1024ULL * 1024 * 1024;
constexpr double kMostRedirects = 50;
constexpr int kHundred = 100;

std::string textOr(const Value& table, std::string_view key, std::string otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? value->asText() : std::move(otherwise);
}

Duration durationOr(const Value& table, std::string_view key, Duration otherwise)
{
    const Value* value = table.find(key);
    return value != nullptr ? parseDuration(value->asText()).valueOr(otherwise) : otherwise;
}

Error at(std::string_view key, Error error)
{
    error.where = key;
    return error;
}

bool isHeaderName(std::string_view name)
{
    constexpr std::string_view kMarks = "!#$%&'*+-.^_`|~";  // RFC 9110, token
    return !name.empty() && std::ranges::all_of(name, [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               kMarks.find(c) != std::string_view::npos;
    });
}

Schema urlSchema()
{
    auto url = schema::of(SchemaType::text,
                          "where to; {item}, {item.KEY}, {number}, {attempt}, "
                          "{helpers.NAME.port} and $NAME of the environment are filled in");
    url.pattern = "^(https?://.+|\\{.+)$";
    url.rule = [](std::string_view text) -> std::optional<std::string> {
        const bool ok = text.rfind("http://", 0) == 0 || text.rfind("https://", 0) == 0 ||
                        text.rfind('{', 0) == 0;
        return ok ? std::nullopt
                  : std::optional<std::string>("http://…, https://… or {item…} at its beginning");
    };
    return url;
}

Schema statusSchema()
{
    auto status = schema::of(SchemaType::text, "a status (404) or a hundred of them (2xx)");
    status.pattern = "^[1-5](xx|[0-9][0-9])$";
    status.rule = [](std::string_view text) -> std::optional<std::string> {
        const auto digit = [](char c) { return c >= '0' && c <= '9'; };
        const bool ok = text.size() == 3 && text[0] >= '1' && text[0] <= '5' &&
                        (text.substr(1) == "xx" || (digit(text[1]) && digit(text[2])));
        return ok ? std::nullopt : std::optional<std::string>("\"2xx\" or \"404\"");
    };
    return status;
}

Result<TextTemplate> readBody(const Value& parameters)
{
    const std::string type = textOr(parameters, "body_type", "text");
    const TextTarget target = type == "json"   ? TextTarget::json
                              : type == "form" ? TextTarget::form
                                               : TextTarget::plain;
    return TextTemplate::parse(textOr(parameters, "body", ""), target);
}

void addContentType(const Value& parameters, HttpProfile& profile)
{
    if (parameters.find("body") == nullptr) {
        return;
    }
    const std::string type = textOr(parameters, "body_type", "text");
    profile.headers.push_back(type == "json"   ? "Content-Type: application/json"
                              : type == "form" ? "Content-Type: application/x-www-form-urlencoded"
                                               : "Content-Type: text/plain; charset=utf-8");
}

/// "DIR/{item.name}.html": the directory is the file's, only the name is filled in.
Result<void> readSave(const Value& parameters, HttpSettings& settings)
{
    const std::string path = textOr(parameters, "save", "");
    if (path.empty()) {
        return {};
    }
    const auto slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash + 1);
    if (directory.find('{') != std::string::npos) {
        return Error{ErrorCode::invalidArgument,
                     "only the name may be filled in, not its directory", "", ""};
    }
    auto name = TextTemplate::parse(path.substr(directory.size()), TextTarget::fileName);
    if (!name) {
        return name.error();
    }
    if (name->constant()) {
        return Error{ErrorCode::invalidArgument,
                     "every call would write the same file, expected a place that differs, as in "
                     "pages/{number}.html",
                     "", ""};
    }
    settings.save = *std::move(name);
    settings.saveDirectory = directory;
    settings.profile.longestBody = kLongestSaved;
    return {};
}

}  // namespace

StatusSet::StatusSet(const std::vector<std::string>& words)
{
    for (const auto& word : words) {
        int from = 0;
        const bool all = word.substr(1) == "xx";
        std::from_chars(word.data(), word.data() + (all ? 1 : word.size()), from);
        m_ranges.emplace_back(all ? from * kHundred : from,
                              all ? from * kHundred + kHundred - 1 : from);
    }
}

bool StatusSet::has(int status) const noexcept
{
    return std::ranges::any_of(m_ranges, [status](const auto& range) {
        return status >= range.first && status <= range.second;
    });
}

SchemaField headersField()
{
    return schema::optional(
        "headers", schema::map(schema::of(SchemaType::text, "its value; filled in like the url"),
                               "headers to send; a key comes from the environment: "
                               "authorization = \"Bearer $API_KEY\""));
}

Result<std::vector<TextTemplate>> readHeaders(const Value& parameters)
{
    std::vector<TextTemplate> headers;
    const Value* table = parameters.find("headers");
    if (table == nullptr) {
        return headers;
    }
    for (const auto& entry : table->asTable()) {
        const std::string key = "headers." + entry.key;
        const std::string& value = entry.value.asText();
        if (!isHeaderName(entry.key)) {
            return Error{ErrorCode::invalidArgument, "this is no header's name", key, ""};
        }
        if (value.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos) {
            return Error{ErrorCode::invalidArgument, "a header is one line", key, ""};
        }
        // "name;" is how libcurl is told of a header without a value.
        auto made = TextTemplate::parse(value.empty() ? entry.key + ';' : entry.key + ": " + value,
                                        TextTarget::header, TextTemplate::Environment::allowed);
        if (!made) {
            return at(key, made.error());
        }
        headers.push_back(*std::move(made));
    }
    return headers;
}

std::vector<SchemaField> connectionFields()
{
    return {schema::standard("version",
                             schema::choice({"automatic", "1.1", "2"},
                                            "of HTTP; automatic: 2 where it is offered over TLS"),
                             Value("automatic")),
            schema::optional(
                "proxy", schema::of(SchemaType::text,
                                    "http://host:port; empty: none; else as the environment says "
                                    "(https_proxy), never for this machine itself")),
            schema::optional("certificates",
                             schema::of(SchemaType::text,
                                        "PEM file of the authorities to trust instead of the "
                                        "system's")),
            schema::standard("connect_within",
                             schema::of(SchemaType::duration, "how long connecting may take")
                                 .range(1e6, std::nullopt),
                             Value("10s")),
            schema::standard("silent_for",
                             schema::of(SchemaType::duration,
                                        "without a byte for so long, the other side is given up")
                                 .range(1e9, std::nullopt),
                             Value("60s"))};
}

void readConnection(const Value& parameters, HttpProfile& profile)
{
    const std::string version = textOr(parameters, "version", "automatic");
    profile.version = version == "1.1" ? HttpProfile::Version::http1
                      : version == "2" ? HttpProfile::Version::http2
                                       : HttpProfile::Version::automatic;
    if (const Value* proxy = parameters.find("proxy")) {
        profile.proxy = proxy->asText();
    }
    profile.certificates = textOr(parameters, "certificates", "");
    profile.connectWithin = durationOr(parameters, "connect_within", profile.connectWithin);
    profile.silentFor = durationOr(parameters, "silent_for", profile.silentFor);
}

std::vector<SchemaField> HttpSettings::fields()
{
    auto fields = std::vector<SchemaField>{
        schema::required("url", urlSchema()),
        schema::standard(
            "method",
            schema::choice({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}, "of HTTP"),
            Value("GET")),
        headersField(),
        schema::optional("body", schema::of(SchemaType::text,
                                            "what is sent; filled in like the url, and escaped "
                                            "as body_type needs it")),
        schema::standard("body_type", schema::choice({"text", "json", "form"}, "what the body is"),
                         Value("text")),
        schema::optional("results", schema::list(statusSchema(),
                                                 "the statuses that are a result; others "
                                                 "are a failure. Else 2xx, and 3xx where "
                                                 "redirects are not followed")
                                        .range(1, kHundred)),
        schema::optional(
            "limit", schema::of(SchemaType::size, "longest reply; else 1MiB, and 1GiB into a file")
                         .range(0, kMostBody)),
        schema::optional("save", schema::of(SchemaType::text,
                                            "the reply's body goes to this file: pages/{number}")),
        schema::standard("keep",
                         schema::of(SchemaType::boolean, "the reply's body is in the result"),
                         Value(false)),
        schema::optional("redirects",
                         schema::of(SchemaType::integer,
                                    "most that are followed; else 5, and 0 when a header holds a "
                                    "key from the environment")
                             .range(0, kMostRedirects))};
    for (auto& field : connectionFields()) {
        fields.push_back(std::move(field));
    }
    return fields;
}

Result<HttpSettings> HttpSettings::read(const Value& parameters)
{
    HttpSettings settings;
    HttpProfile& profile = settings.profile;
    profile.method = textOr(parameters, "method", "GET");
    readConnection(parameters, profile);
    auto url = TextTemplate::parse(parameters.find("url")->asText(), TextTarget::url,
                                   TextTemplate::Environment::allowed);
    auto headers = readHeaders(parameters);
    auto body = readBody(parameters);
    auto save = readSave(parameters, settings);
    if (!url || !headers || !body || !save) {
        return !url       ? at("url", url.error())
               : !headers ? headers.error()
               : !body    ? at("body", body.error())
                          : at("save", save.error());
    }
    const bool bodiless = profile.method == "GET" || profile.method == "HEAD";
    if (bodiless && parameters.find("body") != nullptr) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("a {} has none, expected method = \"POST\"", profile.method),
                     "body", ""};
    }
    settings.url = *std::move(url);
    settings.headers = *std::move(headers);
    settings.body = *std::move(body);
    settings.keep = parameters.find("keep") != nullptr && parameters.find("keep")->asBool();
    addContentType(parameters, profile);
    if (const Value* limit = parameters.find("limit")) {
        profile.longestBody = limit->isText() ? parseSize(limit->asText()).valueOr(0)
                                              : static_cast<std::uint64_t>(limit->asInteger());
    }
    const bool secret = std::ranges::any_of(settings.headers, &TextTemplate::usesEnvironment);
    profile.redirects = secret ? 0 : profile.redirects;
    if (const Value* redirects = parameters.find("redirects")) {
        profile.redirects = static_cast<std::uint32_t>(redirects->asInteger());
    }
    std::vector<std::string> results{"2xx"};
    if (profile.redirects == 0) {
        results.emplace_back("3xx");
    }
    if (const Value* named = parameters.find("results")) {
        results.clear();
        for (const auto& word : named->asArray()) {
            results.push_back(word.asText());
        }
    }
    settings.results = StatusSet(results);
    return settings;
}

Result<HttpSettings> HttpSettings::bind(const ActionWorld& world, Secrets& secrets) const
{
    HttpSettings bound = *this;
    std::vector<TextTemplate*> templates{&bound.url, &bound.body, &bound.save};
    for (auto& header : bound.headers) {
        templates.push_back(&header);
    }
    for (TextTemplate* each : templates) {
        auto filled = each->bind(world, secrets);
        if (!filled) {
            return filled.error();
        }
        *each = *std::move(filled);
    }
    const std::string& trusted = bound.profile.certificates;
    if (!trusted.empty() && ::access(trusted.c_str(), R_OK) != 0) {
        return Error{ErrorCode::notFound, "the certificates cannot be read", trusted,
                     "Name a PEM file"};
    }
    return bound;
}

ActionFailure requestFailure(const Error& error, const Secrets& secrets)
{
    ActionFailure failure;
    switch (error.code) {
        case ErrorCode::timedOut:
            failure.failure = FailureClass::timeout;
            break;
        case ErrorCode::unavailable:
        case ErrorCode::permissionDenied:
            failure.failure = FailureClass::network;
            break;
        case ErrorCode::overloaded:
            failure.failure = FailureClass::rejected;
            break;
        case ErrorCode::invalidArgument:
        case ErrorCode::cancelled:
            failure.failure = FailureClass::ignored;  // it never got there
            break;
        default:
            failure.failure = FailureClass::application;
    }
    failure.error = error;
    failure.error.message = secrets.redacted(error.message);
    failure.error.where = secrets.redacted(error.where);
    return failure;
}

ActionFailure statusFailure(const HttpReply& reply, std::string where, const Secrets& secrets)
{
    constexpr int kRequestTimeout = 408;
    constexpr int kTooMany = 429;
    constexpr int kServerError = 500;
    constexpr int kUnavailable = 503;
    constexpr int kGatewayTimeout = 504;
    ActionFailure failure;
    where = secrets.redacted(where);
    failure.error = {ErrorCode::unavailable,
                     fmt::format("{} answered with status {}", where, reply.status), where, ""};
    failure.retryAfter = reply.retryAfter;
    switch (reply.status) {
        case kTooMany:
        case kUnavailable:
            failure.failure = FailureClass::rejected;
            failure.error.code = ErrorCode::overloaded;
            break;
        case kRequestTimeout:
        case kGatewayTimeout:
            failure.failure = FailureClass::timeout;
            failure.error.code = ErrorCode::timedOut;
            break;
        default:
            // Below 500 it was the request that was wrong, and says nothing about the service.
            failure.failure =
                reply.status >= kServerError ? FailureClass::application : FailureClass::ignored;
            failure.error.code = reply.status >= kServerError ? ErrorCode::unavailable
                                 : reply.status == 404 || reply.status == 410
                                     ? ErrorCode::notFound
                                     : ErrorCode::invalidArgument;
    }
    return failure;
}

}  // namespace muster
