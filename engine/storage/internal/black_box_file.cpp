// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/black_box_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "base/descriptor.h"
#include "storage/internal/black_box_lock.h"
#include "storage/internal/black_box_run.h"

namespace muster {

namespace {

Error notABox(const std::filesystem::path& file, std::string why)
{
    return {ErrorCode::corrupt, "this is no black box: " + std::move(why), file.string(),
            "Name a file that a run left in its black box directory (*.box)."};
}

/// As much as there is, at most `bytes`.
std::string readAt(int descriptor, std::size_t at, std::size_t bytes)
{
    std::string data(bytes, '\0');
    std::size_t done = 0;
    while (done < bytes) {
        const auto got =
            pread(descriptor, data.data() + done, bytes - done, static_cast<off_t>(at + done));
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    data.resize(done);
    return data;
}

template <class T>
T valueAt(std::string_view bytes, std::size_t at)
{
    T value;
    std::memcpy(&value, bytes.data() + at, sizeof value);
    return value;
}

/// The whole records at the beginning of a segment's bytes; false when something else follows.
bool cutWhole(std::string& records)
{
    std::size_t at = 0;
    while (records.size() - at >= sizeof(box::RecordHead)) {
        const auto head = valueAt<box::RecordHead>(records, at);
        const auto takes = box::padded(sizeof head + head.bytes);
        if (takes > records.size() - at ||
            crc32_z(0, reinterpret_cast<const unsigned char*>(records.data()) + at + sizeof head,
                    head.bytes) != head.checksum) {
            break;
        }
        at += takes;
    }
    const bool whole = at == records.size();
    records.resize(at);
    return whole;
}

}  // namespace

std::string BlackBoxCrash::name() const
{
    const char* const known = sigabbrev_np(signal);
    return known != nullptr ? fmt::format("SIG{}", known) : std::to_string(signal);
}

std::string_view BlackBoxInfo::ending() const noexcept
{
    return crash ? "crash" : live ? "alive" : "killed";
}

Result<BlackBoxInfo> readBlackBox(const std::filesystem::path& file)
{
    auto box = BlackBoxFile::read(file);
    return box ? Result<BlackBoxInfo>(box->info()) : box.error();
}

Result<BlackBoxFile> BlackBoxFile::read(const std::filesystem::path& file)
{
    const Descriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor.open()) {
        const int failed = errno;
        return Error{failed == ENOENT   ? ErrorCode::notFound
                     : failed == EACCES ? ErrorCode::permissionDenied
                                        : ErrorCode::ioFailure,
                     fmt::format("the black box cannot be opened ({})", std::strerror(failed)),
                     file.string(), "musterctl blackbox list shows where they are."};
    }
    struct stat status = {};
    if (fstat(descriptor.number(), &status) != 0 || !S_ISREG(status.st_mode)) {
        return notABox(file, "not a file");
    }
    BlackBoxFile box;
    box.m_info.file = file;
    box.m_info.bytes = static_cast<std::uint64_t>(status.st_size);
    box.m_info.live = boxLocked(descriptor);
    if (auto read = box.readHead(readAt(descriptor.number(), 0, box::kHeadBytes)); !read) {
        return read.error();
    }
    if (box.m_info.bytes < box::laneAt(box.m_segmentBytes, box::Lane::count)) {
        return notABox(file, "it was cut short");
    }
    box.readCrash(readAt(descriptor.number(), box::kHeadBytes, box::kCrashBytes));
    for (std::size_t lane = 0; lane < box::kLanes; ++lane) {
        const auto bytes = static_cast<std::size_t>(box.m_segmentBytes[lane]);
        for (std::size_t index = 0; index < box::kSegments; ++index) {
            const auto at =
                box::laneAt(box.m_segmentBytes, static_cast<box::Lane>(lane)) + bytes * index;
            auto data = readAt(descriptor.number(), at, bytes);
            // Begun anew while it was read: its records are among those that come, not these.
            const auto after = readAt(descriptor.number(), at, sizeof(std::uint64_t));
            if (data.size() < bytes || after.size() < sizeof(std::uint64_t)) {
                return notABox(file, "it was cut short");
            }
            const auto generation = valueAt<std::uint64_t>(data, 0);
            const auto used = valueAt<std::uint64_t>(data, sizeof(std::uint64_t));
            if (generation == 0 || generation != valueAt<std::uint64_t>(after, 0)) {
                continue;
            }
            auto records =
                data.substr(sizeof(box::SegmentHead), std::min<std::uint64_t>(used, bytes));
            if (!cutWhole(records)) {
                ++box.m_damaged;
            }
            box.m_segments[lane].push_back({generation, std::move(records)});
        }
        std::ranges::sort(box.m_segments[lane], {}, &Segment::generation);
    }
    return box;
}

Result<void> BlackBoxFile::readHead(const std::string& bytes)
{
    const auto& file = m_info.file;
    if (bytes.size() < box::kHeadBytes || !bytes.starts_with(box::kMagic)) {
        return notABox(file, "it does not begin as one");
    }
    const auto head = valueAt<box::Head>(bytes, 0);
    if (head.version != box::kVersion) {
        return Error{ErrorCode::unsupportedVersion,
                     fmt::format("this black box is of version {}, this build reads {}",
                                 head.version, box::kVersion),
                     file.string(), "Open it with the build that made it."};
    }
    const auto sensible = [](std::uint64_t segment) {
        return segment > sizeof(box::SegmentHead) && segment <= box::kMostSegment &&
               segment % sizeof(std::uint64_t) == 0;
    };
    if (!std::ranges::all_of(head.segmentBytes, sensible) ||
        head.infoBytes > box::kHeadBytes - sizeof(box::Head)) {
        return notABox(file, "its head is damaged");
    }
    auto run = parseRun(std::string_view(bytes).substr(sizeof(box::Head), head.infoBytes));
    if (!run) {
        return notABox(file, run.error().message);
    }
    m_info.run = *std::move(run);
    m_info.process = head.process;
    m_segmentBytes = head.segmentBytes;
    return {};
}

void BlackBoxFile::readCrash(const std::string& bytes)
{
    if (bytes.size() < box::kCrashBytes) {
        return;
    }
    const auto head = valueAt<box::CrashHead>(bytes, 0);
    if (head.signal == 0) {
        return;
    }
    const auto stack = std::string_view(bytes).substr(sizeof head);
    m_info.crash = BlackBoxCrash{
        head.signal,
        std::string(head.thread.data(), strnlen(head.thread.data(), head.thread.size())),
        head.address, std::string(stack.substr(0, stack.find('\0')))};
}

void BlackBoxFile::visit(box::Lane lane,
                         const std::function<void(std::string_view record)>& call) const
{
    for (const Segment& segment : m_segments[static_cast<std::size_t>(lane)]) {
        std::size_t at = 0;
        while (at < segment.records.size()) {
            const auto head = valueAt<box::RecordHead>(segment.records, at);
            call(std::string_view(segment.records).substr(at + sizeof head, head.bytes));
            at += box::padded(sizeof head + head.bytes);
        }
    }
}

}  // namespace muster
