// SPDX-License-Identifier: Apache-2.0
// The operations of muster_bench on the C++ Actor Framework (Debian's 0.17), each as its users
// write it. Prints a line for each row: its name and nanoseconds an operation, or bytes for
// bytes_per_agent. Built and run by bench/compare.
#include <unistd.h>

#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <fstream>
#include <thread>
#include <vector>

namespace {

using leave_atom = caf::atom_constant<caf::atom("leave")>;
using step_atom = caf::atom_constant<caf::atom("step")>;
using ping_atom = caf::atom_constant<caf::atom("ping")>;
using pong_atom = caf::atom_constant<caf::atom("pong")>;

std::atomic<std::uint64_t> finished{0};

void awaitFinished(std::uint64_t count)
{
    while (finished.load(std::memory_order_acquire) < count) {
        std::this_thread::yield();
    }
    finished = 0;
}

template <class Operation>
double nanoseconds(Operation operation)
{
    const auto begin = std::chrono::steady_clock::now();
    operation();
    return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin)
        .count();
}

void row(const char* name, double operations, double time)
{
    std::printf("%s %.2f\n", name, time / operations);
    std::fflush(stdout);
}

double residentBytes()
{
    std::ifstream file("/proc/self/statm");
    double size = 0;
    double resident = 0;
    file >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

caf::behavior idle(caf::event_based_actor* self)
{
    return {[self](leave_atom) {
        finished.fetch_add(1, std::memory_order_release);
        self->quit();
    }};
}

struct Counter {
    std::uint64_t left = 0;
};

caf::behavior receiver(caf::stateful_actor<Counter>* self, std::uint64_t messages)
{
    self->state.left = messages;
    return {[self](step_atom) {
        if (--self->state.left == 0) {
            ++finished;
            self->quit();
        }
    }};
}

caf::behavior answerer(caf::event_based_actor*)
{
    return {[](ping_atom) { return pong_atom::value; }};
}

caf::behavior player(caf::stateful_actor<Counter>* self, const caf::actor& other,
                     std::uint64_t rounds)
{
    self->state.left = rounds;
    self->send(other, ping_atom::value);
    return {[self, other](pong_atom) {
        if (--self->state.left == 0) {
            ++finished;
            self->quit();
        } else {
            self->send(other, ping_atom::value);
        }
    }};
}

struct Link {
    caf::actor next;
};

caf::behavior member(caf::stateful_actor<Link>* self)
{
    return {[self](const caf::actor& next) { self->state.next = next; },
            [self](std::int32_t left) {
                if (left == 0) {
                    ++finished;
                } else {
                    self->send(self->state.next, left - 1);
                }
            },
            [self](leave_atom) {
                self->state.next = nullptr;
                self->quit();
            }};
}

caf::behavior subscriber(caf::stateful_actor<Counter>* self, std::uint64_t events)
{
    self->state.left = events;
    return {[self](std::int32_t) {
        if (--self->state.left == 0) {
            ++finished;
            self->quit();
        }
    }};
}

void createKeepAndStop(caf::actor_system& system, std::size_t count)
{
    std::vector<caf::actor> all(count);
    const double before = residentBytes();
    const double created = nanoseconds([&] {
        for (auto& each : all) {
            each = system.spawn(idle);
        }
    });
    const auto number = static_cast<double>(count);
    row("create_keep", number, created);
    std::printf("bytes_per_agent %.2f\n", (residentBytes() - before) / number);
    const double stopped = nanoseconds([&] {
        for (const auto& each : all) {
            caf::anon_send(each, leave_atom::value);
        }
        awaitFinished(count);
    });
    row("stop", number, stopped);
}

void createMessageGone(caf::actor_system& system, int count)
{
    row("create_message_gone", count, nanoseconds([&] {
            for (int i = 0; i < count; ++i) {
                caf::anon_send(system.spawn(idle), leave_atom::value);
                awaitFinished(1);
            }
        }));
}

void oneToOne(caf::actor_system& system, std::uint64_t messages)
{
    row("one_to_one", static_cast<double>(messages), nanoseconds([&] {
            const auto to = system.spawn(receiver, messages);
            for (std::uint64_t i = 0; i < messages; ++i) {
                caf::anon_send(to, step_atom::value);
            }
            awaitFinished(1);
        }));
}

void pingPong(caf::actor_system& system, std::uint64_t rounds)
{
    row("ping_pong", static_cast<double>(rounds), nanoseconds([&] {
            system.spawn(player, system.spawn(answerer), rounds);
            awaitFinished(1);
        }));
}

void ring(caf::actor_system& system, std::size_t members, std::int32_t hops)
{
    std::vector<caf::actor> all;
    for (std::size_t i = 0; i < members; ++i) {
        all.push_back(system.spawn(member));
    }
    for (std::size_t i = 0; i < members; ++i) {
        caf::anon_send(all[i], all[(i + 1) % members]);
    }
    // Once round, so that each knows the next before it counts.
    caf::anon_send(all[0], static_cast<std::int32_t>(members));
    awaitFinished(1);
    row("ring", hops, nanoseconds([&] {
            caf::anon_send(all[0], hops);
            awaitFinished(1);
        }));
    for (const auto& each : all) {
        caf::anon_send(each, leave_atom::value);
    }
}

void fanOut(caf::actor_system& system, std::size_t subscribers, std::int32_t events)
{
    std::vector<caf::actor> all;
    for (std::size_t i = 0; i < subscribers; ++i) {
        all.push_back(system.spawn(subscriber, static_cast<std::uint64_t>(events)));
    }
    row("fan_out_1000", static_cast<double>(subscribers) * events, nanoseconds([&] {
            for (std::int32_t event = 0; event < events; ++event) {
                const auto message = caf::make_message(event);
                for (const auto& each : all) {
                    caf::anon_send(each, message);
                }
            }
            awaitFinished(subscribers);
        }));
}

}  // namespace

int main()
{
    caf::actor_system_config config;
    config.set("scheduler.max-threads", 2);
    caf::actor_system system(config);
    createKeepAndStop(system, 1'000'000);
    createMessageGone(system, 100'000);
    oneToOne(system, 5'000'000);
    pingPong(system, 500'000);
    ring(system, 503, 3'000'000);
    fanOut(system, 1000, 2000);
}
