// SPDX-License-Identifier: Apache-2.0
#include "workload/helpers.h"

#include "workload/internal/helper_runner.h"

namespace muster {

class Helpers::Impl {
public:
    std::vector<std::unique_ptr<HelperRunner>> runners;
};

Helpers::Helpers(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Helpers::~Helpers()
{
    stop();
}

Result<std::unique_ptr<Helpers>> Helpers::start(const std::vector<HelperSpec>& specs,
                                                Publisher* publisher, Logger logger)
{
    auto impl = std::make_unique<Impl>();
    for (const auto& spec : specs) {
        const auto port = freePort();
        if (!port.ok()) {
            return port.error();
        }
        impl->runners.push_back(
            std::make_unique<HelperRunner>(spec, port.value(), publisher, logger));
    }
    std::unique_ptr<Helpers> helpers(new Helpers(std::move(impl)));
    for (const auto& runner : helpers->m_impl->runners) {
        const auto ready = runner->awaitReady();
        if (!ready.ok()) {
            return ready.error();
        }
    }
    return helpers;
}

std::vector<std::string> Helpers::stop()
{
    for (const auto& runner : m_impl->runners) {
        runner->askToStop();
    }
    std::vector<std::string> killed;
    for (const auto& runner : m_impl->runners) {
        if (runner->join()) {
            killed.push_back(runner->status().name);
        }
    }
    return killed;
}

std::vector<HelperStatus> Helpers::status() const
{
    std::vector<HelperStatus> out;
    for (const auto& runner : m_impl->runners) {
        out.push_back(runner->status());
    }
    return out;
}

}  // namespace muster
