// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "base/service_start.h"

namespace muster {

/// One service as it is declared.
struct Service {
    std::string name;
    std::vector<std::string> needs;  ///< names of those that must run before it
    std::function<Result<void>()> start;
    std::function<void()> stop;  ///< undoes start(); may be empty
    /// It waits for a disk, a network or another process, long enough to be worth a thread's
    /// start (about 100 µs) when something else can be done meanwhile.
    bool slow = false;
};

/// Starts services that need one another. Those whose needs are met form a group; groups come
/// one after the other, and within one the slow services run side by side on threads of their
/// own while the calling thread starts the quick ones, then takes its share of the slow. When
/// one fails, what is under way beside it finishes, nothing further begins, and whatever had
/// started is stopped, the last declared of the last group first.
/// Thread safety: one thread calls; start functions run on any.
class ServiceStarter {
public:
    enum class Order {
        parallel,
        declared,  ///< on the calling thread alone, group by group as declared: for simulations
    };

    explicit ServiceStarter(std::shared_ptr<Clock> clock) : m_clock(std::move(clock)) {}

    void add(Service service) { m_services.push_back(std::move(service)); }

    /// Once only. Errors: a name twice, a need nobody meets, a circle of needs (then nothing was
    /// started); else that of the first declared service that failed, opened by its name.
    [[nodiscard]] Result<void> start(Order order);

    /// As it stands, in the order declared.
    [[nodiscard]] const std::vector<ServiceStart>& starts() const noexcept { return m_starts; }

    /// The most threads that are started beside the calling one.
    static constexpr std::size_t kMostThreads = 4;

private:
    using Group = std::vector<std::size_t>;  // places in m_services

    using Places = std::map<std::string_view, std::size_t>;

    [[nodiscard]] Result<Places> check() const;
    [[nodiscard]] Result<std::vector<Group>> arrange(const Places& places) const;
    void declare(const std::vector<Group>& groups);
    void startGroup(const Group& group, Order order);
    void startOne(std::size_t place);
    [[nodiscard]] Result<void> outcome() const;
    void stopAll(const std::vector<Group>& groups);

    std::shared_ptr<Clock> m_clock;
    std::vector<Service> m_services;
    std::vector<ServiceStart> m_starts;
    std::vector<Result<void>> m_outcomes;  // each written by the thread that starts the service
    MonoTime m_begin;
};

}  // namespace muster
