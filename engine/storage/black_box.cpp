// SPDX-License-Identifier: Apache-2.0
#include "storage/black_box.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "storage/internal/black_box_layout.h"
#include "storage/internal/black_box_lock.h"
#include "storage/internal/black_box_run.h"
#include "storage/internal/crash_note.h"

namespace muster {

namespace {

using box::Lane;

Error fileError(int number, const std::filesystem::path& file, const char* what)
{
    constexpr auto kElsewhere =
        "Name another directory (--black-box DIR), or leave it out "
        "(--black-box off)";
    const auto code = number == ENOSPC || number == EDQUOT  ? ErrorCode::diskFull
                      : number == EACCES || number == EPERM ? ErrorCode::permissionDenied
                      : number == EROFS                     ? ErrorCode::readOnly
                                                            : ErrorCode::ioFailure;
    return {code, fmt::format("the black box could not be {} ({})", what, std::strerror(number)),
            file.string(), kElsewhere};
}

Error inUse(const std::filesystem::path& file)
{
    return {ErrorCode::conflict, "another run fills this black box", file.string(),
            "Give this run a directory of its own (--black-box DIR)"};
}

Result<Descriptor> openLocked(const std::filesystem::path& file)
{
    std::error_code failed;
    std::filesystem::create_directories(file.parent_path(), failed);
    Descriptor descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!descriptor.open()) {
        return fileError(errno, file, "made");
    }
    if (!lockBox(descriptor)) {
        return inUse(file);
    }
    return descriptor;
}

std::array<std::uint64_t, box::kLanes> segmentsOf(std::uint64_t bytes)
{
    constexpr std::uint64_t kPage = 4096;
    const auto segment = [bytes](std::uint64_t share) {
        return bytes / share / box::kSegments / kPage * kPage;
    };
    return {segment(4), segment(2), segment(4)};
}

}  // namespace

/// The file in memory, and where each lane goes on.
class BlackBox::Mapping {
public:
    Mapping(char* memory, std::size_t bytes,
            const std::array<std::uint64_t, box::kLanes>& segmentBytes)
        : m_memory(memory), m_bytes(bytes), m_segmentBytes(segmentBytes)
    {
        for (std::size_t lane = 0; lane < box::kLanes; ++lane) {
            begin(static_cast<Lane>(lane), 0);
        }
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    ~Mapping() { munmap(m_memory, m_bytes); }

    /// False when it is larger than a segment.
    [[nodiscard]] bool append(Lane lane, std::string_view record)
    {
        const auto index = static_cast<std::size_t>(lane);
        const auto takes = box::padded(sizeof(box::RecordHead) + record.size());
        const auto room = m_segmentBytes[index] - sizeof(box::SegmentHead);
        if (takes > room) {
            return false;
        }
        auto used = head(lane).used.load(std::memory_order_relaxed);
        if (takes > room - used) {
            begin(lane, (m_current[index] + 1) % box::kSegments);
            used = 0;
        }
        const box::RecordHead size{
            static_cast<std::uint32_t>(record.size()),
            static_cast<std::uint32_t>(
                crc32_z(0, reinterpret_cast<const unsigned char*>(record.data()), record.size()))};
        char* const at = segment(lane) + sizeof(box::SegmentHead) + used;
        std::memcpy(at, &size, sizeof size);
        std::memcpy(at + sizeof size, record.data(), record.size());
        head(lane).used.store(used + takes, std::memory_order_release);
        return true;
    }

private:
    [[nodiscard]] char* segment(Lane lane) const
    {
        const auto index = static_cast<std::size_t>(lane);
        return m_memory + box::laneAt(m_segmentBytes, lane) +
               m_segmentBytes[index] * m_current[index];
    }
    [[nodiscard]] box::SegmentHead& head(Lane lane) const
    {
        return *reinterpret_cast<box::SegmentHead*>(segment(lane));
    }
    void begin(Lane lane, std::uint32_t segment)
    {
        m_current[static_cast<std::size_t>(lane)] = segment;
        auto& begun = head(lane);
        begun.generation.store(0, std::memory_order_release);
        begun.used.store(0, std::memory_order_release);
        begun.generation.store(++m_generation, std::memory_order_release);
    }

    char* m_memory;
    std::size_t m_bytes;
    std::array<std::uint64_t, box::kLanes> m_segmentBytes;
    std::array<std::uint32_t, box::kLanes> m_current{};
    std::uint64_t m_generation = 0;
};

Result<std::unique_ptr<BlackBox>> BlackBox::create(const BlackBoxOptions& options)
{
    if (options.bytes < kLeastBlackBoxBytes || options.bytes > kMostBlackBoxBytes) {
        return Error{ErrorCode::outOfRange,
                     fmt::format("a black box of {} bytes cannot be made", options.bytes),
                     options.file.string(), "Give it 1MiB to 1GiB."};
    }
    // Only once it is whole does it bear a name by which others find it.
    auto begun = options.file;
    begun += ".new";
    if (const Descriptor taken(::open(options.file.c_str(), O_RDWR | O_CLOEXEC));
        taken.open() && boxLocked(taken)) {
        return inUse(options.file);
    }
    auto descriptor = openLocked(begun);
    if (!descriptor) {
        return descriptor.error();
    }
    const auto segments = segmentsOf(options.bytes);
    const auto bytes = box::laneAt(segments, Lane::count);
    // Empty first: what another left there is not mistaken for ours.
    if (ftruncate(descriptor->number(), 0) != 0) {
        return fileError(errno, options.file, "emptied");
    }
    if (const int failed = posix_fallocate(descriptor->number(), 0, static_cast<off_t>(bytes))) {
        ::unlink(begun.c_str());
        return fileError(failed, options.file, "given its space");
    }
    void* const memory =
        mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor->number(), 0);
    if (memory == MAP_FAILED) {
        const int failed = errno;
        ::unlink(begun.c_str());
        return fileError(failed, options.file, "mapped");
    }
    auto* const begin = static_cast<char*>(memory);
    auto mapping = std::make_unique<Mapping>(begin, bytes, segments);
    auto info = runText(options.run);
    if (info.size() > box::kHeadBytes - sizeof(box::Head)) {
        info = runText({options.run.startedAt, options.run.origin, {}, {}, {}, {}, {}});
    }
    std::memcpy(begin + sizeof(box::Head), info.data(), info.size());
    box::Head head{{}, box::kVersion, static_cast<std::uint32_t>(getpid()), segments, info.size()};
    box::kMagic.copy(head.magic.data(), head.magic.size());
    std::memcpy(begin, &head, sizeof head);
    if (::rename(begun.c_str(), options.file.c_str()) != 0) {
        const int failed = errno;
        ::unlink(begun.c_str());
        return fileError(failed, options.file, "given its name");
    }
    noteCrashesIn(descriptor->number());
    return std::unique_ptr<BlackBox>(
        new BlackBox(options.file, *std::move(descriptor), std::move(mapping)));
}

BlackBox::BlackBox(std::filesystem::path file, Descriptor descriptor,
                   std::unique_ptr<Mapping> mapping)
    : m_file(std::move(file)), m_descriptor(std::move(descriptor)), m_mapping(std::move(mapping))
{
}

BlackBox::~BlackBox()
{
    noteNoCrashesIn(m_descriptor.number());
    if (m_discarded) {
        ::unlink(m_file.c_str());
    }
}

void BlackBox::discard() noexcept
{
    m_discarded = true;
}

std::uint64_t BlackBox::leftOut() const
{
    const std::lock_guard lock(m_mutex);
    return m_leftOut;
}

void BlackBox::add(const Event& event, Share share)
{
    const auto name = event.typeName();
    const auto data = event.data().encoded();
    const box::EventHead head{event.at.nanoseconds,
                              event.mono.nanoseconds,
                              event.id.origin,
                              event.id.sequence,
                              event.cause.origin,
                              event.cause.sequence,
                              event.trace.value,
                              event.correlation.value,
                              event.source.agent.packed(),
                              static_cast<std::uint32_t>(data.size()),
                              static_cast<std::uint16_t>(name.size()),
                              static_cast<std::uint8_t>(event.source.component),
                              static_cast<std::uint8_t>(event.durable ? 1 : 0)};
    const std::lock_guard lock(m_mutex);
    m_scratch.assign(reinterpret_cast<const char*>(&head), sizeof head);
    m_scratch.append(name);
    m_scratch.append(reinterpret_cast<const char*>(data.data()), data.size());
    if (!m_mapping->append(share == Share::urgent ? Lane::urgent : Lane::routine, m_scratch)) {
        ++m_leftOut;
    }
}

void BlackBox::accept(std::span<const MetricSample> samples)
{
    constexpr std::size_t kBatch = 16 * 1024;
    const std::lock_guard lock(m_mutex);
    m_scratch.clear();
    for (const MetricSample& sample : samples) {
        const box::SampleHead head{sample.at.nanoseconds, sample.value,
                                   static_cast<std::uint32_t>(sample.buckets.size()),
                                   static_cast<std::uint16_t>(sample.info->name.size()),
                                   static_cast<std::uint16_t>(sample.labels.size())};
        m_scratch.append(reinterpret_cast<const char*>(&head), sizeof head);
        m_scratch.append(sample.info->name).append(sample.labels).append(sample.buckets);
        if (m_scratch.size() >= kBatch) {
            addMetrics();
        }
    }
    addMetrics();
}

void BlackBox::addMetrics()
{
    if (!m_scratch.empty() && !m_mapping->append(Lane::metrics, m_scratch)) {
        ++m_leftOut;
    }
    m_scratch.clear();
}

}  // namespace muster
