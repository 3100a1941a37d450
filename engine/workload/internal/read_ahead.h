// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "workload/input.h"

namespace muster {

/// What one read of a source gave.
struct ReadBatch {
    struct Problem {
        std::string item;  ///< "orders.csv:12", a path
        Error error;
    };

    std::vector<std::unique_ptr<const std::string>> items;
    std::vector<Problem> problems;
    std::uint64_t skipped = 0;
    std::uint64_t bytes = 0;
    bool over = false;
};

/// Something that is read a piece at a time, by a thread that may block.
/// Thread safety: one thread at a time.
class BatchReader {
public:
    virtual ~BatchReader() = default;
    /// Errors: nothing can be read at all.
    [[nodiscard]] virtual Result<void> open() = 0;
    /// About `most` items; sets `over` with the last.
    virtual void read(std::size_t most, ReadBatch& batch) = 0;
};

/// Reads ahead on the blocking pool, one read at a time, while fewer than half of
/// InputSource::kAhead items wait. Thread safety: as InputSource.
class ReadAhead final : public InputSource, public std::enable_shared_from_this<ReadAhead> {
public:
    ReadAhead(InputKind kind, std::unique_ptr<BatchReader> reader, Scheduler& scheduler,
              ResultSink* sink)
        : m_kind(kind), m_reader(std::move(reader)), m_scheduler(scheduler), m_sink(sink)
    {
    }

    [[nodiscard]] Result<void> open(std::function<void()> ready) override;
    [[nodiscard]] Next take(std::unique_ptr<const std::string>& item) override;
    [[nodiscard]] InputFigures figures() const override;
    [[nodiscard]] InputKind kind() const noexcept override { return m_kind; }
    void stop() override { m_stopped.store(true, std::memory_order_release); }

private:
    void readMore();
    void readNow();
    void keep(ReadBatch batch);

    const InputKind m_kind;
    std::unique_ptr<BatchReader> m_reader;  // used by the read that is under way
    Scheduler& m_scheduler;
    ResultSink* m_sink;
    std::function<void()> m_ready;
    std::atomic<bool> m_stopped{false};

    std::deque<std::unique_ptr<const std::string>> m_near;  // of take()'s thread

    mutable std::mutex m_mutex;  // guards what follows
    std::vector<std::unique_ptr<const std::string>> m_read;
    bool m_reading = false;
    bool m_over = false;
    std::uint64_t m_items = 0;  // read so far
    InputFigures m_figures;
};

}  // namespace muster
