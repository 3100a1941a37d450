// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>

#include "base/descriptor.h"
#include "base/result.h"
#include "events/event.h"
#include "storage/records.h"
#include "telemetry/sampler.h"

namespace muster {

inline constexpr std::uint64_t kBlackBoxBytes = std::uint64_t{16} * 1024 * 1024;
inline constexpr std::uint64_t kLeastBlackBoxBytes = std::uint64_t{1} * 1024 * 1024;
inline constexpr std::uint64_t kMostBlackBoxBytes = std::uint64_t{1024} * 1024 * 1024;

struct BlackBoxOptions {
    std::filesystem::path file;  ///< made; its directory too
    std::uint64_t bytes = kBlackBoxBytes;
    RunRecord run;
};

/// The last that a run did, in a file of fixed size mapped to memory: what was put in is there
/// for others however the process ends, also by SIGKILL; not after a loss of power. Full, the
/// oldest goes. A quarter is for urgent events, which a flood of others does not push out, a
/// quarter for metrics.
///
/// The file's space is taken when it is made, so that a full disk never ends the process.
/// Locked while its process lives. writeBundle() makes a session of it.
/// Thread safety: every function from any thread; adding waits for nobody but others who add.
class BlackBox final : public MetricSink {
public:
    /// Errors: outOfRange for its size, conflict (another process fills that file), diskFull,
    /// permissionDenied, ioFailure.
    [[nodiscard]] static Result<std::unique_ptr<BlackBox>> create(const BlackBoxOptions& options);
    /// Leaves the file to be found, unless discard() was called.
    ~BlackBox() override;
    BlackBox(const BlackBox&) = delete;
    BlackBox& operator=(const BlackBox&) = delete;

    enum class Share : std::uint8_t { urgent, routine };  ///< whose part of the file
    void add(const Event& event, Share share);
    void accept(std::span<const MetricSample> samples) override;

    /// The run ended well: nobody will want it.
    void discard() noexcept;
    [[nodiscard]] const std::filesystem::path& file() const noexcept { return m_file; }
    /// Records too large for a segment, which were left out.
    [[nodiscard]] std::uint64_t leftOut() const;

private:
    class Mapping;
    BlackBox(std::filesystem::path file, Descriptor descriptor, std::unique_ptr<Mapping> mapping);

    void addMetrics();

    std::filesystem::path m_file;
    Descriptor m_descriptor;
    bool m_discarded = false;
    mutable std::mutex m_mutex;  // guards what follows
    std::unique_ptr<Mapping> m_mapping;
    std::string m_scratch;
    std::uint64_t m_leftOut = 0;
};

/// From now on a signal that ends the process by its own fault (SIGSEGV, SIGBUS, SIGFPE, SIGILL,
/// SIGABRT) is noted in every open box, with its thread and stack, before it takes its course.
/// Of the process: for programs, not for libraries. A second call does nothing.
void noteCrashesInBlackBoxes();

}  // namespace muster
