// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/service_status.h"

namespace muster::ui {

/// A line of what stands between a service and its calls.
struct ServiceDetail {
    QString key;
    QString value;
    QString tip;
    bool atLimit = false;
};

/// Its limiter, bulkhead and retry budget, those that it has.
[[nodiscard]] std::vector<ServiceDetail> detailsOf(const ServiceStatus& service);

}  // namespace muster::ui
