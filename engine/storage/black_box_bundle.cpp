// SPDX-License-Identifier: Apache-2.0
#include "storage/black_box_bundle.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <unordered_map>
#include <utility>

#include "events/event_pool.h"
#include "events/type_registry.h"
#include "storage/internal/black_box_file.h"
#include "storage/recorder.h"
#include "telemetry/catalogue.h"

namespace muster {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kProof = "state.recorded";  // of all events, not of the last ones
constexpr Duration kWriteBound = std::chrono::minutes(1);

/// Reads the parts of one record, never beyond its end.
class RecordReader {
public:
    explicit RecordReader(std::string_view bytes) : m_left(bytes) {}

    [[nodiscard]] bool atEnd() const noexcept { return m_left.empty(); }
    template <class T>
    [[nodiscard]] std::optional<T> head()
    {
        if (m_left.size() < sizeof(T)) {
            return std::nullopt;
        }
        T value;
        std::memcpy(&value, m_left.data(), sizeof value);
        m_left.remove_prefix(sizeof value);
        return value;
    }
    [[nodiscard]] std::optional<std::string_view> text(std::size_t bytes)
    {
        if (m_left.size() < bytes) {
            return std::nullopt;
        }
        const auto taken = m_left.substr(0, bytes);
        m_left.remove_prefix(bytes);
        return taken;
    }

private:
    std::string_view m_left;
};

/// The events of a box, as they were published.
class BoxEvents {
public:
    explicit BoxEvents(const BlackBoxFile& file)
    {
        file.visit(box::Lane::urgent, [this](std::string_view record) { add(record); });
        file.visit(box::Lane::routine, [this](std::string_view record) { add(record); });
        std::ranges::sort(m_events, {}, [](const EventPtr& event) { return event->id; });
    }

    [[nodiscard]] const std::vector<EventPtr>& all() const noexcept { return m_events; }

    /// One more, after the last.
    void conclude(const RunRecord& run, WallTime at, const Fields& data)
    {
        const auto encoded = data.view().encoded();
        Event* const event = m_pool.create(eventInfo(EventType::blackboxSaved), encoded.size());
        std::ranges::copy(encoded, EventPool::data(event));
        event->type = EventType::blackboxSaved;
        event->durable = true;
        event->source = Component::engine;
        event->at = at;
        event->id = {run.origin, m_events.empty() ? 1 : m_events.back()->id.sequence + 1};
        m_events.push_back(EventPtr::adopt(event));
    }

private:
    void add(std::string_view record)
    {
        RecordReader reader(record);
        const auto head = reader.head<box::EventHead>();
        const auto name = head ? reader.text(head->nameBytes) : std::nullopt;
        const auto data = name ? reader.text(head->dataBytes) : std::nullopt;
        const auto type =
            data && *name != kProof ? m_types.intern(*name) : Result<TypeId>(TypeId());
        const auto encoded = std::as_bytes(std::span(data.value_or("")));
        if (!type || !*type || !field_encoding::wellFormed(encoded) ||
            head->component >= static_cast<std::uint8_t>(Component::count)) {
            return;
        }
        Event* const event = m_pool.create(*m_types.info(*type), encoded.size());
        std::ranges::copy(encoded, EventPool::data(event));
        event->type = *type;
        event->durable = head->durable != 0;
        event->source.agent = AgentId::unpack(head->agent);
        event->source.component = static_cast<Component>(head->component);
        event->at = {head->at};
        event->mono = {head->mono};
        event->id = {head->origin, head->sequence};
        event->cause = {head->causeOrigin, head->causeSequence};
        event->trace = {head->trace};
        event->correlation = {head->correlation};
        m_events.push_back(EventPtr::adopt(event));
    }

    EventPool m_pool;
    TypeRegistry m_types;
    std::vector<EventPtr> m_events;
};

/// Hands on a batch of samples as it was taken; how many.
std::uint64_t replaySamples(std::string_view record, MetricSink& sink)
{
    std::vector<MetricSample> samples;
    RecordReader reader(record);
    while (!reader.atEnd()) {
        const auto head = reader.head<box::SampleHead>();
        const auto name = head ? reader.text(head->nameBytes) : std::nullopt;
        const auto labels = name ? reader.text(head->labelBytes) : std::nullopt;
        const auto buckets = labels ? reader.text(head->bucketBytes) : std::nullopt;
        if (!buckets) {
            break;
        }
        if (const MetricInfo* info = findMetric(*name)) {
            samples.push_back({info, *labels, {head->at}, head->value, *buckets});
        }
    }
    sink.accept(samples);
    return samples.size();
}

Fields explain(const BlackBoxInfo& box, std::string_view reason, std::string_view detail,
               std::size_t events)
{
    Fields fields{
        {"cause", reason}, {"process", box.process}, {"events", static_cast<std::int64_t>(events)}};
    if (!detail.empty()) {
        fields.add("detail", detail);
    }
    if (box.crash) {
        fields.add("signal", box.crash->name()).add("thread", box.crash->thread);
        if (box.crash->address != 0) {
            fields.add("address", fmt::format("{:#x}", box.crash->address));
        }
        fields.add("stack", box.crash->stack);
    }
    return fields;
}

Result<std::unique_ptr<Recorder>> openBundle(const fs::path& part, const RunRecord& run)
{
    RecorderOptions options;
    options.file = part;
    options.run = run;
    options.clock = systemClock();
    auto all = CapturePolicy::parseRule("**", "all");
    auto capture =
        all ? CapturePolicy::make({*std::move(all)}) : Result<CapturePolicy>(all.error());
    if (!capture) {
        return capture.error();
    }
    options.capture = *std::move(capture);
    options.simulated = true;  // waits for the writer instead of shedding
    return Recorder::open(std::move(options));
}

}  // namespace

Result<BlackBoxBundle> writeBundle(const fs::path& file, const fs::path& bundle,
                                   std::string_view reason, std::string_view detail)
{
    const auto box = BlackBoxFile::read(file);
    if (!box) {
        return box.error();
    }
    std::error_code unknown;
    if (fs::exists(bundle, unknown)) {
        return Error{ErrorCode::conflict, "there is a file of that name already", bundle.string(),
                     "Name another file for the bundle."};
    }
    BlackBoxBundle made;
    made.box = box->info();
    made.file = bundle;
    BoxEvents events(*box);
    if (!events.all().empty()) {
        made.first = events.all().front()->at;
        made.last = events.all().back()->at;
    }
    made.events = events.all().size();
    const auto end = made.last.value_or(made.box.run.startedAt);
    events.conclude(made.box.run, end, explain(made.box, reason, detail, made.events));

    auto part = bundle;
    part += ".part";
    fs::create_directories(bundle.parent_path(), unknown);
    fs::remove(part, unknown);
    auto recorder = openBundle(part, made.box.run);
    if (!recorder) {
        return recorder.error();
    }
    (*recorder)->acceptBatch(events.all());
    made.damaged = box->damaged();
    box->visit(box::Lane::metrics,
               [&](std::string_view record) { made.samples += replaySamples(record, **recorder); });
    (*recorder)->addMark({end, "alert", fmt::format("Black box: {}", reason)});
    auto written = (*recorder)->close({end, "{}"}, kWriteBound);
    if (const auto lost = (*recorder)->status().drops.total(); written && lost > 0) {
        written = Error{ErrorCode::ioFailure,
                        fmt::format("{} records found no place in the bundle", lost),
                        bundle.string(), "Make room on that disk; the box is still there."};
    }
    recorder->reset();
    if (written) {
        fs::rename(part, bundle, unknown);
        if (unknown) {
            written = Error{ErrorCode::ioFailure,
                            "the bundle could not be given its name (" + unknown.message() + ")",
                            bundle.string(), "Check the disk, or name another directory."};
        }
    }
    if (!written) {
        fs::remove(part, unknown);
        return written.error();
    }
    return made;
}

}  // namespace muster
