// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "agents/internal/built_in.h"
#include "agents/internal/http_exchange.h"
#include "agents/internal/http_settings.h"

namespace muster {
namespace {

/// Of a call that says nothing else: that none hangs for ever.
constexpr Duration kLongest = std::chrono::minutes(5);

constexpr double kModelMean = 16.0;   // of the logarithm of ns: about 9 ms
constexpr double kModelSpread = 0.6;  // likewise
constexpr double kModelFailures = 0.01;
constexpr double kModelBytes = 8'000;

/// A reply as the simulation draws it.
ActionPlan modelPlan(Rng rng)
{
    ActionPlan plan;
    Rng draws = rng.fork("http");
    plan.wait =
        Duration{static_cast<std::int64_t>(std::exp(kModelMean + kModelSpread * draws.normal()))};
    plan.fail = draws.uniform() < kModelFailures;
    plan.failure = FailureClass::network;
    return plan;
}

class HttpAction final : public Action {
public:
    explicit HttpAction(HttpSettings settings) : m_settings(std::move(settings)) {}

    [[nodiscard]] bool waits() const noexcept override { return true; }
    [[nodiscard]] ActionNeeds needs() const override;
    [[nodiscard]] Result<std::shared_ptr<const Action>> bind(
        const ActionWorld& world) const override;
    [[nodiscard]] std::vector<std::string> unfit(std::string_view item) const override;
    [[nodiscard]] Async<ActionOutcome> reach(ActionCall call) const override;

    [[nodiscard]] ActionOutcome run(const ActionCall&) const override
    {
        return ActionFailure{
            FailureClass::ignored,
            {ErrorCode::unavailable, "an http action runs within a run only", "", ""}};
    }
    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override
    {
        return modelPlan(call.rng(seed));
    }
    [[nodiscard]] ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                        const Rng& seed) const override;

private:
    [[nodiscard]] Result<HttpRequest> requestFor(const ActionCall& call) const;
    [[nodiscard]] ActionOutcome result(const HttpReply& reply, const std::string& url,
                                       const std::string& file) const;

    HttpSettings m_settings;
    Secrets m_secrets;  // of a bound one, as what follows
    std::shared_ptr<HttpClient> m_client;
    std::shared_ptr<const HttpProfile> m_profile;  ///< with the headers that never differ
    std::vector<TextTemplate> m_headers;           ///< those that do
};

ActionNeeds HttpAction::needs() const
{
    ActionNeeds needs;
    needs.places = {m_settings.url.source()};
    const auto add = [&needs](const TextTemplate& each) {
        for (auto& name : each.helpers()) {
            needs.helpers.push_back(std::move(name));
        }
    };
    add(m_settings.url);
    add(m_settings.body);
    add(m_settings.save);
    for (const auto& header : m_settings.headers) {
        add(header);
    }
    return needs;
}

Result<std::shared_ptr<const Action>> HttpAction::bind(const ActionWorld& world) const
{
    Secrets secrets;
    auto settings = m_settings.bind(world, secrets);
    if (!settings) {
        return settings.error();
    }
    auto bound = std::make_shared<HttpAction>(*std::move(settings));
    auto profile = std::make_shared<HttpProfile>(bound->m_settings.profile);
    ActionCall nobody;
    TemplateValues values(nobody);
    for (const auto& header : bound->m_settings.headers) {
        if (!header.constant()) {
            bound->m_headers.push_back(header);
            continue;
        }
        auto line = header.fill(values);
        if (!line) {
            return line.error();
        }
        profile->headers.push_back(*std::move(line));
    }
    bound->m_profile = std::move(profile);
    bound->m_secrets = std::move(secrets);
    bound->m_client = world.http;
    return std::shared_ptr<const Action>(std::move(bound));
}

Result<HttpRequest> HttpAction::requestFor(const ActionCall& call) const
{
    TemplateValues values(call);
    HttpRequest request;
    request.profile = m_profile;
    auto url = m_settings.url.fill(values);
    auto body = m_settings.body.fill(values);
    auto save = m_settings.save.fill(values);
    if (!url || !body || !save) {
        return !url ? url.error() : !body ? body.error() : save.error();
    }
    request.url = *std::move(url);
    request.body = *std::move(body);
    request.saveTo = save->empty() ? "" : m_settings.saveDirectory + *save;
    for (const auto& header : m_headers) {
        auto line = header.fill(values);
        if (!line) {
            return line.error();
        }
        request.headers.push_back(*std::move(line));
    }
    return request;
}

std::vector<std::string> HttpAction::unfit(std::string_view item) const
{
    ActionCall call;
    call.item = item;
    TemplateValues values(call);
    std::vector<std::string> found;
    addProblems(found, "url", m_settings.url, values);
    addProblems(found, "body", m_settings.body, values);
    addProblems(found, "save", m_settings.save, values);
    for (const auto& header : m_settings.headers) {
        const std::string& line = header.source();
        addProblems(found, "headers." + line.substr(0, line.find_first_of(":;")), header, values);
    }
    if (const auto url = m_settings.url.fill(values);
        url && !url->starts_with("http://") && !url->starts_with("https://")) {
        found.push_back(fmt::format("url: expected http://… or https://…, found \"{}\"", *url));
    }
    return found;
}

Async<ActionOutcome> HttpAction::reach(ActionCall call) const
{
    auto request = requestFor(call);
    if (!request) {
        co_return ActionOutcome(requestFailure(request.error(), m_secrets));
    }
    const std::string url = request->url;
    const std::string file = request->saveTo;
    auto reply = co_await httpReply(*m_client, *std::move(request), call.within(kLongest));
    if (!reply) {
        co_return ActionOutcome(requestFailure(reply.error(), m_secrets));
    }
    co_return result(*reply, url, file);
}

ActionOutcome HttpAction::result(const HttpReply& reply, const std::string& url,
                                 const std::string& file) const
{
    if (!m_settings.results.has(reply.status)) {
        return statusFailure(reply, url, m_secrets);
    }
    const auto seen = [this](const std::string& text) {
        return m_secrets.empty() ? text : m_secrets.redacted(text);
    };
    return Fields{{"url", seen(url)},
                  {"status", reply.status},
                  {"bytes", reply.bytes},
                  {"content_type", seen(reply.type)},
                  {"redirected_to", seen(reply.url)},
                  {"file", file},
                  {"first_byte_ns", reply.firstByte.count()},
                  {"total_ns", reply.total.count()},
                  {"body", m_settings.keep ? seen(reply.body) : std::string()}};
}

ActionOutcome HttpAction::outcome(const ActionCall& call, const ActionPlan& plan,
                                  const Rng& seed) const
{
    if (plan.fail) {
        return ActionFailure{plan.failure,
                             {ErrorCode::unavailable, "failed as the simulation's model says",
                              std::string(call.item), ""}};
    }
    Rng draws = call.rng(seed).fork("reply");
    const auto bytes = static_cast<std::int64_t>(draws.exponential(kModelBytes));
    return Fields{{"url", call.item},
                  {"status", 200},
                  {"bytes", bytes},
                  {"content_type", "text/html"},
                  {"redirected_to", ""},
                  {"file", ""},
                  {"first_byte_ns", plan.wait.count()},
                  {"total_ns", plan.wait.count()},
                  {"body", ""}};
}

}  // namespace

ActionInfo http()
{
    ActionInfo info;
    info.kind = "http";
    info.help = "an HTTP request; any number at once on one thread";
    info.parameters = HttpSettings::fields();
    info.columns = {"url",  "status",        "bytes",    "content_type", "redirected_to",
                    "file", "first_byte_ns", "total_ns", "body"};
    info.outside = true;
    info.reachesNetwork = true;
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        auto settings = HttpSettings::read(parameters);
        if (!settings) {
            return settings.error();
        }
        return std::shared_ptr<const Action>(std::make_shared<HttpAction>(*std::move(settings)));
    };
    return info;
}

}  // namespace muster
