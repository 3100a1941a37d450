// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/clock.h"
#include "base/ids.h"

namespace muster {

struct EngineCore;

/// Says in the record what the events before come to, so that a state rebuilt from them years
/// later can be held against it. Thread safety: one thread at a time.
class StateRecord {
public:
    static constexpr Duration kPeriod = std::chrono::seconds(10);

    explicit StateRecord(EngineCore& core) : m_core(core) {}

    /// Once a second or so.
    void beat();
    /// Now, if there was anything new.
    void record();

private:
    EngineCore& m_core;
    MonoTime m_at;
    EventId m_last;
};

}  // namespace muster
