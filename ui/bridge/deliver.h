// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "bridge/inbox.h"

namespace muster::ui {

/// A function for any thread that hands its value to `done` on the inbox's thread, unless
/// `context` or the inbox is gone by then. Thread safety: make it on the inbox's thread.
template <class T>
[[nodiscard]] std::function<void(T)> deliverTo(
    const std::shared_ptr<Inbox>& inbox, QObject* context,
    std::type_identity_t<std::function<void(const T&)>> done)
{
    // The guard is read on the inbox's thread only: other threads just carry it.
    auto guard = std::make_shared<QPointer<QObject>>(context);
    auto wanted = std::make_shared<std::function<void(const T&)>>(std::move(done));
    return [weak = std::weak_ptr(inbox), guard = std::move(guard),
            wanted = std::move(wanted)](T value) {
        if (const auto to = weak.lock()) {
            to->post([guard, wanted, value = std::make_shared<const T>(std::move(value))] {
                if (!guard->isNull() && *wanted) {
                    (*wanted)(*value);
                }
            });
        }
    };
}

}  // namespace muster::ui
