// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <cstring>
#include <latch>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "base/rng.h"
#include "base/thread_slot.h"
#include "events/event_pool.h"
#include "support/test_case.h"

namespace muster {
namespace {

EventPtr make(EventPool& pool, std::size_t bytes, unsigned char fill)
{
    Event* event = pool.create(eventInfo(EventType::agentReady), bytes);
    std::memset(EventPool::data(event), fill, bytes);
    return EventPtr::adopt(event);
}

bool filledWith(const Event& event, unsigned char fill)
{
    const auto bytes = event.data().encoded();
    return std::ranges::all_of(bytes, [fill](std::byte b) { return b == std::byte{fill}; });
}

}  // namespace

class EventPoolTest : public QObject {
    Q_OBJECT
private slots:
    void liveEventsNeverShareMemoryWhateverTheirSize()
    {
        EventPool pool;
        Rng rng(5);
        std::vector<std::pair<EventPtr, unsigned char>> kept;
        for (int round = 0; round < 20'000; ++round) {
            const auto fill = static_cast<unsigned char>(rng.next());
            kept.emplace_back(make(pool, rng.below(2'000), fill), fill);
            if (kept.size() > 500) {
                const auto gone = rng.below(kept.size());
                QVERIFY(filledWith(*kept[gone].first, kept[gone].second));
                std::swap(kept[gone], kept.back());
                kept.pop_back();
            }
        }
        QCOMPARE(pool.live(), std::uint64_t{kept.size()});
        for (const auto& [event, fill] : kept) {
            QVERIFY(filledWith(*event, fill));
        }
        kept.clear();
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
    void memoryIsReused()
    {
        EventPool pool;
        for (int i = 0; i < 100'000; ++i) {
            QVERIFY(bool(make(pool, 40, 1)));
        }
        QVERIFY(pool.reserved() <= 64 * 1024);
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
    void anEventMayBeReleasedByAnotherThreadAndOutliveThePool()
    {
        auto pool = std::make_unique<EventPool>();
        std::vector<EventPtr> events;
        for (int i = 0; i < 1'000; ++i) {
            events.push_back(make(*pool, 100, 7));
        }
        const EventPtr last = events.back();
        pool.reset();
        std::thread([&events] { events.clear(); }).join();
        QVERIFY(filledWith(*last, 7));
    }
    void blocksTravelBetweenMakersAndReleasers()
    {
        EventPool pool;
        constexpr int kEvents = 50'000;
        std::mutex mutex;
        std::vector<EventPtr> handed;
        std::atomic<bool> done{false};
        std::thread maker([&] {
            for (int i = 0; i < kEvents; ++i) {
                auto event = make(pool, 24, static_cast<unsigned char>(i));
                const std::scoped_lock lock(mutex);
                handed.push_back(std::move(event));
            }
            done = true;
        });
        int released = 0;
        for (bool last = false; !last;) {
            last = done.load();
            std::vector<EventPtr> taken;
            {
                const std::scoped_lock lock(mutex);
                taken.swap(handed);
            }
            released += static_cast<int>(taken.size());
        }
        maker.join();
        QCOMPARE(released, kEvents);
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
    void moreThreadsThanSlotsWorkToo()
    {
        constexpr int kThreads = 80;
        EventPool pool;
        std::latch started(kThreads);
        std::vector<std::thread> threads;
        std::atomic<int> shared{0};
        std::atomic<int> wrong{0};
        for (int t = 0; t < kThreads; ++t) {
            threads.emplace_back([&, t] {
                shared += ThreadSlot::current() == ThreadSlot::kOwned ? 1 : 0;
                started.arrive_and_wait();
                for (int i = 0; i < 200; ++i) {
                    const auto event = make(pool, 64, static_cast<unsigned char>(t));
                    wrong += filledWith(*event, static_cast<unsigned char>(t)) ? 0 : 1;
                }
            });
        }
        for (auto& thread : threads) {
            thread.join();
        }
        QVERIFY(shared.load() >= kThreads - static_cast<int>(ThreadSlot::kOwned));
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(pool.live(), std::uint64_t{0});
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::EventPoolTest);
#include "event_pool_test.moc"
