// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "agents/internal/built_in.h"
#include "agents/internal/chat_stream.h"
#include "agents/internal/http_settings.h"
#include "documents/json.h"
#include "documents/units.h"

namespace muster {
namespace {

/// Of a call that says nothing else: models take their time.
constexpr Duration kLongest = std::chrono::minutes(10);
constexpr double kMostTokens = 1e12;
constexpr double kMostTemperature = 2;
constexpr double kModelMean = 21.0;   // of the logarithm of ns: about 1.3 s
constexpr double kModelSpread = 0.5;  // likewise
constexpr double kModelFailures = 0.02;
constexpr double kModelTokens = 120;

/// What a workload file says about an llm action. A value.
struct LlmSettings {
    HttpProfile profile;
    TextTemplate url;
    std::vector<TextTemplate> headers;
    std::string model;
    TextTemplate system;
    TextTemplate prompt;
    bool stream = true;
    std::optional<double> temperature;
    std::optional<std::int64_t> maxTokens;
    std::uint64_t runTokens = 0;
    std::uint64_t agentTokens = 0;
};

Result<TextTemplate> templateAt(const Value& parameters, std::string_view key, TextTarget target)
{
    const Value* value = parameters.find(key);
    auto made = TextTemplate::parse(value != nullptr ? value->asText() : "", target,
                                    target == TextTarget::url ? TextTemplate::Environment::allowed
                                                              : TextTemplate::Environment::refused);
    if (!made) {
        Error error = made.error();
        error.where = key;
        return error;
    }
    return made;
}

std::uint64_t countOr(const Value& parameters, std::string_view key)
{
    const Value* value = parameters.find(key);
    return value == nullptr ? 0 : static_cast<std::uint64_t>(value->asInteger());
}

Result<LlmSettings> readSettings(const Value& parameters)
{
    LlmSettings settings;
    auto url = templateAt(parameters, "url", TextTarget::url);
    auto system = templateAt(parameters, "system", TextTarget::plain);
    auto prompt = templateAt(parameters, "prompt", TextTarget::plain);
    auto headers = readHeaders(parameters);
    if (!url || !system || !prompt || !headers) {
        return !url      ? url.error()
               : !system ? system.error()
               : !prompt ? prompt.error()
                         : headers.error();
    }
    settings.url = *std::move(url);
    settings.system = *std::move(system);
    settings.prompt = *std::move(prompt);
    settings.headers = *std::move(headers);
    settings.model = parameters.find("model")->asText();
    if (const Value* stream = parameters.find("stream")) {
        settings.stream = stream->asBool();
    }
    if (const Value* temperature = parameters.find("temperature")) {
        settings.temperature = temperature->asNumber();
    }
    if (const Value* most = parameters.find("max_tokens")) {
        settings.maxTokens = most->asInteger();
    }
    settings.runTokens = countOr(parameters, "run_tokens");
    settings.agentTokens = countOr(parameters, "agent_tokens");
    readConnection(parameters, settings.profile);
    settings.profile.method = "POST";
    settings.profile.redirects = 0;  // a key goes where it was meant for only
    settings.profile.headers = {"Content-Type: application/json"};
    settings.profile.longestBody = 16ULL * 1024 * 1024;
    return settings;
}

std::vector<SchemaField> llmFields()
{
    const auto text = [](const char* help) { return schema::of(SchemaType::text, help); };
    auto url = text("where /chat/completions is: http://127.0.0.1:11434/v1 for Ollama");
    url.pattern = "^https?://.+$";
    url.rule = [](std::string_view word) -> std::optional<std::string> {
        const bool ok = word.starts_with("http://") || word.starts_with("https://");
        return ok ? std::nullopt : std::optional<std::string>("http://… or https://…");
    };
    const auto tokens = [](const char* help) {
        return schema::of(SchemaType::integer, help).range(1, kMostTokens);
    };
    std::vector<SchemaField> fields{
        schema::required("url", std::move(url)),
        schema::required("model", text("its name at the server")),
        schema::required("prompt", text("what is asked; {item}, {item.KEY} and {number} are "
                                        "filled in")),
        schema::optional("system", text("what the model is told to be; likewise")),
        headersField(),
        schema::standard("stream",
                         schema::of(SchemaType::boolean, "the answer is taken as it is made"),
                         Value(true)),
        schema::optional(
            "temperature",
            schema::of(SchemaType::number, "how freely it answers").range(0, kMostTemperature)),
        schema::optional("max_tokens", tokens("longest answer")),
        schema::optional("agent_tokens", tokens("budget of each agent, prompts and answers")),
        schema::optional("run_tokens", tokens("budget of the whole run, likewise"))};
    for (auto& field : connectionFields()) {
        fields.push_back(std::move(field));
    }
    return fields;
}

class LlmAction final : public Action {
public:
    explicit LlmAction(LlmSettings settings) : m_settings(std::move(settings)) {}

    [[nodiscard]] bool waits() const noexcept override { return true; }
    [[nodiscard]] ActionNeeds needs() const override;
    [[nodiscard]] Result<std::shared_ptr<const Action>> bind(
        const ActionWorld& world) const override;
    [[nodiscard]] std::vector<std::string> unfit(std::string_view item) const override
    {
        ActionCall call;
        call.item = item;
        TemplateValues values(call);
        std::vector<std::string> found;
        addProblems(found, "system", m_settings.system, values);
        addProblems(found, "prompt", m_settings.prompt, values);
        return found;
    }
    [[nodiscard]] Async<ActionOutcome> reach(ActionCall call) const override;
    [[nodiscard]] ActionOutcome run(const ActionCall&) const override
    {
        return ActionFailure{
            FailureClass::ignored,
            {ErrorCode::unavailable, "an llm action runs within a run only", "", ""}};
    }
    [[nodiscard]] ActionPlan plan(const ActionCall& call, const Rng& seed) const override;
    [[nodiscard]] ActionOutcome outcome(const ActionCall& call, const ActionPlan& plan,
                                        const Rng& seed) const override;

private:
    [[nodiscard]] Result<HttpRequest> requestFor(const ActionCall& call) const;
    [[nodiscard]] ActionOutcome outcomeOf(const Result<HttpReply>& reply, ChatStream& stream) const;
    [[nodiscard]] ActionOutcome answered(const HttpReply& reply, const ChatStream& stream,
                                         const ChatAnswer& answer) const;

    LlmSettings m_settings;
    Secrets m_secrets;  // of a bound one, as what follows
    std::string m_url;
    std::shared_ptr<HttpClient> m_client;
    std::shared_ptr<const HttpProfile> m_profile;
    std::shared_ptr<TokenBudget> m_budget;
};

ActionNeeds LlmAction::needs() const
{
    ActionNeeds needs;
    needs.places = {m_settings.url.source()};
    std::vector<const TextTemplate*> all{&m_settings.url, &m_settings.system, &m_settings.prompt};
    for (const auto& header : m_settings.headers) {
        all.push_back(&header);
    }
    for (const TextTemplate* each : all) {
        for (auto& name : each->helpers()) {
            needs.helpers.push_back(std::move(name));
        }
    }
    return needs;
}

Result<std::shared_ptr<const Action>> LlmAction::bind(const ActionWorld& world) const
{
    auto bound = std::make_shared<LlmAction>(m_settings);
    auto profile = std::make_shared<HttpProfile>(m_settings.profile);
    ActionCall nobody;
    TemplateValues values(nobody);
    const auto fixed = [&](const TextTemplate& each) -> Result<std::string> {
        auto filled = each.bind(world, bound->m_secrets);
        return filled ? filled->fill(values) : filled.error();
    };
    auto url = fixed(m_settings.url);
    if (!url) {
        return url.error();
    }
    bound->m_url = *url + (url->ends_with('/') ? "" : "/") + "chat/completions";
    for (const auto& header : m_settings.headers) {
        auto line = fixed(header);
        if (!line) {
            return line.error();
        }
        profile->headers.push_back(*std::move(line));
    }
    for (TextTemplate* each : {&bound->m_settings.system, &bound->m_settings.prompt}) {
        auto filled = each->bind(world, bound->m_secrets);
        if (!filled) {
            return filled.error();
        }
        *each = *std::move(filled);
    }
    bound->m_profile = std::move(profile);
    bound->m_client = world.http;
    bound->m_budget = std::make_shared<TokenBudget>(m_settings.runTokens, m_settings.agentTokens);
    return std::shared_ptr<const Action>(std::move(bound));
}

Result<HttpRequest> LlmAction::requestFor(const ActionCall& call) const
{
    TemplateValues values(call);
    auto system = m_settings.system.fill(values);
    auto prompt = m_settings.prompt.fill(values);
    if (!system || !prompt) {
        return system ? prompt.error() : system.error();
    }
    const auto message = [](const char* role, std::string text) {
        Value made;
        made.set("role", role);
        made.set("content", std::move(text));
        return made;
    };
    Value::Array messages;
    if (!system->empty()) {
        messages.push_back(message("system", *std::move(system)));
    }
    messages.push_back(message("user", *std::move(prompt)));
    Value asked;
    asked.set("model", m_settings.model);
    asked.set("messages", Value(std::move(messages)));
    asked.set("stream", m_settings.stream);
    if (m_settings.stream) {
        Value options;
        options.set("include_usage", true);
        asked.set("stream_options", std::move(options));
    }
    if (m_settings.temperature) {
        asked.set("temperature", *m_settings.temperature);
    }
    if (m_settings.maxTokens) {
        asked.set("max_tokens", *m_settings.maxTokens);
    }
    HttpRequest request;
    request.profile = m_profile;
    request.url = m_url;
    request.body = toJson(asked);
    return request;
}

Async<ActionOutcome> LlmAction::reach(ActionCall call) const
{
    if (const auto left = m_budget->left(call.agent); !left) {
        co_return ActionOutcome(ActionFailure{FailureClass::ignored, left.error()});
    }
    auto request = requestFor(call);
    if (!request) {
        co_return ActionOutcome(requestFailure(request.error(), m_secrets));
    }
    auto stream = std::make_shared<ChatStream>(m_budget, call.agent);
    auto reply = co_await httpReply(*m_client, *std::move(request), call.within(kLongest), stream);
    if (!reply && reply.error().code == ErrorCode::timedOut) {
        // The I/O thread may be at it still: the stream is not looked at.
        co_return ActionOutcome(requestFailure(reply.error(), m_secrets));
    }
    co_return outcomeOf(reply, *stream);
}

ActionOutcome LlmAction::outcomeOf(const Result<HttpReply>& reply, ChatStream& stream) const
{
    if (stream.stopped()) {
        return ActionFailure{FailureClass::ignored, *stream.stopped()};
    }
    if (!reply) {
        const auto& problem = stream.reader().problem();
        return requestFailure(problem ? *problem : reply.error(), m_secrets);
    }
    if (reply->status / 100 != 2) {
        ActionFailure failure = statusFailure(*reply, m_url, m_secrets);
        const std::string words = m_secrets.redacted(stream.reader().serversWords());
        failure.error.message += words.empty() ? "" : ": " + words;
        return failure;
    }
    stream.reader().finish();
    stream.settle();
    if (stream.reader().problem()) {
        return requestFailure(*stream.reader().problem(), m_secrets);
    }
    const ChatAnswer& answer = stream.reader().answer();
    if (!answer.ended) {
        return ActionFailure{FailureClass::network,
                             {ErrorCode::unavailable, "the answer broke off", m_url, ""}};
    }
    return answered(*reply, stream, answer);
}

ActionOutcome LlmAction::answered(const HttpReply& reply, const ChatStream& stream,
                                  const ChatAnswer& answer) const
{
    const bool counted = answer.promptTokens && answer.completionTokens;
    return Fields{{"text", m_secrets.redacted(answer.text)},
                  {"model", answer.model},
                  {"finish_reason", answer.finish},
                  {"prompt_tokens", answer.promptTokens.value_or(0)},
                  {"completion_tokens", answer.completionTokens.value_or(answer.pieces)},
                  {"tokens_counted_by", counted ? "server" : "pieces"},
                  {"first_text_ns", stream.firstText().count()},
                  {"total_ns", reply.total.count()}};
}

ActionPlan LlmAction::plan(const ActionCall& call, const Rng& seed) const
{
    ActionPlan plan;
    Rng draws = call.rng(seed).fork("llm");
    plan.wait =
        Duration{static_cast<std::int64_t>(std::exp(kModelMean + kModelSpread * draws.normal()))};
    plan.fail = draws.uniform() < kModelFailures;
    plan.failure = FailureClass::rejected;
    return plan;
}

ActionOutcome LlmAction::outcome(const ActionCall& call, const ActionPlan& plan,
                                 const Rng& seed) const
{
    if (plan.fail) {
        return ActionFailure{plan.failure,
                             {ErrorCode::overloaded, "failed as the simulation's model says",
                              std::string(call.item), ""}};
    }
    Rng draws = call.rng(seed).fork("answer");
    return Fields{{"text", "an answer"},
                  {"model", m_settings.model},
                  {"finish_reason", "stop"},
                  {"prompt_tokens", static_cast<std::int64_t>(draws.exponential(kModelTokens))},
                  {"completion_tokens", static_cast<std::int64_t>(draws.exponential(kModelTokens))},
                  {"tokens_counted_by", "server"},
                  {"first_text_ns", plan.wait.count() / 4},
                  {"total_ns", plan.wait.count()}};
}

}  // namespace

ActionInfo llm()
{
    ActionInfo info;
    info.kind = "llm";
    info.help = "asks a language model by the OpenAI chat interface, within a budget of tokens";
    info.parameters = llmFields();
    info.columns = {"text",
                    "model",
                    "finish_reason",
                    "prompt_tokens",
                    "completion_tokens",
                    "tokens_counted_by",
                    "first_text_ns",
                    "total_ns"};
    info.outside = true;
    info.reachesNetwork = true;
    info.make = [](const Value& parameters) -> Result<std::shared_ptr<const Action>> {
        auto settings = readSettings(parameters);
        if (!settings) {
            return settings.error();
        }
        if (settings->prompt.source().empty()) {
            return Error{ErrorCode::invalidArgument, "expected a question", "prompt", ""};
        }
        for (const auto& header : settings->headers) {
            if (header.usesItem()) {
                return Error{ErrorCode::invalidArgument, "headers are the same for all items",
                             "headers", ""};
            }
        }
        if (settings->url.usesItem()) {
            return Error{ErrorCode::invalidArgument, "the url is the same for all items", "url",
                         ""};
        }
        return std::shared_ptr<const Action>(std::make_shared<LlmAction>(*std::move(settings)));
    };
    return info;
}

}  // namespace muster
