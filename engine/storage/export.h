// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>
#include <string>
#include <vector>

#include "base/result.h"
#include "storage/session_reader.h"

namespace muster {

enum class StoredKind : std::uint8_t { metrics, events, results, errors };
enum class StoredFormat : std::uint8_t { csv, jsonl };

struct StoredExport {
    StoredKind kind = StoredKind::events;
    StoredFormat format = StoredFormat::csv;
    std::optional<StoredRange> range;
    std::optional<RunId> run;
    std::vector<std::string> metrics;  ///< of metrics only; empty: all
    StoredEventQuery events;           ///< of events only; range and run above hold too
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
/// Errors: cancelled; ioFailure when the stream fails; those of reading.
[[nodiscard]] Result<std::uint64_t> exportSession(SessionReader& session, const StoredExport& what,
                                                  std::ostream& out,
                                                  const StoredExportProgress& progress = {});

}  // namespace muster
