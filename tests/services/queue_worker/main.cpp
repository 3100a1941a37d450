// SPDX-License-Identifier: Apache-2.0
// Pushes, takes, acknowledges and gives up jobs for ever, and retries, edits and discards dead
// letters, until queue_kill_test kills it. Appends a line to a ledger for each thing that it was
// told is so, and before each that it is about to do:
//   P id        a push was acknowledged
//   T id token  a job was handed out
//   a id        it is about to be acknowledged
//   A id        it was acknowledged
//   d id        a dead letter is about to be discarded
// Usage: SESSION LEDGER SEED
#include <fcntl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <thread>

#include "base/rng.h"
#include "services/job_queues.h"
#include "storage/recorder.h"

namespace {

using namespace muster;

class Ledger {
public:
    explicit Ledger(const char* file)
        : m_file(open(file, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644))
    {
    }
    void say(const std::string& line) const
    {
        const std::string whole = line + "\n";
        if (write(m_file, whole.data(), whole.size()) != static_cast<ssize_t>(whole.size())) {
            std::abort();
        }
    }
    void say(char what, JobId id) const
    {
        say(std::string(1, what) + " " + std::to_string(id.value));
    }

private:
    int m_file;
};

class Worker {
public:
    Worker(Recorder& recorder, const Ledger& ledger, std::uint64_t seed)
        : m_ledger(ledger),
          m_rng(seed),
          m_queues({.store = &recorder, .clock = systemClock()}, recorder.takeQueues(),
                   {{"orders", settings()}})
    {
    }

    static QueueSettings settings()
    {
        QueueSettings settings;
        settings.deliveries = 3;
        settings.lease = std::chrono::milliseconds(150);
        settings.jobs = 2000;
        settings.backoff.base = std::chrono::milliseconds(1);
        settings.backoff.cap = std::chrono::milliseconds(20);
        return settings;
    }

    [[noreturn]] void run()
    {
        for (;;) {
            m_queues.advance();
            push();
            take();
            surgery();
            std::this_thread::yield();
        }
    }

private:
    void push()
    {
        if (m_pushing.load() >= 4) {
            return;
        }
        ++m_pushing;
        std::vector<NewJob> jobs(1 + m_rng.below(20));
        for (NewJob& job : jobs) {
            job.payload = m_rng.below(7) == 0 ? "bad" : "good";
            job.priority = static_cast<JobPriority>(m_rng.below(4));
        }
        m_queues.push("orders", std::move(jobs), [this](PushOutcome outcome) {
            for (const Pushed& pushed : outcome.pushed) {
                m_ledger.say('P', pushed.id);
            }
            --m_pushing;
        });
    }

    void take()
    {
        if (m_taking.exchange(true)) {
            return;
        }
        m_queues.take("orders", 32, [this](Result<std::vector<JobLease>> leases) {
            for (const JobLease& lease : *leases) {
                work(lease);
            }
            m_taking = false;
        });
    }

    void work(const JobLease& lease)
    {
        m_ledger.say("T " + std::to_string(lease.id.value) + " " + std::to_string(lease.token));
        if (lease.content->payload == "bad") {
            (void)m_queues.refuse("orders", lease.id, lease.token, {});
        } else if (lease.id.value % 11 != 0) {  // the others are left to the end of their lease
            m_ledger.say('a', lease.id);
            (void)m_queues.acknowledge("orders", lease.id, lease.token,
                                       [this, id = lease.id](const std::optional<Error>& lost) {
                                           if (!lost) {
                                               m_ledger.say('A', id);
                                           }
                                       });
        }
    }

    void surgery()
    {
        const std::vector<JobId> letters = m_queues.lettersOf({});
        if (letters.empty()) {
            return;
        }
        const JobId id = letters[m_rng.below(letters.size())];
        switch (m_rng.below(3)) {
            case 0:
                m_ledger.say('d', id);
                (void)m_queues.discardLetters({id}, {"worker", "of no use"});
                break;
            case 1:
                (void)m_queues.retryLetters({.letters = {id}, .word = {"worker", ""}});
                break;
            default:
                (void)m_queues.editLetter(id, "good", {"worker", ""});
        }
    }

    const Ledger& m_ledger;
    Rng m_rng;
    std::atomic<int> m_pushing{0};
    std::atomic<bool> m_taking{false};
    JobQueues m_queues;
};

int run(const char* session, const char* ledgerFile, std::uint64_t seed)
{
    const Ledger ledger(ledgerFile);
    RecorderOptions options;
    options.file = session;
    options.run.origin = seed;
    options.clock = systemClock();
    auto recorder = Recorder::open(options);
    if (!recorder) {
        std::fprintf(stderr, "%s\n", recorder.error().text().c_str());
        return 1;
    }
    Worker(**recorder, ledger, seed).run();
}

}  // namespace

int main(int argc, char** argv)
{
    return argc == 4 ? run(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10)) : 2;
}
