// SPDX-License-Identifier: Apache-2.0
#include "workload/queue_input.h"

#include <algorithm>
#include <utility>

namespace muster {

namespace {

/// Items put into the queue at once, and jobs held ahead of the agents.
constexpr std::size_t kPushed = 1024;
constexpr std::size_t kAheadOfAgents = 64;
constexpr Duration kFeedBeat = std::chrono::milliseconds(10);

}  // namespace

/// What callbacks of the queues hold on to, however soon the input is gone.
class QueueInput::Core : public std::enable_shared_from_this<QueueInput::Core> {
public:
    Core(JobQueues& queues, Scheduler& scheduler, QueueInputOptions options)
        : m_queues(queues), m_scheduler(scheduler), m_options(std::move(options))
    {
    }

    [[nodiscard]] Result<void> open(std::function<void()> ready);
    [[nodiscard]] Next take(std::unique_ptr<const std::string>& item);
    void given(std::uint64_t number);
    void ended(std::uint64_t number, JobEnd end);
    [[nodiscard]] InputFigures figures() const;
    [[nodiscard]] InputKind kind() const noexcept
    {
        return m_options.feed ? m_options.feed->kind() : InputKind::none;
    }
    void stop();
    void result(const ResultRow& row)
    {
        if (m_options.results != nullptr) {
            m_options.results->result(row);
        }
    }
    void error(const ErrorRow& row);

private:
    struct Held {
        JobId id;
        std::uint64_t token = 0;
    };

    void feed();
    [[nodiscard]] std::vector<NewJob> nextItems(std::size_t most);
    void pushed(PushOutcome outcome, std::vector<NewJob> jobs);
    void fetch();
    void fetched(Result<std::vector<JobLease>> leases);
    [[nodiscard]] bool over() const;
    void giveBack(const Held& held)
    {
        (void)m_queues.release(m_options.queue, held.id, held.token);
    }
    void fail(const Held& held, std::optional<JobRefusal> refusal);

    JobQueues& m_queues;
    Scheduler& m_scheduler;
    QueueInputOptions m_options;
    std::function<void()> m_ready;
    TimerId m_beat;
    std::atomic<bool> m_stopped{false};

    // Of the service thread:
    std::uint64_t m_toSkip = 0;
    std::optional<Held> m_next;  // of the item that take() gave last

    mutable std::mutex m_mutex;  // guards what follows
    std::vector<NewJob> m_unpushed;
    bool m_pushing = false;
    bool m_feedOver = false;
    std::deque<JobLease> m_near;
    bool m_fetching = false;
    std::unordered_map<std::uint64_t, Held> m_out;             // by the number of the job
    std::unordered_map<std::uint64_t, JobRefusal> m_failures;  // likewise
    std::uint64_t m_taken = 0;
};

Result<void> QueueInput::Core::open(std::function<void()> ready)
{
    m_ready = std::move(ready);
    const auto status = m_queues.status(m_options.queue);
    if (!status) {
        return Error{ErrorCode::notFound, "there is no such queue", m_options.queue, {}};
    }
    if (m_options.feed) {
        const QueueRecord& record = status->figures.record;
        m_toSkip = record.input == m_options.feedName ? record.fed : 0;
        if (m_toSkip > 0 && m_options.log) {
            m_options.log->info("queue {}: goes on after {} items that were put in before",
                                m_options.queue, m_toSkip);
        }
        if (auto opened = m_options.feed->open([] {}); !opened) {
            return opened;
        }
    } else {
        m_feedOver = true;
    }
    m_queues.onReady(m_options.queue, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->fetch();
        }
    });
    m_beat = m_scheduler.every("queue", kFeedBeat, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) {
            self->feed();
        }
    });
    feed();
    fetch();
    return {};
}

/// Puts items into the queue as there is room; one push at a time. On the service thread.
void QueueInput::Core::feed()
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_pushing || m_feedOver || m_stopped.load(std::memory_order_acquire)) {
            return;
        }
    }
    const auto status = m_queues.status(m_options.queue);
    const std::uint64_t here =
        status->figures.ready + status->figures.delayed + status->figures.leased;
    const std::uint64_t room =
        status->settings.jobs - std::min<std::uint64_t>(status->settings.jobs, here);
    std::vector<NewJob> jobs = nextItems(std::min<std::uint64_t>(room, kPushed));
    if (jobs.empty()) {
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_pushing = true;
    }
    std::vector<NewJob> copies = jobs;
    m_queues.push(
        m_options.queue, std::move(jobs),
        [self = shared_from_this(), copies = std::move(copies)](PushOutcome outcome) mutable {
            self->pushed(std::move(outcome), std::move(copies));
        },
        m_options.feedName);
}

std::vector<NewJob> QueueInput::Core::nextItems(std::size_t most)
{
    std::vector<NewJob> jobs;
    {
        const std::lock_guard lock(m_mutex);
        jobs.swap(m_unpushed);
    }
    while (jobs.size() < most) {
        std::unique_ptr<const std::string> item;
        const Next next = m_options.feed->take(item);
        if (next == Next::over) {
            const std::lock_guard lock(m_mutex);
            m_feedOver = jobs.empty();
            break;
        }
        if (next == Next::later) {
            break;
        }
        if (m_toSkip > 0) {
            --m_toSkip;
            continue;
        }
        jobs.push_back({.payload = item ? *item : std::string()});
    }
    return jobs;
}

void QueueInput::Core::pushed(PushOutcome outcome, std::vector<NewJob> jobs)
{
    {
        const std::lock_guard lock(m_mutex);
        m_pushing = false;
        const auto done = static_cast<std::ptrdiff_t>(outcome.pushed.size());
        m_unpushed.assign(jobs.begin() + done, jobs.end());
    }
    fetch();
}

void QueueInput::Core::fetch()
{
    std::size_t most = 0;
    {
        const std::lock_guard lock(m_mutex);
        if (m_fetching || m_stopped.load(std::memory_order_acquire) ||
            m_near.size() > kAheadOfAgents / 2) {
            return;
        }
        m_fetching = true;
        most = kAheadOfAgents - m_near.size();
    }
    m_queues.take(m_options.queue, most,
                  [self = shared_from_this()](Result<std::vector<JobLease>> leases) {
                      self->fetched(std::move(leases));
                  });
}

void QueueInput::Core::fetched(Result<std::vector<JobLease>> leases)
{
    const bool stopped = m_stopped.load(std::memory_order_acquire);
    {
        const std::lock_guard lock(m_mutex);
        m_fetching = false;
        if (leases && !stopped) {
            m_near.insert(m_near.end(), leases->begin(), leases->end());
        }
    }
    if (leases && stopped) {
        std::for_each(leases->rbegin(), leases->rend(), [this](const JobLease& lease) {
            giveBack({lease.id, lease.token});
        });
        return;
    }
    if (leases && !leases->empty()) {
        m_ready();
    }
}

bool QueueInput::Core::over() const
{
    {
        const std::lock_guard lock(m_mutex);
        if (!m_feedOver || m_pushing || m_fetching || !m_out.empty() || !m_near.empty()) {
            return false;
        }
    }
    const QueueFigures figures = m_queues.status(m_options.queue)->figures;
    return m_options.feed && figures.ready + figures.delayed + figures.leased == 0;
}

InputSource::Next QueueInput::Core::take(std::unique_ptr<const std::string>& item)
{
    for (;;) {
        std::optional<JobLease> lease;
        {
            const std::lock_guard lock(m_mutex);
            if (!m_near.empty()) {
                lease = std::move(m_near.front());
                m_near.pop_front();
            }
        }
        if (!lease) {
            fetch();
            const std::lock_guard lock(m_mutex);
            if (!m_near.empty()) {
                continue;  // it came at once
            }
            break;
        }
        // From now on it is worked on, so its lease begins now.
        if (!m_queues.extend(m_options.queue, lease->id, lease->token)) {
            continue;  // it waited here for too long, and is another's
        }
        m_next = Held{lease->id, lease->token};
        item = std::make_unique<const std::string>(lease->content->payload);
        fetch();
        return Next::item;
    }
    return over() ? Next::over : Next::later;
}

void QueueInput::Core::given(std::uint64_t number)
{
    const std::lock_guard lock(m_mutex);
    m_out[number] = *std::exchange(m_next, std::nullopt);
    ++m_taken;
}

void QueueInput::Core::error(const ErrorRow& row)
{
    if (row.agent || row.action.size() > 0) {
        const std::lock_guard lock(m_mutex);
        if (m_out.contains(row.number)) {
            m_failures[row.number] = {row.failure, std::string(toString(row.error->code)),
                                      row.error->message};
        }
    }
    if (m_options.results != nullptr) {
        m_options.results->error(row);
    }
}

void QueueInput::Core::ended(std::uint64_t number, JobEnd end)
{
    Held held;
    std::optional<JobRefusal> refusal;
    {
        const std::lock_guard lock(m_mutex);
        const auto at = m_out.find(number);
        if (at == m_out.end()) {
            return;
        }
        held = at->second;
        m_out.erase(at);
        if (const auto known = m_failures.extract(number)) {
            refusal = std::move(known.mapped());
        }
    }
    switch (end) {
        case JobEnd::ok:
            (void)m_queues.acknowledge(m_options.queue, held.id, held.token);
            break;
        case JobEnd::failed:
            fail(held, std::move(refusal));
            break;
        case JobEnd::lost:
            (void)m_queues.lose(m_options.queue, held.id, held.token);
            break;
        case JobEnd::untouched:
            giveBack(held);
            break;
    }
}

void QueueInput::Core::fail(const Held& held, std::optional<JobRefusal> refusal)
{
    (void)m_queues.refuse(
        m_options.queue, held.id, held.token,
        refusal.value_or(JobRefusal{FailureClass::application, "internal", "no reason was given"}));
}

InputFigures QueueInput::Core::figures() const
{
    InputFigures figures = m_options.feed ? m_options.feed->figures() : InputFigures{};
    const std::lock_guard lock(m_mutex);
    figures.taken = m_taken;
    figures.total.reset();  // retries and what others push come on top
    return figures;
}

void QueueInput::Core::stop()
{
    if (m_stopped.exchange(true, std::memory_order_acq_rel)) {
        return;
    }
    m_scheduler.cancel(m_beat);
    m_queues.onReady(m_options.queue, {});
    if (m_options.feed) {
        m_options.feed->stop();
    }
    std::deque<JobLease> near;
    {
        const std::lock_guard lock(m_mutex);
        near.swap(m_near);
    }
    std::for_each(near.rbegin(), near.rend(), [this](const JobLease& lease) {
        giveBack({lease.id, lease.token});
    });
    if (const auto next = std::exchange(m_next, std::nullopt)) {
        giveBack(*next);
    }
}

// ---- QueueInput -----------------------------------------------------------------------------

QueueInput::QueueInput(JobQueues& queues, Scheduler& scheduler, QueueInputOptions options)
    : m_core(std::make_shared<Core>(queues, scheduler, std::move(options)))
{
}

QueueInput::~QueueInput()
{
    m_core->stop();
}

Result<void> QueueInput::open(std::function<void()> ready)
{
    return m_core->open(std::move(ready));
}

InputSource::Next QueueInput::take(std::unique_ptr<const std::string>& item)
{
    return m_core->take(item);
}

void QueueInput::given(std::uint64_t number)
{
    m_core->given(number);
}

void QueueInput::ended(std::uint64_t number, JobEnd end)
{
    m_core->ended(number, end);
}

InputFigures QueueInput::figures() const
{
    return m_core->figures();
}

InputKind QueueInput::kind() const noexcept
{
    return m_core->kind();
}

void QueueInput::stop()
{
    m_core->stop();
}

void QueueInput::result(const ResultRow& row)
{
    m_core->result(row);
}

void QueueInput::error(const ErrorRow& row)
{
    m_core->error(row);
}

}  // namespace muster
