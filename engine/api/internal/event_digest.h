// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "events/event_sink.h"

namespace muster {

/// One hash of all events in their order: types, sources, data, times, and which were replayed.
/// Thread safety: any thread.
class EventDigest final : public EventSink {
public:
    EventDigest();
    ~EventDigest() override;

    void accept(const EventPtr& event) override;
    /// SHA-256 of those until now, in hexadecimal.
    [[nodiscard]] std::string hash() const;

private:
    struct State;

    mutable std::mutex m_mutex;
    std::unique_ptr<State> m_state;  // guarded by it
};

}  // namespace muster
