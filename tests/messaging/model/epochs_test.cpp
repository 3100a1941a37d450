// SPDX-License-Identifier: Apache-2.0
#include "messaging/internal/epochs.h"

#include <array>
#include <memory>
#include <vector>

#include "support/model/explorer.h"
#include "support/test_case.h"

namespace muster::model {
namespace {

/// Something that readers find by a pointer while it is replaced. Freed, it stays where it is
/// and says so.
struct Thing {
    Atomic<bool> freed{false};

    void read() const { require(!freed.load(), "what was freed is read"); }
};

struct Routes {
    std::array<Thing, 3> things;
    Atomic<const Thing*> current{&things[0]};
    Epochs reclaimer;

    void replace(std::size_t by)
    {
        Thing& old = things[by - 1];
        current.store(&things[by], std::memory_order_seq_cst);
        free({std::shared_ptr<const void>(&old, [&old](const void*) { old.freed.store(true); })});
    }
    void free(std::vector<std::shared_ptr<const void>> retired)
    {
        static_cast<void>(reclaimer.retire(std::move(retired)));
    }
    void replaceAndWait(std::size_t by)
    {
        Thing& old = things[by - 1];
        current.store(&things[by], std::memory_order_seq_cst);
        reclaimer.waitForOthers();
        old.freed.store(true);
    }
    void read()
    {
        const Epochs::Guard guard(reclaimer);
        const Thing* thing = current.load(std::memory_order_seq_cst);
        thing->read();
        thing->read();
    }
    void readNested()
    {
        const Epochs::Guard outer(reclaimer);
        read();
        current.load(std::memory_order_seq_cst)->read();
    }
    void readTooSoon()
    {
        const Thing* thing = current.load(std::memory_order_seq_cst);
        const Epochs::Guard guard(reclaimer);
        thing->read();
    }
};

[[nodiscard]] std::string allFreedBut(const std::array<Thing, 3>& things, std::size_t kept)
{
    for (std::size_t i = 0; i < things.size(); ++i) {
        if (things[i].freed.load() != (i < kept)) {
            return i < kept ? "something is never freed" : "what is in use was freed";
        }
    }
    return "";
}

}  // namespace

class EpochsModelTest : public QObject {
    Q_OBJECT
private slots:
    void whatReadersOfRoutesHoldIsNotFreed()
    {
        const auto outcome = explore(
            [] {
                const auto shared = std::make_shared<Routes>();
                return Program{{[shared] {
                                    shared->replace(1);
                                    shared->replace(2);
                                },
                                [shared] { shared->readNested(); }},
                               [shared] {
                                   shared->free({});
                                   return allFreedBut(shared->things, 2);
                               }};
            },
            {.preemptions = 2});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void whoWaitsForOthersWaitsForAllThatWereInside()
    {
        const auto outcome = explore(
            [] {
                const auto shared = std::make_shared<Routes>();
                return Program{{[shared] { shared->replaceAndWait(1); },
                                [shared] {
                                    shared->read();
                                    shared->read();
                                }},
                               [shared] { return allFreedBut(shared->things, 1); }};
            },
            {.preemptions = 2});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void whoLooksBeforeHeIsInsideIsFound()
    {
        const auto outcome = explore([] {
            const auto shared = std::make_shared<Routes>();
            return Program{{[shared] { shared->replace(1); }, [shared] { shared->readTooSoon(); }},
                           {}};
        });
        QVERIFY(outcome.finding);
        QCOMPARE(outcome.finding->what, std::string("what was freed is read"));
    }
};

MUSTER_TEST_CASE(EpochsModelTest);

}  // namespace muster::model

#include "epochs_test.moc"
