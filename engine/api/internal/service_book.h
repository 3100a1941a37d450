// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "api/internal/engine_core.h"
#include "api/service_status.h"
#include "calls/protected_service.h"

namespace muster {

/// The services of a workload, with the settings they have now as they would be written.
/// They outlive the agents that call them. Thread safety: at() and statuses() from any thread;
/// the rest from one at a time, which carries out the commands.
class ServiceBook {
public:
    explicit ServiceBook(EngineCore& core);

    /// In the order of WorkloadSpec::services.
    [[nodiscard]] ProtectedService& at(std::size_t index) const
    {
        return *m_entries[index].service;
    }
    [[nodiscard]] std::vector<ServiceStatus> statuses() const;

    /// Publishes each with its settings: before the first call.
    void announce() const;
    /// Hands the store what was logged since the last time, unless it is behind.
    void recordCalls();

    [[nodiscard]] std::vector<const ServiceSpec*> specs() const;
    /// The service of that name. Errors: notFound, with the nearest name.
    [[nodiscard]] Result<ServiceSpec*> spec(std::string_view name);
    [[nodiscard]] Result<ProtectedService*> service(std::string_view name);
    /// Sets it up anew, as `changed` says; counters, windows and fills stay. Errors: outOfRange.
    [[nodiscard]] Result<void> change(const ServiceSpec& changed);
    /// What a stage was before it was turned off; "on", with its defaults, when it never was.
    [[nodiscard]] std::string lastOf(std::string_view service, std::string_view stage) const;
    void remember(std::string_view service, std::string_view stage, std::string settings);

private:
    struct Entry {
        ServiceSpec spec;
        std::unique_ptr<ProtectedService> service;
        ServiceSettingsShown shown;  ///< guarded by m_mutex
    };

    [[nodiscard]] Result<Entry*> find(std::string_view name);

    EngineCore& m_core;
    std::vector<Entry> m_entries;
    std::map<std::string, std::string, std::less<>> m_turnedOff;  ///< by "shop.limiter"
    mutable std::mutex m_mutex;
};

}  // namespace muster
