// SPDX-License-Identifier: Apache-2.0
#include "protection/retry_budget.h"

#include <algorithm>
#include <cmath>

namespace muster {
namespace {

constexpr double kToken = 1000;

template <class... Cases>
struct Match : Cases... {
    using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

std::int64_t thousandths(double tokens) noexcept
{
    return std::llround(tokens * kToken);
}

Result<void> inRange(bool holds, const char* where)
{
    return holds ? Result<void>()
                 : Error{ErrorCode::outOfRange, "a retry budget's value is not in range", where,
                         "Name shares of 0 to 1000, counts of 0 to a million and a window above 0"};
}

bool isCount(double value) noexcept
{
    return value >= 0 && value <= 1e6;
}

bool isShare(double value) noexcept
{
    return value >= 0 && value <= 1000;
}

}  // namespace

Result<void> validate(const RetryBudgetSettings& settings)
{
    return std::visit(
        Match{[](const RatioBudgetSettings& ratio) {
                  const bool window = ratio.window >= std::chrono::milliseconds(1) &&
                                      ratio.window <= std::chrono::hours(24);
                  return inRange(isShare(ratio.ratio) && isCount(ratio.floorPerSecond) && window,
                                 "budget.ratio");
              },
              [](const TokenBudgetSettings& tokens) {
                  return inRange(tokens.most >= 1 && isCount(tokens.most) && isShare(tokens.gain),
                                 "budget.tokens");
              },
              [](const ActiveBudgetSettings& active) {
                  return inRange(isShare(active.share), "budget.active");
              }},
        settings);
}

void RatioBudget::advance(MonoTime now)
{
    if (now < m_bucketEnd) {
        return;
    }
    const Duration bucket = m_settings.window / kBuckets;
    const std::int64_t steps = saturatingSubtract(now, m_bucketEnd) / bucket + 1;
    for (std::size_t i = 0; i < kBuckets && static_cast<std::int64_t>(i) < steps; ++i) {
        m_newest = (m_newest + 1) % kBuckets;
        m_sum.calls -= m_buckets[m_newest].calls;
        m_sum.retries -= m_buckets[m_newest].retries;
        m_buckets[m_newest] = {};
    }
    m_bucketEnd = steps > static_cast<std::int64_t>(kBuckets)
                      ? saturatingAdd(now, bucket)
                      : saturatingAdd(m_bucketEnd, bucket * steps);
}

void RatioBudget::callBegan(MonoTime now)
{
    advance(now);
    ++m_buckets[m_newest].calls;
    ++m_sum.calls;
}

BudgetStatus RatioBudget::status(MonoTime now)
{
    advance(now);
    const double seconds = std::chrono::duration<double>(m_settings.window).count();
    // A millionth, so that a whole number is not missed by its rounding.
    const double allowed = m_settings.ratio * static_cast<double>(m_sum.calls) +
                           m_settings.floorPerSecond * seconds + 1e-6;
    return {std::floor(allowed), static_cast<double>(m_sum.retries)};
}

bool RatioBudget::tryRetry(MonoTime now)
{
    if (status(now).spent()) {
        return false;
    }
    ++m_buckets[m_newest].retries;
    ++m_sum.retries;
    return true;
}

TokenBudget::TokenBudget(const TokenBudgetSettings& settings)
    : m_most(thousandths(settings.most)), m_gain(thousandths(settings.gain)), m_tokens(m_most)
{
}

void TokenBudget::attemptEnded(bool succeeded)
{
    const std::int64_t by = succeeded ? m_gain : -thousandths(1);
    m_tokens = std::clamp<std::int64_t>(m_tokens + by, 0, m_most);
}

BudgetStatus TokenBudget::status() const noexcept
{
    // Failures that may still come before it is spent, of those that a full one allows.
    const double most = std::ceil(static_cast<double>(m_most) / 2 / kToken);
    const double left =
        std::ceil(static_cast<double>(std::max<std::int64_t>(0, m_tokens - m_most / 2)) / kToken);
    return {most, most - left};
}

BudgetStatus ActiveBudget::status() const noexcept
{
    const double share = m_settings.share * static_cast<double>(m_calls) + 1e-6;
    return {std::max(std::floor(share), static_cast<double>(m_settings.floor)),
            static_cast<double>(m_retries)};
}

bool ActiveBudget::tryRetry() noexcept
{
    if (status().spent()) {
        return false;
    }
    ++m_retries;
    return true;
}

RetryBudget::Kind RetryBudget::make(const RetryBudgetSettings& settings)
{
    return std::visit(
        Match{[](const RatioBudgetSettings& ratio) -> Kind { return RatioBudget(ratio); },
              [](const TokenBudgetSettings& tokens) -> Kind { return TokenBudget(tokens); },
              [](const ActiveBudgetSettings& active) -> Kind { return ActiveBudget(active); }},
        settings);
}

Result<RetryBudget> RetryBudget::create(const RetryBudgetSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid.error();
    }
    return RetryBudget(make(settings));
}

void RetryBudget::callBegan(MonoTime now)
{
    ++m_calls;
    const MonoTime time = m_time.at(now);
    std::visit(Match{[time](RatioBudget& ratio) { ratio.callBegan(time); }, [](TokenBudget&) {},
                     [](ActiveBudget& active) { active.callBegan(); }},
               m_budget);
}

void RetryBudget::callEnded()
{
    --m_calls;
    if (auto* active = std::get_if<ActiveBudget>(&m_budget)) {
        active->callEnded();
    }
}

void RetryBudget::attemptEnded(bool succeeded)
{
    if (auto* tokens = std::get_if<TokenBudget>(&m_budget)) {
        tokens->attemptEnded(succeeded);
    }
}

bool RetryBudget::tryRetry(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    const bool granted =
        std::visit(Match{[time](RatioBudget& ratio) { return ratio.tryRetry(time); },
                         [](TokenBudget& tokens) { return tokens.tryRetry(); },
                         [](ActiveBudget& active) { return active.tryRetry(); }},
                   m_budget);
    ++(granted ? m_granted : m_refused);
    m_retries += granted ? 1 : 0;
    return granted;
}

void RetryBudget::retryEnded()
{
    --m_retries;
    if (auto* active = std::get_if<ActiveBudget>(&m_budget)) {
        active->retryEnded();
    }
}

BudgetStatus RetryBudget::status(MonoTime now)
{
    const MonoTime time = m_time.at(now);
    return std::visit(Match{[time](RatioBudget& ratio) { return ratio.status(time); },
                            [](TokenBudget& tokens) { return tokens.status(); },
                            [](ActiveBudget& active) { return active.status(); }},
                      m_budget);
}

Result<void> RetryBudget::change(const RetryBudgetSettings& settings)
{
    if (auto valid = validate(settings); !valid.ok()) {
        return valid;
    }
    Kind next = make(settings);
    if (auto* active = std::get_if<ActiveBudget>(&next)) {
        active->m_calls = m_calls;
        active->m_retries = m_retries;
    }
    auto* ratio = std::get_if<RatioBudget>(&m_budget);
    const auto* nextRatio = std::get_if<RatioBudget>(&next);
    if (ratio != nullptr && nextRatio != nullptr) {
        ratio->m_settings = nextRatio->m_settings;
        return {};
    }
    m_budget = std::move(next);
    return {};
}

}  // namespace muster
