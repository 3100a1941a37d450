// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/rng.h"
#include "events/publisher.h"
#include "storage/recorder.h"

namespace muster::bench {

inline constexpr Duration kPatience = std::chrono::minutes(5);

/// A new directory under the system's for temporary files, gone with the object.
class BenchDirectory {
public:
    explicit BenchDirectory(const std::string& name);
    ~BenchDirectory();
    BenchDirectory(const BenchDirectory&) = delete;
    BenchDirectory& operator=(const BenchDirectory&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
    std::filesystem::path m_path;
};

/// What an engine publishes, in about its proportions; the same each time.
struct SampleEvent {
    const char* type;
    std::uint32_t agent;
    std::uint64_t duration;
    std::string item;
    std::uint64_t bytes;
};
[[nodiscard]] SampleEvent sampleEvent(std::uint64_t number, Rng& rng);

/// Publishes such events into a session. Thread safety: one thread at a time.
class EventSource {
public:
    /// The events' time goes on by a millisecond each when `clock` is one that is set by hand.
    explicit EventSource(const std::filesystem::path& file,
                         std::shared_ptr<ManualClock> clock = nullptr);

    void publish(std::uint64_t events);
    [[nodiscard]] Recorder& recorder() noexcept { return *m_recorder; }

private:
    std::shared_ptr<ManualClock> m_manual;
    TypeRegistry m_types;
    EventPool m_pool;
    std::unique_ptr<Recorder> m_recorder;
    std::unique_ptr<Publisher> m_publisher;
    Rng m_rng{42};
    std::uint64_t m_published = 0;
};

/// A session of many events with its full-text index, made when first asked for and deleted when
/// the program ends. Thread safety: one thread at a time.
class BigSession {
public:
    [[nodiscard]] static const BigSession& full();   ///< 10 million events
    [[nodiscard]] static const BigSession& quick();  ///< a million

    explicit BigSession(std::uint64_t events);

    [[nodiscard]] const std::filesystem::path& file() const noexcept { return m_file; }
    [[nodiscard]] std::uint64_t events() const noexcept { return m_events; }
    [[nodiscard]] WallTime from() const noexcept { return m_from; }
    [[nodiscard]] WallTime to() const noexcept { return m_to; }
    [[nodiscard]] double bytes() const;
    [[nodiscard]] double indexBytes() const noexcept { return m_indexBytes; }
    /// Microseconds an event that the writer took for the index, once it had nothing else to do.
    [[nodiscard]] double indexTime() const noexcept { return m_indexTime; }

private:
    void awaitIndex(const Clock& clock);

    BenchDirectory m_directory;
    std::filesystem::path m_file;
    std::uint64_t m_events;
    WallTime m_from;
    WallTime m_to;
    double m_indexBytes = 0;
    double m_indexTime = 0;
};

}  // namespace muster::bench
