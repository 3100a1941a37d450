// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agents/result_sink.h"
#include "base/clock.h"
#include "runtime/directory.h"
#include "storage/recorder.h"

namespace muster {

/// Writes what actions gave to the session. Thread safety: any thread.
class ResultRecorder final : public ResultSink {
public:
    /// `recorder` may be null: then nothing is kept.
    ResultRecorder(Recorder* recorder, const Clock& clock, const Directory& directory)
        : m_recorder(recorder), m_clock(clock), m_directory(directory)
    {
    }

    void result(const ResultRow& row) override;
    void error(const ErrorRow& row) override;

private:
    Recorder* m_recorder;
    const Clock& m_clock;
    const Directory& m_directory;
};

}  // namespace muster
