// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

enum class StoredKind : std::uint8_t { metrics, events, results, errors };
enum class StoredFormat : std::uint8_t { csv, jsonl, csvWide, openMetrics, hdrLog };

struct StoredExport {
    StoredKind kind = StoredKind::events;
    StoredFormat format = StoredFormat::csv;
    std::optional<StoredRange> range;
    std::optional<RunId> run;
    /// Of metrics only: names ("actions.latency") or single series as csvWide heads them
    /// ("actions.latency{action=digest}"); empty: all.
    std::vector<std::string> metrics;
    StoredEventQuery events;  ///< of events only; range and run above hold too
};

/// Progress in rows written so far, asked now and then; return false to cancel.
using StoredExportProgress = std::function<bool(std::uint64_t rows)>;

/// Streams a session's rows, oldest first unless the event query says otherwise, with flat
/// memory; returns the rows written (without the header).
///
/// C locale, times in UTC (ISO 8601), UTF-8: bytes that are not are percent-encoded ("%FF").
/// CSV follows RFC 4180 with LF line ends and one header line:
/// - metrics: time,metric,labels,value,unit,run
/// - events: id,time,run,type,source,data,trace,cause,correlation,durable,version
/// - results: the actions' fields in their order (path,bytes,lines,words,sha256 for a digest),
///   then time,run,action,agent,item; of those one that a field is called too is written as
///   "record_<name>"
/// - errors: time,run,action,agent,item,class,code,message
/// JSON Lines have the same keys; an event's data is an object, an unknown value is left out.
///
/// Of metrics only:
/// - csvWide: time,run and a column for each series, headed "name{labels} (unit)"; one row for each
///   moment that was sampled, nothing where a series has no sample of it
/// - openMetrics: OpenMetrics 1.0 text in base units (openMetricsFamily()), with the label "run".
///   A histogram's buckets add up from the first sample written on; its sum is that of the
///   buckets' middles, within 1 %
/// - hdrLog: HdrHistogram interval log, version 1.3, of the histograms: a line for each of them and
///   each moment, tagged with the series and the run, its histogram in the compressed V2 encoding
///
/// Errors: cancelled; ioFailure when the stream fails; invalidArgument for a format that the kind
/// has not; notFound for a metric that is neither in the session nor in the catalogue; those of
/// reading.
[[nodiscard]] Result<std::uint64_t> exportSession(SessionReader& session, const StoredExport& what,
                                                  std::ostream& out,
                                                  const StoredExportProgress& progress = {});

/// Progress in pages of the file: copied and all; return false to cancel.
using StoredCopyProgress = std::function<bool(std::uint64_t done, std::uint64_t all)>;

/// Copies the whole session, as it is at one moment, to a file of its own; a recorder may go on
/// writing to it. Written beside and moved into place: what is cancelled or fails leaves nothing.
/// Returns the bytes of the copy. Errors: cancelled; invalidArgument for a file that is a session
/// in use; as Database.
[[nodiscard]] Result<std::uint64_t> copySession(SessionReader& session,
                                                const std::filesystem::path& file,
                                                const StoredCopyProgress& progress = {});

}  // namespace muster
