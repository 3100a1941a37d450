// SPDX-License-Identifier: Apache-2.0
#include "workload/service_spec.h"

namespace muster {

namespace {

constexpr double kMostCalls = 1e6;
constexpr double kMostTokens = 1e12;
constexpr double kSecond = 1e9;
constexpr double kYear = 366.0 * 24 * 3600 * kSecond;

SchemaField number(const char* key, double least, double most, const char* help, int standard)
{
    return schema::standard(key, schema::of(SchemaType::integer, help).range(least, most),
                            Value(standard));
}

SchemaField factor(const char* key, double least, double most, const char* help, double standard)
{
    return schema::standard(key, schema::of(SchemaType::number, help).range(least, most),
                            Value(standard));
}

SchemaField time(const char* key, double least, const char* help, const char* standard)
{
    return schema::standard(key, schema::of(SchemaType::duration, help).range(least, kYear),
                            Value(standard));
}

/// One that has no default: without it the rule is not there.
SchemaField optionalTime(const char* key, const char* help)
{
    return schema::optional(key, schema::of(SchemaType::duration, help).range(1, kYear));
}

SchemaField share(const char* key, const char* help, const char* standard)
{
    return schema::standard(key, schema::of(SchemaType::share, help), Value(standard));
}

SchemaField choice(const char* key, std::vector<std::string> choices, const char* help)
{
    Value standard(choices.front());
    return schema::standard(key, schema::choice(std::move(choices), help), std::move(standard));
}

SchemaField flag(const char* key, const char* help, bool standard)
{
    return schema::standard(key, schema::of(SchemaType::boolean, help), Value(standard));
}

/// A rule for each class of failures.
Schema classesTable(const Schema& rule, const char* help)
{
    return schema::table(
        {schema::optional("network", rule), schema::optional("timeout", rule),
         schema::optional("application", rule), schema::optional("rejected", rule)},
        help);
}

Schema halfOpenTable()
{
    return schema::table(
        {choice("decide", {"rate", "all_succeed", "ramp"},
                "by the thresholds, by the first failure, or by rate at rising shares"),
         number("probes", 1, kMostCalls, "calls let through at once and in all", 10),
         time("longest", 1, "of it, or of one share of a ramp", "30s"),
         choice("when_over", {"open", "close"}, "undecided for that long"),
         schema::optional(
             "ramp",
             schema::list(schema::of(SchemaType::share, "a share of the calls"), "rising shares")
                 .range(1, 1000))},
        "how a half-open breaker decides");
}

Schema breakerTable()
{
    const auto rule = schema::table(
        {choice("counts", {"failure", "success", "ignored"}, "what such a failure counts as"),
         schema::optional("rate",
                          schema::of(SchemaType::share, "a threshold of its own, of all calls")),
         number("consecutive", 0, kMostCalls, "so many in a row open it; 0: none do", 0)},
        "a class of failures");
    return schema::table(
        {share("failure_rate", "the share of failed calls at which it opens", "50%"),
         share("slow_rate", "the share of slow calls at which it opens", "100%"),
         time("slow_call", 0, "a call that takes longer is slow", "60s"),
         number("minimum_calls", 1, kMostCalls, "below so many in the window it stays closed", 20),
         number("consecutive_failures", 0, kMostCalls,
                "so many failures in a row open it; 0: none do", 0),
         time("window", 1, "it judges by the calls of so long", "10s"),
         number("window_buckets", 1, 1000, "which leave the window in so many steps", 10),
         schema::optional("window_calls", schema::of(SchemaType::integer,
                                                     "it judges by the last so many calls instead")
                                              .range(1, kMostCalls)),
         time("open_for", 1, "how long it rejects before it probes", "30s"),
         factor("open_factor", 1, 1000, "longer by it each time it opens again", 1),
         time("open_longest", 1, "however often it opened again", "10min"),
         time("open_calm", 0, "closed for so long, it begins with open_for again", "0s"),
         flag("probes_by_itself", "half-open when its time is over, not with the next call", false),
         schema::optional("half_open", halfOpenTable()),
         schema::optional("classes", classesTable(rule, "failures that are judged otherwise"))},
        "circuit breaker: rejects calls to what fails, and probes");
}

SchemaField rateField(const char* help)
{
    return schema::required("rate", schema::of(SchemaType::rate, help).range(0, 1e7));
}

SchemaField burstField(const char* help)
{
    return schema::standard("burst", schema::of(SchemaType::integer, help).range(1, kMostTokens),
                            Value(100));
}

Schema limiterTable()
{
    auto made = schema::table(
        {choice("kind", {"token_bucket", "sliding_window", "cycle", "keyed"},
                "a bucket that fills evenly, so many in a window that moves, so many at the start "
                "of each cycle, or a bucket for each caller")},
        "rate limiter");
    made.decidedBy = "kind";
    made.variants = {
        {"token_bucket",
         {rateField("calls per second, averaged"), burstField("calls that may come at once"),
          time("wait", 0, "how long a call may wait for its turn", "0s")}},
        {"sliding_window",
         {number("limit", 1, kMostCalls, "calls in the window", 500),
          time("window", 1e6, "however it lies", "1s"),
          choice("counting", {"segments", "weighted"},
                 "never more, or an estimate from this window and the one before"),
          number("segments", 1, 1000, "calls leave the window in so many steps", 10)}},
        {"cycle",
         {number("permits", 1, kMostCalls, "calls in each cycle", 50),
          time("cycle", 1e6, "how long it is", "1s"),
          schema::optional("burst", schema::of(SchemaType::integer,
                                               "of cycles in which nobody called; "
                                               "those of one cycle unless said")
                                        .range(1, kMostCalls)),
          time("wait", 0, "for a cycle to come, how long at most", "5s")}},
        {"keyed",
         {choice("by", {"agent", "action"},
                 "each agent that calls has the whole rate, or each "
                 "action"),
          rateField("calls per second of each"), burstField("of each at once"),
          number("keys", 1, 1'000'000, "callers that are remembered at once", 65'536),
          choice("when_full", {"refuse", "admit"}, "callers for which there is no room")}}};
    return made;
}

Schema budgetTable()
{
    auto made = schema::table({choice("kind", {"ratio", "tokens", "active"},
                                      "of the calls, of successes and failures, or of the calls "
                                      "under way")},
                              "how many retries there may be");
    made.decidedBy = "kind";
    made.variants = {
        {"ratio",
         {share("ratio", "retries of the calls", "20%"),
          schema::standard(
              "floor",
              schema::of(SchemaType::rate, "retries that are always allowed").range(0, kMostCalls),
              Value("10/s")),
          time("window", 1e6, "counted over so long", "10s")}},
        {"tokens",
         {factor("most", 1, kMostCalls, "tokens; a failure costs one, below half none is left", 10),
          factor("gain", 0, 1000, "tokens that a success gives back", 0.1)}},
        {"active",
         {share("share", "retries under way of the calls under way", "20%"),
          number("least", 0, kMostCalls, "retries that are always allowed", 3)}}};
    return made;
}

Schema retryTable()
{
    const auto rule = schema::table(
        {flag("retried", "whether such a failure is tried again", true),
         schema::optional(
             "attempts",
             schema::of(SchemaType::integer, "fewer than those of all").range(1, 1000))},
        "a class of failures");
    return schema::table(
        {number("attempts", 1, 1000, "with the first", 3),
         choice("backoff", {"exponential", "fixed", "linear", "decorrelated"},
                "how the wait between attempts grows"),
         time("base", 0, "the first wait", "100ms"),
         factor("factor", 1, 1000, "of the exponential", 2),
         time("cap", 0, "the longest wait", "2s"),
         choice("jitter", {"full", "none", "equal"}, "how much of a wait is chance"),
         choice("capped", {"after_jitter", "before_jitter"}, "when the cap applies"),
         choice("retry_after", {"at_least", "instead", "ignored"},
                "what the wait that a server asks for does to ours"),
         time("longest_retry_after", 0, "asked for more, it gives up", "1min"),
         optionalTime("total", "all attempts and waits together"),
         flag("own_rejections", "tries again what our own stages rejected", true),
         schema::optional("budget", budgetTable()),
         schema::optional("classes", classesTable(rule, "failures with rules of their own"))},
        "retries of attempts that failed");
}

Schema bulkheadTable()
{
    return schema::table({number("concurrent", 0, kMostCalls, "calls at once", 25),
                          number("queue", 0, 1e5, "calls that wait for their turn", 0),
                          time("wait", 0, "how long at most", "1s")},
                         "bulkhead: bounds the calls at once");
}

Schema adaptiveTable()
{
    return schema::table(
        {choice("algorithm", {"gradient", "aimd"}, "by the latency's gradient, or by its failures"),
         number("initial", 1, kMostCalls, "calls at once, to begin with", 20),
         number("floor", 1, kMostCalls, "never fewer", 20),
         number("ceiling", 1, kMostCalls, "never more", 200),
         share("in_use", "of the limit must be in use for it to grow", "50%"),
         factor("backoff", 0, 1, "the limit times this after a call that was dropped", 0.9),
         time("slow", 1, "longer is as good as dropped (aimd)", "5s"),
         time("between", 0, "two decreases, at least (aimd)", "0s"),
         factor("tolerance", 1, 1000, "times the usual latency that change nothing (gradient)",
                1.5),
         factor("smoothing", 0, 1, "part of a new limit that is taken at once (gradient)", 0.2),
         number("long_window", 1, kMostCalls, "calls that the usual latency is of (gradient)", 600),
         number("queue", 0, kMostCalls, "calls that may wait in the dependency (gradient)", 4)},
        "finds out how many calls at once the service bears");
}

}  // namespace

Schema serviceSchema()
{
    return schema::table(
        {optionalTime("deadline", "of a call, its retries and waits included"),
         schema::optional("retry", retryTable()), schema::optional("limiter", limiterTable()),
         schema::optional("breaker", breakerTable()), schema::optional("bulkhead", bulkheadTable()),
         schema::optional("adaptive", adaptiveTable())},
        "what protects the calls of actions that name it: deadline, retry, limiter, breaker, "
        "bulkhead, in this order");
}

}  // namespace muster
