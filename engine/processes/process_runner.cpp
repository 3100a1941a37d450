// SPDX-License-Identifier: Apache-2.0
#include "processes/process_runner.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "base/io_thread.h"
#include "processes/group_watch.h"
#include "processes/internal/process.h"

namespace muster {

struct ProcessRunner::Job {
    ProcessRequest request;
    std::unique_ptr<ProcessReceiver> receiver;
    std::unique_ptr<Process> process;  // of the I/O thread
    std::atomic<bool> over{false};
};

/// The I/O thread's side. Lives as long as a ticket does; the thread as long as the runner.
class ProcessRunner::Impl final : public IoWork {
public:
    explicit Impl(const ProcessRunnerOptions& options) : m_options(options) {}

    [[nodiscard]] Result<void> run(const std::shared_ptr<Job>& job);
    void cancel(const std::shared_ptr<Job>& job) noexcept;
    void stop();
    [[nodiscard]] std::uint64_t running() const noexcept { return m_running.load(); }

    Duration turn() override;
    void ready(int descriptor, std::uint32_t events) override;

private:
    using Jobs = std::vector<std::shared_ptr<Job>>;

    [[nodiscard]] Result<void> start();
    void begin(const std::shared_ptr<Job>& job);
    [[nodiscard]] Result<void> watch(const std::shared_ptr<Job>& job);
    void end(const std::shared_ptr<Job>& job, Result<ProcessReport> report);
    void leave(Process& process);

    const ProcessRunnerOptions m_options;
    const std::shared_ptr<Clock> m_clock = systemClock();
    std::atomic<std::uint64_t> m_running{0};

    std::mutex m_mutex;  // guards what follows
    bool m_started = false;
    bool m_stopped = false;
    Jobs m_sent;
    Jobs m_cancelled;

    // Of the I/O thread:
    IoThread m_thread{"muster-exec", *this};
    GroupWatch m_watch;
    std::unordered_map<int, std::shared_ptr<Job>> m_jobs;  // by each of its descriptors
    Jobs m_taken;
    Jobs m_givenUp;
};

Result<void> ProcessRunner::Impl::start()
{
    if (!m_watch.started()) {
        if (auto watched = m_watch.start(); !watched) {
            return watched;
        }
    }
    return m_thread.start();
}

Result<void> ProcessRunner::Impl::run(const std::shared_ptr<Job>& job)
{
    if (m_running.fetch_add(1) >= m_options.mostRunning) {
        m_running.fetch_sub(1);
        return Error{ErrorCode::overloaded,
                     fmt::format("{} programs run already", m_options.mostRunning), "",
                     "Lower the load, or bound it with a bulkhead"};
    }
    {
        const std::lock_guard lock(m_mutex);
        Result<void> started = m_started || m_stopped ? Result<void>{} : start();
        if (!started || m_stopped) {
            m_running.fetch_sub(1);
            return m_stopped ? Error{ErrorCode::cancelled, "no more programs are run", "", ""}
                             : started.error();
        }
        m_started = true;
        m_sent.push_back(job);
    }
    m_thread.wake();
    return {};
}

void ProcessRunner::Impl::cancel(const std::shared_ptr<Job>& job) noexcept
{
    if (job->over.load(std::memory_order_acquire)) {
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        if (m_stopped) {
            return;
        }
        m_cancelled.push_back(job);
    }
    m_thread.wake();
}

void ProcessRunner::Impl::stop()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopped = true;
    }
    m_thread.stop();
    for (auto& [descriptor, job] : m_jobs) {
        if (job->process) {
            job->process->kill();
            m_watch.forget(job->process->pid());
            job->process.reset();  // waits
        }
        job->receiver.reset();
    }
    m_jobs.clear();
    for (auto& job : m_sent) {
        job->receiver.reset();
    }
    m_sent.clear();
    m_cancelled.clear();
}

Duration ProcessRunner::Impl::turn()
{
    {
        const std::lock_guard lock(m_mutex);
        m_taken.swap(m_sent);
        m_givenUp.swap(m_cancelled);
    }
    for (const auto& job : m_taken) {
        begin(job);
    }
    m_taken.clear();
    for (const auto& job : m_givenUp) {
        // Its end, which the kill brings, is waited for like any other.
        if (job->process) {
            job->process->kill();
        }
        job->receiver.reset();
    }
    m_givenUp.clear();
    return kIdle;
}

void ProcessRunner::Impl::begin(const std::shared_ptr<Job>& job)
{
    auto started = Process::start(job->request, m_watch.descriptor(), m_clock->now());
    if (!started) {
        end(job, started.error());
        return;
    }
    job->process = *std::move(started);
    if (auto watched = watch(job); !watched) {
        const Error error = watched.error();
        job->process->kill();
        leave(*job->process);
        job->process.reset();
        end(job, error);
    }
}

Result<void> ProcessRunner::Impl::watch(const std::shared_ptr<Job>& job)
{
    for (const int descriptor : job->process->descriptors()) {
        if (auto watched = m_thread.watch(descriptor, EPOLLIN, false); !watched) {
            return watched;
        }
        m_jobs[descriptor] = job;
    }
    return {};
}

void ProcessRunner::Impl::leave(Process& process)
{
    for (const int descriptor : process.descriptors()) {
        m_thread.forget(descriptor);
        m_jobs.erase(descriptor);
    }
    m_watch.forget(process.pid());
}

void ProcessRunner::Impl::ready(int descriptor, std::uint32_t)
{
    const auto found = m_jobs.find(descriptor);
    if (found == m_jobs.end()) {
        return;
    }
    const auto job = found->second;
    Process& process = *job->process;
    if (process.readFrom(descriptor)) {
        m_thread.forget(descriptor);
        m_jobs.erase(descriptor);
    }
    if (!process.ended()) {
        return;
    }
    process.kill();  // what it left behind in its group goes with it
    leave(process);
    ProcessReport report = process.reap(m_clock->now());
    job->process.reset();
    end(job, std::move(report));
}

void ProcessRunner::Impl::end(const std::shared_ptr<Job>& job, Result<ProcessReport> report)
{
    job->over.store(true, std::memory_order_release);
    m_running.fetch_sub(1);
    if (job->receiver) {
        job->receiver->done(std::move(report));
        job->receiver.reset();
    }
}

ProcessRunner::ProcessRunner(ProcessRunnerOptions options) : m_impl(std::make_shared<Impl>(options))
{
}

ProcessRunner::~ProcessRunner()
{
    m_impl->stop();
}

Result<ProcessRunner::Ticket> ProcessRunner::run(ProcessRequest request,
                                                 std::unique_ptr<ProcessReceiver> receiver)
{
    auto job = std::make_shared<Job>();
    job->request = std::move(request);
    job->receiver = std::move(receiver);
    if (auto sent = m_impl->run(job); !sent) {
        return sent.error();
    }
    return Ticket(m_impl, std::move(job));
}

std::uint64_t ProcessRunner::running() const noexcept
{
    return m_impl->running();
}

ProcessRunner::Ticket& ProcessRunner::Ticket::operator=(Ticket&& other) noexcept
{
    std::swap(m_runner, other.m_runner);
    std::swap(m_job, other.m_job);
    return *this;
}

void ProcessRunner::Ticket::cancel() noexcept
{
    if (m_runner && m_job) {
        m_runner->cancel(m_job);
    }
    m_runner.reset();
    m_job.reset();
}

}  // namespace muster
