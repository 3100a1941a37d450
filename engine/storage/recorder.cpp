// SPDX-License-Identifier: Apache-2.0
#include "storage/recorder.h"

#include <atomic>
#include <mutex>
#include <system_error>
#include <utility>

#include "base/thread.h"
#include "events/engine_state.h"
#include "storage/internal/capture_gate.h"
#include "storage/internal/queue_rows.h"
#include "storage/internal/record_queue.h"
#include "storage/internal/session_state.h"
#include "storage/internal/store_loop.h"
#include "storage/internal/stream_rows.h"
#include "storage/session_file.h"

namespace muster {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr Duration kGiveBackWithin = std::chrono::seconds(2);

std::optional<std::uint64_t> freeBytes(const std::filesystem::path& file)
{
    std::error_code code;
    const auto space = std::filesystem::space(file.parent_path(), code);
    return code ? std::nullopt : std::optional<std::uint64_t>(space.available);
}

Error refusedAppend(Refusal refusal, const std::filesystem::path& file)
{
    return refusal == Refusal::closed
               ? Error{ErrorCode::unavailable, "the session is closed", file.string(),
                       "Open it again"}
               : Error{ErrorCode::overloaded, "the session's writer is behind", file.string(),
                       "Try again later"};
}

RecordQueueOptions queueOptions(const RecorderOptions& options)
{
    return {.bound = options.queueBound,
            .groupRecords = options.groupRecords,
            .groupWindow = options.groupWindow,
            .durableWindow = options.durableWindow,
            .sendersWait = options.simulated};
}

}  // namespace

class Recorder::Impl {
public:
    Impl(RecorderOptions options, RunId run)
        : m_run(run), m_queue(queueOptions(options)), m_gate(std::move(options.capture))
    {
    }

    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void start(StoreLoop::Parts parts, SessionFile::State& state)
    {
        m_loop = std::make_unique<StoreLoop>(std::move(parts), state);
        m_thread = NamedThread("muster-store", [this] { m_loop->run(); });
    }
    void accept(RecordQueue::Sender& sender, CaptureGate::Type& type, const EventPtr& event);
    void refused(Refusal refusal);
    template <class Add>
    void guaranteed(Add add);
    [[nodiscard]] Result<void> close(std::optional<RunEndRecord> end, Duration bound);

    const RunId m_run;
    RecordQueue m_queue;
    CaptureGate m_gate;
    StoredQueues m_queues;  // until they are taken
    std::unique_ptr<StoreLoop> m_loop;
    // Guarded by the queue, whose order is theirs:
    EngineState m_state{AgentRoll::Names::left};
    EventId m_stateLast;
    std::atomic<std::uint64_t> m_queueFull{0};
    std::atomic<std::uint64_t> m_noSpace{0};
    std::atomic<std::uint64_t> m_afterClose{0};

private:
    std::mutex m_closeMutex;  // guards what follows
    bool m_closed = false;
    NamedThread m_thread;
};

void Recorder::Impl::refused(Refusal refusal)
{
    switch (refusal) {
        case Refusal::none:
            break;
        case Refusal::full:
            m_queueFull.fetch_add(1, kRelaxed);
            break;
        case Refusal::noSpace:
            m_noSpace.fetch_add(1, kRelaxed);
            break;
        case Refusal::closed:
            m_afterClose.fetch_add(1, kRelaxed);
            break;
    }
}

void Recorder::Impl::accept(RecordQueue::Sender& sender, CaptureGate::Type& type,
                            const EventPtr& event)
{
    const Urgency urgency = event->durable ? Urgency::guaranteed
                            : type.always  ? Urgency::important
                                           : Urgency::ordinary;
    if (const Refusal refusal = sender.admit(urgency); refusal != Refusal::none) {
        type.shed.fetch_add(1, kRelaxed);
        refused(refusal);
        return;
    }
    type.kept.fetch_add(1, kRelaxed);
    sender.batch().events.push_back(event);
    sender.batch().durable = sender.batch().durable || event->durable;
    if (type.shapes) {
        m_state.apply(static_cast<EventType>(event->type.value), event->source, event->data(),
                      event->at);
        m_stateLast = event->id;
    }
    sender.pushed();
}

template <class Add>
void Recorder::Impl::guaranteed(Add add)
{
    RecordQueue::Sender sender(m_queue);
    const Refusal refusal = sender.admit(Urgency::guaranteed);
    if (refusal != Refusal::none) {
        refused(refusal);
        return;
    }
    add(sender.batch());
    sender.pushed();
}

Result<void> Recorder::Impl::close(std::optional<RunEndRecord> end, Duration bound)
{
    const std::lock_guard lock(m_closeMutex);
    if (std::exchange(m_closed, true)) {
        return {};
    }
    if (end) {
        m_loop->setEnd(std::move(*end));
    }
    m_queue.close(bound);
    m_thread.join();
    const auto& error = m_loop->finalError();
    return error ? Result<void>(*error) : Result<void>();
}

// ---- Recorder -----------------------------------------------------------------------------

Result<std::unique_ptr<Recorder>> Recorder::open(RecorderOptions options)
{
    auto file = SessionFile::open(options.file, options.faults);
    if (!file) {
        return file.error();
    }
    const auto run = (*file)->beginRun(options.run);
    if (!run) {
        return run.error();
    }
    SessionFile::State& state = (*file)->state();
    const SessionWriter::Place place{state.database, *run, options.run.origin, options.faults};
    auto writer = SessionWriter::open(place);
    if (!writer) {
        return writer.error();
    }
    auto queues = loadQueues(state.database, LetterRows::waiting);
    if (!queues) {
        return queues.error();
    }
    if (!options.retention.freeDisk) {
        options.retention.freeDisk = [path = state.file] { return freeBytes(path); };
    }
    auto impl = std::make_unique<Impl>(options, *run);
    impl->m_queues = std::move(queues).value();
    StoreLoop::Parts parts{.file = std::move(file).value(),
                           .writer = std::move(writer).value(),
                           .place = place,
                           .queue = impl->m_queue,
                           .gate = impl->m_gate,
                           .clock = options.clock,
                           .retention = options.retention,
                           .logger = options.logger};
    impl->start(std::move(parts), state);
    return std::unique_ptr<Recorder>(new Recorder(std::move(impl)));
}

Recorder::Recorder(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Recorder::~Recorder()
{
    (void)m_impl->close(std::nullopt, kCloseBound);
}

void Recorder::onAcknowledged(RecorderAcknowledged acknowledged)
{
    m_impl->m_loop->acknowledged = std::move(acknowledged);
}

void Recorder::onTrouble(RecorderTroubled troubled)
{
    m_impl->m_loop->troubled = std::move(troubled);
}

void Recorder::onRetention(RecorderRetained retained)
{
    m_impl->m_loop->retained = std::move(retained);
}

void Recorder::accept(const EventPtr& event)
{
    if (event->replayed) {
        return;  // it is stored where it happened
    }
    CaptureGate::Type& type = m_impl->m_gate.type(*event);
    if (m_impl->m_gate.admits(type, *event)) {
        RecordQueue::Sender sender(m_impl->m_queue);
        m_impl->accept(sender, type, event);
    }
}

void Recorder::acceptBatch(std::span<const EventPtr> events)
{
    RecordQueue::Sender sender(m_impl->m_queue);
    for (const EventPtr& event : events) {
        if (event->replayed) {
            continue;
        }
        CaptureGate::Type& type = m_impl->m_gate.type(*event);
        if (m_impl->m_gate.admits(type, *event)) {
            m_impl->accept(sender, type, event);
        }
    }
}

void Recorder::accept(std::span<const MetricSample> samples)
{
    if (samples.empty()) {
        return;
    }
    RecordQueue::Sender sender(m_impl->m_queue);
    if (const Refusal refusal = sender.admit(Urgency::important); refusal != Refusal::none) {
        m_impl->refused(refusal);
        return;
    }
    sender.batch().samples.add(samples);
    sender.pushed();
}

void Recorder::addResult(ResultRecord result)
{
    m_impl->guaranteed([&](RecordBatch& batch) { batch.results.push_back(std::move(result)); });
}

void Recorder::addError(ErrorRecord error)
{
    m_impl->guaranteed([&](RecordBatch& batch) { batch.errors.push_back(std::move(error)); });
}

void Recorder::addMark(MarkRecord mark)
{
    m_impl->guaranteed([&](RecordBatch& batch) { batch.marks.push_back(std::move(mark)); });
}

void Recorder::addCalls(CallLogRecord calls)
{
    m_impl->guaranteed([&](RecordBatch& batch) { batch.calls.push_back(std::move(calls)); });
}

void Recorder::addConfiguration(ConfigurationRecord version)
{
    m_impl->guaranteed([&](RecordBatch& batch) {
        batch.configurations.push_back(std::move(version));
        batch.durable = true;
    });
}

std::future<Result<StreamAppended>> Recorder::append(StreamAppend append)
{
    PendingAppend pending{std::move(append), {}};
    auto answer = pending.answer.get_future();
    if (auto wrong = checkAppend(pending.append); !wrong) {
        pending.answer.set_value(wrong.error());
        return answer;
    }
    RecordQueue::Sender sender(m_impl->m_queue);
    Refusal refusal = sender.admit(Urgency::important);
    if (refusal == Refusal::noSpace) {
        refusal = sender.admit(Urgency::guaranteed);  // as all that is durable
    }
    if (refusal == Refusal::none) {
        sender.batch().appends.push_back(std::move(pending));
        sender.batch().durable = true;
        sender.pushed();
    } else {
        m_impl->refused(refusal);
        pending.answer.set_value(refusedAppend(refusal, m_impl->m_loop->status().file));
    }
    return answer;
}

StoredQueues Recorder::takeQueues()
{
    return std::move(m_impl->m_queues);
}

void Recorder::onQueueCommitted(QueueCommitted committed)
{
    m_impl->m_loop->queueCommitted = std::move(committed);
}

void Recorder::addQueueStep(std::uint64_t number, QueueStep step)
{
    m_impl->guaranteed([&](RecordBatch& batch) {
        batch.queueSteps.push_back({number, std::move(step)});
        batch.durable = true;
    });
}

std::optional<Error> Recorder::queueTrouble() const
{
    return m_impl->m_loop->trouble();
}

bool Recorder::behind() const noexcept
{
    return m_impl->m_queue.behind();
}

RunId Recorder::run() const noexcept
{
    return m_impl->m_run;
}

RecorderStatus Recorder::status() const
{
    RecorderStatus status = m_impl->m_loop->status();
    status.waiting = m_impl->m_queue.waiting();
    status.countedOnly = m_impl->m_gate.notKept();
    status.thinned = m_impl->m_gate.thinned();
    status.drops.queueFull = m_impl->m_queueFull.load(kRelaxed);
    status.drops.noSpace = m_impl->m_noSpace.load(kRelaxed);
    status.drops.afterClose = m_impl->m_afterClose.load(kRelaxed);
    return status;
}

std::vector<CaptureCounts> Recorder::captureCounts() const
{
    return m_impl->m_gate.counts();
}

RecordedState Recorder::state() const
{
    const RecordQueue::Sender sender(m_impl->m_queue);
    return {m_impl->m_stateLast, m_impl->m_state.hashText()};
}

CapturePolicy Recorder::capture() const
{
    return m_impl->m_gate.policy();
}

void Recorder::setCapture(CapturePolicy policy)
{
    m_impl->m_gate.setPolicy(std::move(policy));
}

void Recorder::keepOneOf(std::uint32_t oneOf)
{
    m_impl->m_gate.keepOneOf(oneOf);
}

void Recorder::maintain()
{
    m_impl->m_queue.requestMaintenance();
}

Result<std::uint64_t> Recorder::giveBack(StoreStock stock)
{
    auto answer = m_impl->m_loop->giveBack(stock);
    if (answer.wait_for(kGiveBackWithin) == std::future_status::ready) {
        return answer.get();
    }
    return Error{ErrorCode::timedOut, "the session's writer has no time for it", {}, {}};
}

Result<void> Recorder::flush(Duration bound)
{
    if (m_impl->m_queue.waitDone(bound)) {
        return {};
    }
    const std::string problem = m_impl->m_loop->status().problem;
    return Error{ErrorCode::timedOut,
                 "not all records could be written in time" +
                     (problem.empty() ? std::string() : " (" + problem + ")"),
                 m_impl->m_loop->status().file.string(), "Wait, or free the disk"};
}

Result<void> Recorder::close(const RunEndRecord& end, Duration bound)
{
    return m_impl->close(end, bound);
}

}  // namespace muster
