// SPDX-License-Identifier: Apache-2.0
// Records durable events for ever, and appends the id of each to a ledger once it is
// acknowledged; recording_is_killed_test kills it. Usage: SESSION LEDGER SEED
// Or fills a black box, telling one byte for each event that it put in, and ends as told:
// --box FILE (SIGSEGV|SIGABRT|overflow|exception|go-on)
#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "base/thread.h"
#include "events/publisher.h"
#include "storage/black_box.h"
#include "storage/recorder.h"

namespace {

int run(const char* session, const char* ledger, std::uint64_t seed)
{
    using namespace muster;
    const int out = open(ledger, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    TypeRegistry types;
    EventPool pool;
    RecorderOptions options;
    options.file = session;
    options.run.origin = seed;
    options.clock = systemClock();
    auto recorder = Recorder::open(options);
    if (!recorder || out < 0) {
        std::fprintf(stderr, "%s\n", recorder ? "no ledger" : recorder.error().text().c_str());
        return 1;
    }
    (*recorder)->onAcknowledged([out](std::span<const EventId> ids) {
        std::string lines;
        for (const EventId& id : ids) {
            lines += toString(id) + "\n";
        }
        if (write(out, lines.data(), lines.size()) != static_cast<ssize_t>(lines.size())) {
            std::abort();
        }
    });
    Publisher publisher(**recorder, types, pool, systemClock(), {.origin = seed, .logger = {}});
    const auto publish = [&](std::uint64_t number) {
        Rng rng = Rng(seed).fork(number);
        for (;;) {
            const bool durable = rng.below(2) == 0;
            publisher.publish(
                durable ? TypeId(EventType::loadBurst) : TypeId(EventType::agentReady),
                Component::load, {}, {});
            (*recorder)->addResult({.at = {},
                                    .action = "digest",
                                    .agent = "a",
                                    .item = "b",
                                    .data = Fields{{"bytes", rng.below(1000)}}});
            while ((*recorder)->behind()) {
                std::this_thread::yield();
            }
        }
    };
    std::vector<std::thread> threads;
    for (std::uint64_t number = 0; number < 2; ++number) {
        threads.emplace_back(publish, number);
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    return 0;
}

class ToBox final : public muster::EventSink {
public:
    explicit ToBox(muster::BlackBox& box) : m_box(box) {}
    void accept(const muster::EventPtr& event) override
    {
        m_box.add(*event, muster::BlackBox::Share::routine);
    }

private:
    muster::BlackBox& m_box;
};

/// Until the stack is used up.
int deeper(int depth)
{
    volatile char page[4096];
    page[0] = static_cast<char>(depth);
    return depth < 0 ? page[0] : deeper(depth + 1) + page[0];
}

void endAs(std::string_view how)
{
    if (how == "SIGSEGV") {
        raise(SIGSEGV);
    } else if (how == "SIGABRT") {
        std::abort();
    } else if (how == "overflow") {
        raise(deeper(0));
    } else if (how == "exception") {
        throw std::runtime_error("nobody catches this");
    }
}

int fill(const char* file, std::string_view how)
{
    using namespace muster;
    noteCrashesInBlackBoxes();
    auto box = BlackBox::create({file, kLeastBlackBoxBytes, {}});
    const int told = open((std::string(file) + ".told").c_str(),
                          O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (!box || told < 0) {
        return 1;
    }
    NamedThread filler("box-filler", [&] {
        TypeRegistry types;
        EventPool pool;
        ToBox sink(**box);
        Publisher publisher(sink, types, pool, systemClock(), {.origin = 1, .logger = {}});
        constexpr int kBeforeItEnds = 100;
        for (int i = 0; how == "go-on" || i < kBeforeItEnds; ++i) {
            publisher.publish(EventType::actionFailed, Component::actions, {}, {});
            if (write(told, ".", 1) != 1) {
                std::abort();
            }
        }
        endAs(how);
    });
    filler.join();
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    if (argc == 4 && std::string_view(argv[1]) == "--box") {
        return fill(argv[2], argv[3]);
    }
    return argc == 4 ? run(argv[1], argv[2], std::strtoull(argv[3], nullptr, 10)) : 2;
}
