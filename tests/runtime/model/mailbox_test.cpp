// SPDX-License-Identifier: Apache-2.0
#include "runtime/internal/mailbox.h"

#include <array>
#include <memory>
#include <utility>
#include <vector>

#include "runtime/model/no_runtime.h"
#include "support/model/explorer.h"
#include "support/test_case.h"

namespace muster::model {
namespace {

using detail::Cell;
using detail::Envelope;
using detail::EnvelopeKind;
using detail::Pushed;
using detail::ThreadContext;

/// One agent's mailbox and those who write to it. Whoever finds the agent idle runs it at once,
/// until nothing is left: so at the end it is idle, and each letter had one fate.
class Post {
public:
    /// `waits`: a handler of the agent waits for an answer, and mail stays where it is until then.
    Post(std::uint32_t bound, OverflowPolicy overflow, bool waits) : m_waits(waits)
    {
        m_cell.inbox.store(Cell::kIdle);
        m_cell.limit.store(bound | static_cast<std::uint32_t>(overflow) << Cell::kPolicyShift);
    }

    Letter& write(int from, EnvelopeKind kind, bool last)
    {
        auto letter = std::make_unique<Letter>();
        letter->address(kind, 0);
        letter->from = from;
        letter->number = static_cast<int>(m_letters.size());
        letter->last = last;
        m_letters.push_back(std::move(letter));
        return *m_letters.back();
    }

    void send(ThreadContext& context, Letter& letter)
    {
        switch (detail::push(context, m_cell, &letter)) {
            case Pushed::queued:
                break;
            case Pushed::wakes:
                require(!m_claimed, "two run the agent");
                m_claimed = true;
                turn();
                break;
            case Pushed::full:
                ++letter.refused;
                break;
            case Pushed::closed:
                ++letter.late;
                break;
        }
    }

    [[nodiscard]] std::string check()
    {
        const bool closed = Cell::mark(m_cell.inbox.load()) == Cell::kClosed;
        if (!closed && Cell::mark(m_cell.inbox.load()) != Cell::kIdle) {
            return "mail waits and nobody runs the agent";
        }
        if (!closed && m_cell.waiting() != 0) {
            return "more letters were counted in than out";
        }
        std::array<int, 4> newest{-1, -1, -1, -1};
        for (const Letter* letter : m_handled) {
            if (letter->number <= newest[static_cast<std::size_t>(letter->from)]) {
                return "the letters of one sender changed places";
            }
            newest[static_cast<std::size_t>(letter->from)] = letter->number;
        }
        for (const auto& letter : m_letters) {
            if (letter->fates() != 1) {
                return letter->fates() == 0 ? "a letter is lost" : "a letter had two fates";
            }
        }
        return "";
    }
    [[nodiscard]] const std::vector<Letter*>& handled() const { return m_handled; }

private:
    /// As a worker does it, see activation.cpp.
    void turn()
    {
        for (;;) {
            if (Envelope* envelope = detail::next(m_cell, m_waits)) {
                if (!handle(*static_cast<Letter*>(envelope))) {
                    return;
                }
            } else if (!detail::takeIn(m_cell) && rest()) {
                return;
            }
        }
    }

    /// False: that was the end.
    bool handle(Letter& letter)
    {
        ++letter.handled;
        m_handled.push_back(&letter);
        m_popped += letter.kind() == EnvelopeKind::mail ? 1 : 0;
        m_waits = m_waits && letter.kind() != EnvelopeKind::answer;
        if (letter.last) {
            close();
        }
        return !letter.last;
    }

    /// False: it goes on.
    bool park()
    {
        detail::declareParked(m_cell);
        return !detail::hasNew(m_cell) || !detail::goOnParked(m_cell);
    }

    /// The same.
    bool rest()
    {
        detail::publishPopped(m_cell, std::exchange(m_popped, 0));
        m_claimed = false;
        const bool rests = m_waits && detail::hasMail(m_cell) ? park() : detail::becomeIdle(m_cell);
        m_claimed = m_claimed || !rests;
        return rests;
    }

    void close()
    {
        Envelope* chain = detail::close(m_cell);
        while (chain != nullptr) {
            ++static_cast<Letter*>(chain)->late;
            chain = chain->next;
        }
    }

    Cell m_cell;
    bool m_claimed = false;
    bool m_waits;
    std::uint32_t m_popped = 0;
    std::vector<std::unique_ptr<Letter>> m_letters;
    std::vector<Letter*> m_handled;
};

struct Sender {
    bool worker;
    int letters;
    bool lastEnds = false;
    EnvelopeKind kind = EnvelopeKind::mail;
};

/// Each writes its letters and sends them in order.
Program correspondence(const std::vector<Sender>& senders, std::uint32_t bound,
                       OverflowPolicy overflow, bool waits = false)
{
    const auto post = std::make_shared<Post>(bound, overflow, waits);
    Program program;
    int from = 0;
    for (const Sender& sender : senders) {
        std::vector<Letter*> letters;
        for (int i = 1; i <= sender.letters; ++i) {
            letters.push_back(
                &post->write(from, sender.kind, sender.lastEnds && i == sender.letters));
        }
        auto& context = sender.worker ? workerContext() : outsideContext();
        program.threads.emplace_back([post, letters, &context] {
            for (Letter* letter : letters) {
                post->send(context, *letter);
            }
        });
        ++from;
    }
    program.check = [post] { return post->check(); };
    return program;
}

}  // namespace

class MailboxModelTest : public QObject {
    Q_OBJECT

    struct Case {
        const char* name;
        std::vector<Sender> senders;
        std::uint32_t bound;
        OverflowPolicy overflow;
        unsigned preemptions;
        bool waits = false;
    };

    static std::vector<Case> cases()
    {
        using enum OverflowPolicy;
        return {
            {"two from outside", {{false, 2}, {false, 1}}, 9, reject, 3},
            {"two workers", {{true, 2}, {true, 1}}, 9, reject, 3},
            {"a worker and two from outside", {{true, 1}, {false, 1}, {false, 1}}, 9, reject, 2},
            {"a full one refuses", {{false, 2}, {true, 2}}, 1, reject, 3},
            {"a full one sheds its oldest", {{false, 2}, {true, 1}}, 1, dropOldest, 2},
            {"a system message to one that sheds",
             {{true, 2}, {false, 1, false, EnvelopeKind::system}},
             1,
             dropOldest,
             3},
            {"the agent waits for an answer",
             {{false, 2}, {false, 1, false, EnvelopeKind::answer}},
             9,
             reject,
             3,
             true},
            {"the agent waits for an answer, workers send",
             {{true, 2}, {true, 1, false, EnvelopeKind::answer}},
             9,
             reject,
             3,
             true},
            {"the agent ends", {{false, 2, true}, {true, 2}}, 9, reject, 3},
            {"the agent ends and sheds", {{false, 1, true}, {true, 2}}, 1, dropOldest, 2},
        };
    }

private slots:
    void noLetterIsLost_data()
    {
        QTest::addColumn<int>("number");
        int number = 0;
        for (const Case& each : cases()) {
            QTest::newRow(each.name) << number++;
        }
    }

    void noLetterIsLost()
    {
        QFETCH(const int, number);
        const Case each = cases()[static_cast<std::size_t>(number)];
        const auto make = [&each] {
            return correspondence(each.senders, each.bound, each.overflow, each.waits);
        };
        const auto outcome = explore(make, {.preemptions = each.preemptions});
        qInfo("%s", outcome.text().c_str());
        QVERIFY(outcome.complete && !outcome.finding);
    }

    void noLetterIsLostInLongerRunsDrawnBySeed()
    {
        const auto outcome = exploreRandomly(
            [] {
                return correspondence({{true, 4}, {false, 4}, {false, 4}}, 5,
                                      OverflowPolicy::reject);
            },
            20'261'121, {.runs = 2'000});
        QVERIFY2(!outcome.finding, outcome.text().c_str());
    }

    void anAtomicOperationInTwoStepsIsFound()
    {
        for (const Case& each : cases()) {
            // One that sheds does nearly all under a lock, which is an exchange.
            const auto broken =
                each.overflow == OverflowPolicy::dropOldest ? Broken::exchange : Broken::compare;
            const auto make = [&each] {
                return correspondence(each.senders, each.bound, each.overflow, each.waits);
            };
            const auto outcome = explore(make, {.broken = broken});
            QVERIFY2(outcome.finding, each.name);
            qInfo("%s: %s", each.name, outcome.finding->what.c_str());
        }
    }
};

MUSTER_TEST_CASE(MailboxModelTest);

}  // namespace muster::model

#include "mailbox_test.moc"
