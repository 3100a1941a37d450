// SPDX-License-Identifier: Apache-2.0
#include "api/internal/command_runner.h"

#include <boost/lockfree/queue.hpp>
#include <cassert>

#include "api/internal/command_check.h"

namespace muster {

struct CommandRunner::Pending {
    Command command;
    CommandDone done;
};

struct CommandRunner::Queue {
    boost::lockfree::queue<Pending*, boost::lockfree::fixed_sized<true>> waiting{kBound};
};

namespace {

/// For a version of the configuration; a disk that is slower is said to be.
constexpr Duration kOnDiskWithin = std::chrono::seconds(2);

[[nodiscard]] Error over()
{
    return {ErrorCode::unavailable, "the run is over", {}, "Start a new run."};
}

}  // namespace

CommandRunner::CommandRunner(CommandContext context)
    : m_context(context), m_queue(std::make_unique<Queue>())
{
}

CommandRunner::~CommandRunner()
{
    refuseAll();
}

void CommandRunner::submit(Command command, CommandDone done)
{
    auto pending = std::make_unique<Pending>(Pending{std::move(command), std::move(done)});
    if (m_closed) {
        pending->done(over());
        return;
    }
    if (!m_queue->waiting.push(pending.get())) {
        pending->done(Error{ErrorCode::overloaded,
                            "too many commands wait to be carried out",
                            {},
                            "Try again in a moment."});
        return;
    }
    (void)pending.release();  // the queue's now
    if (m_closed) {
        refuseAll();
    }
}

void CommandRunner::beat()
{
    Pending* next = nullptr;
    while (!m_busy && m_queue->waiting.pop(next)) {
        execute(std::unique_ptr<Pending>(next));
    }
}

void CommandRunner::execute(std::unique_ptr<Pending> pending)
{
    if (auto checked = check(pending->command); !checked) {
        conclude(*pending, checked.error());
        return;
    }
    const auto handler = findHandler(pending->command.name);
    assert(handler != nullptr && "every command of the table has a handler");
    // A push is answered once it is on the disk, which may be full: it changes no setting, and
    // holds up no other command.
    const bool alone = pending->command.name != "queue.push";
    m_busy = alone;
    std::shared_ptr<Pending> shared = std::move(pending);
    handler(m_context, shared->command, [this, shared, alone](Result<CommandEffect> result) {
        alone ? settle(shared, std::move(result)) : conclude(*shared, std::move(result));
    });
}

Result<void> CommandRunner::check(const Command& command) const
{
    auto checked = checkCommand(command);
    return checked ? m_context.trial.allows(command) : checked;
}

void CommandRunner::settle(const std::shared_ptr<Pending>& pending, Result<CommandEffect> result)
{
    bool changed = false;
    if (result) {
        const Command& command = pending->command;
        m_context.configuration.learn(command, *result);
        // Those that make versions of their own have done so: then there is nothing to note.
        const auto made = m_context.configuration.note("set", command.author, command.text());
        changed =
            made || command.name.starts_with("limits.") || command.name.starts_with("config.");
    }
    auto outcome = std::make_shared<Result<CommandEffect>>(std::move(result));
    const auto end = [this, pending, outcome] {
        conclude(*pending, std::move(*outcome));
        m_busy = false;
    };
    auto& core = m_context.core;
    const bool waits = changed && core.recorder && !core.simulated();
    const auto posted = waits ? core.runtime->scheduler().blocking([&core, end] {
        if (const auto kept = core.recorder->flush(kOnDiskWithin); !kept) {
            core.logger.warn("{}", kept.error().text());
        }
        end();
    })
                              : Result<void>();
    if (!waits || !posted) {
        end();
    }
}

void CommandRunner::conclude(Pending& pending, Result<CommandEffect> result)
{
    auto& publisher = *m_context.core.publisher;
    const auto text = pending.command.text();
    if (!result) {
        publisher.publish(EventType::commandRefused, Component::commands,
                          {{"command", text},
                           {"author", pending.command.author},
                           {"reason", result.error().text()}});
        pending.done(result.error());
        return;
    }
    publisher.publish(EventType::commandExecuted, Component::commands,
                      {{"command", text},
                       {"author", pending.command.author},
                       {"summary", result->outcome.summary},
                       {"affected", result->outcome.affected},
                       {"before", result->before},
                       {"after", result->after}});
    pending.done(std::move(result->outcome));
}

void CommandRunner::close()
{
    m_closed = true;
    refuseAll();
}

void CommandRunner::refuseAll()
{
    Pending* next = nullptr;
    while (m_queue->waiting.pop(next)) {
        const std::unique_ptr<Pending> pending(next);
        pending->done(over());
    }
}

}  // namespace muster
