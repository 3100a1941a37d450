// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/hdr_log.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <bit>
#include <chrono>
#include <map>
#include <vector>

namespace muster {

namespace {

// As HdrHistogram's sources have them: V2, with words of any length.
constexpr std::uint32_t kCookie = 0x1c849303 | 0x10;
constexpr std::uint32_t kCompressedCookie = 0x1c849304 | 0x10;
constexpr std::uint32_t kDigits = 2;
constexpr unsigned kHalfMagnitude = 7;  // 256 values to the first bucket, 128 to each other one

std::size_t hdrIndex(std::uint64_t value)
{
    constexpr std::uint64_t kMask = (std::uint64_t{2} << kHalfMagnitude) - 1;
    const auto bucket = static_cast<unsigned>(std::bit_width(value | kMask)) - (kHalfMagnitude + 1);
    const std::uint64_t half = std::uint64_t{1} << kHalfMagnitude;
    return static_cast<std::size_t>(((std::uint64_t{bucket} + 1) << kHalfMagnitude) +
                                    (value >> bucket) - half);
}

template <class Word>
void putBigEndian(std::string& out, Word value)
{
    for (int shift = (static_cast<int>(sizeof value) - 1) * 8; shift >= 0; shift -= 8) {
        out += static_cast<char>(value >> shift & 0xff);
    }
}

/// Zig-zag, seven bits a byte; a ninth byte has eight.
void putZigZag(std::string& out, std::int64_t signedValue)
{
    auto value = static_cast<std::uint64_t>(signedValue) << 1;
    value ^= static_cast<std::uint64_t>(signedValue >> 63);
    for (int i = 0; i < 8 && value >= 0x80; ++i) {
        out += static_cast<char>(value | 0x80);
        value >>= 7;
    }
    out += static_cast<char>(value);
}

/// Counts in their order, where a negative one stands for so many zeros.
std::string countsOf(const Histogram& histogram)
{
    std::map<std::size_t, std::uint64_t> counts;
    for (std::size_t i = 0; i < HistogramBuckets::kCount; ++i) {
        if (const std::uint64_t count = histogram.count(i); count != 0) {
            counts[hdrIndex(HistogramBuckets::middle(i))] += count;
        }
    }
    std::string out;
    std::size_t next = 0;
    for (const auto& [index, count] : counts) {
        const auto zeros = static_cast<std::int64_t>(index - next);
        if (zeros > 0) {
            putZigZag(out, zeros == 1 ? 0 : -zeros);
        }
        putZigZag(out, static_cast<std::int64_t>(count));
        next = index + 1;
    }
    return out;
}

std::string base64(std::string_view bytes)
{
    static constexpr std::string_view kLetters =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        std::uint32_t word = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            const bool there = i + k < bytes.size();
            word = word << 8 | (there ? static_cast<unsigned char>(bytes[i + k]) : 0U);
        }
        for (std::size_t k = 0; k < 4; ++k) {
            out += i + k <= bytes.size() ? kLetters[word >> (18 - 6 * k) & 63] : '=';
        }
    }
    return out;
}

std::string deflated(const std::string& bytes)
{
    uLongf size = compressBound(static_cast<uLong>(bytes.size()));
    std::string out(size, '\0');
    compress(reinterpret_cast<Bytef*>(out.data()), &size,
             reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uLong>(bytes.size()));
    out.resize(size);
    return out;
}

/// A tag ends at the first comma.
std::string tagOf(const SeriesRow& series, RunId run)
{
    std::string tag = series.title();
    for (char& c : tag) {
        c = c == ',' ? ';' : c == ' ' || c == '\n' || c == '\r' ? '_' : c;
    }
    return fmt::format("{};run={}", tag, run.value);
}

double greatest(const Histogram& histogram)
{
    return histogram.quantile(1);
}

double secondsBetween(WallTime from, WallTime to)
{
    return std::chrono::duration<double>(to - from).count();
}

void writeHead(std::string& out, WallTime base)
{
    const double seconds = static_cast<double>(base.nanoseconds) / 1e9;
    fmt::format_to(std::back_inserter(out),
                   "#[Histogram log format version 1.3]\n"
                   "#[StartTime: {0:.3f} (seconds since epoch), {1}]\n"
                   "#[BaseTime: {0:.3f} (seconds since epoch)]\n"
                   "\"StartTimestamp\",\"Interval_Length\",\"Interval_Max\","
                   "\"Interval_Compressed_Histogram\"\n",
                   seconds, toString(base));
}

}  // namespace

std::string hdrEncoded(const Histogram& histogram)
{
    const std::string counts = countsOf(histogram);
    std::string plain;
    putBigEndian(plain, kCookie);
    putBigEndian(plain, static_cast<std::uint32_t>(counts.size()));
    putBigEndian(plain, std::uint32_t{0});  // normalizing index offset
    putBigEndian(plain, kDigits);
    putBigEndian(plain, std::uint64_t{1});  // lowest discernible value
    putBigEndian(plain, HistogramBuckets::kHighest);
    putBigEndian(plain, std::bit_cast<std::uint64_t>(1.0));  // integer to double ratio
    const std::string packed = deflated(plain + counts);
    std::string out;
    putBigEndian(out, kCompressedCookie);
    putBigEndian(out, static_cast<std::uint32_t>(packed.size()));
    return base64(out + packed);
}

Result<void> exportHdrLog(SessionReader::State& session, const StoredExport& what,
                          const std::vector<SeriesRow>& all, ExportWriter& out)
{
    auto frames = FrameScan::open(session, what.range, what.run);
    const auto runs = session.runs();
    if (!frames || !runs) {
        return frames ? runs.error() : frames.error();
    }
    std::optional<WallTime> base;
    std::optional<RunId> run;
    WallTime last;
    std::int64_t unreadable = 0;
    const auto done = frames->run([&](const Frame& frame) {
        if (run != frame.run) {
            run = frame.run;
            const auto known = std::ranges::find(*runs, frame.run, &StoredRun::id);
            last = known != runs->end() ? known->startedAt : frame.at;
            last = what.range ? std::max(last, std::min(what.range->from, frame.at)) : last;
        }
        if (!base) {
            base = last;
            writeHead(out.line(), last);
        }
        for (const SeriesRow& series : all) {
            const auto bytes = frame.buckets.of(series.number);
            if (bytes.empty()) {
                continue;
            }
            const auto histogram = Histogram::decode(bytes);
            if (!histogram) {
                ++unreadable;
                continue;
            }
            fmt::format_to(std::back_inserter(out.line()), "Tag={},{:.3f},{:.3f},{:.3f},{}",
                           tagOf(series, frame.run), secondsBetween(*base, last),
                           secondsBetween(last, frame.at), greatest(*histogram) / 1e6,
                           hdrEncoded(*histogram));
            if (!out.endRow()) {
                return false;
            }
        }
        last = frame.at;
        return true;
    });
    session.damage.add("histograms", -1, unreadable);
    if (done && !base) {
        writeHead(out.line(), {});
    }
    return done;
}

}  // namespace muster
