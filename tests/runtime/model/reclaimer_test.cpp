// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/reclaimer.h"

#include <array>
#include <memory>

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

struct Directory {
    std::array<Thing, 3> things;
    Atomic<const Thing*> current{&things[0]};
    detail::Reclaimer reclaimer;

    void replace(std::size_t by)
    {
        current.store(&things[by], std::memory_order_seq_cst);
        reclaimer.retire([&old = things[by - 1]] { old.freed.store(true); });
    }
    void read()
    {
        const detail::ReadGuard guard(reclaimer);
        const Thing* thing = current.load(std::memory_order_seq_cst);
        thing->read();
        thing->read();
    }
    /// Looks for it before it says that it is inside.
    void readTooSoon()
    {
        const Thing* thing = current.load(std::memory_order_seq_cst);
        const detail::ReadGuard guard(reclaimer);
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

class ReclaimerModelTest : public QObject {
    Q_OBJECT
private slots:
    void whatReadersOfTheDirectoryHoldIsNotFreed()
    {
        const auto outcome = explore(
            [] {
                const auto shared = std::make_shared<Directory>();
                return Program{{[shared] { shared->replace(1); }, [shared] { shared->read(); },
                                [shared] { shared->read(); }},
                               [shared] {
                                   shared->reclaimer.retire([] {});
                                   return allFreedBut(shared->things, 1);
                               }};
            },
            {.preemptions = 2});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void whoLooksBeforeHeIsInsideIsFound()
    {
        const auto outcome = explore([] {
            const auto shared = std::make_shared<Directory>();
            return Program{{[shared] { shared->replace(1); }, [shared] { shared->readTooSoon(); }},
                           {}};
        });
        QVERIFY(outcome.finding);
        QCOMPARE(outcome.finding->what, std::string("what was freed is read"));
    }
};

MUSTER_TEST_CASE(ReclaimerModelTest);

}  // namespace muster::model

#include "reclaimer_test.moc"
