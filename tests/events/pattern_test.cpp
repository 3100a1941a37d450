// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <algorithm>
#include <string>
#include <vector>

#include "base/rng.h"
#include "events/pattern_index.h"
#include "events/topic_pattern.h"
#include "support/test_case.h"

namespace muster {
namespace {

using Segments = std::vector<std::string>;

/// The meaning of a pattern word for word, without regard to time.
bool naiveMatch(const Segments& pattern, std::size_t p, const Segments& topic, std::size_t t)
{
    if (p == pattern.size()) {
        return t == topic.size();
    }
    if (pattern[p] == "**") {
        return naiveMatch(pattern, p + 1, topic, t) ||
               (t < topic.size() && naiveMatch(pattern, p, topic, t + 1));
    }
    return t < topic.size() && (pattern[p] == "*" || pattern[p] == topic[t]) &&
           naiveMatch(pattern, p + 1, topic, t + 1);
}

Segments randomSegments(Rng& rng, const Segments& words, std::uint64_t longest)
{
    Segments segments;
    for (std::uint64_t i = 0, n = 1 + rng.below(longest); i < n; ++i) {
        segments.push_back(words[rng.below(words.size())]);
    }
    return segments;
}

std::string join(const Segments& segments)
{
    std::string text;
    for (const auto& segment : segments) {
        text += (text.empty() ? "" : ".") + segment;
    }
    return text;
}

const Segments kTopicWords{"a", "b", "cc"};
const Segments kPatternWords{"a", "b", "cc", "*", "**"};

TopicPattern pattern(std::string_view text)
{
    return TopicPattern::parse(text).value();
}

}  // namespace

class PatternTest : public QObject {
    Q_OBJECT
private slots:
    void patternsMatchAsTheirMeaningSays()
    {
        Rng rng(11);
        int matched = 0;
        for (int round = 0; round < 50'000; ++round) {
            const auto wanted = randomSegments(rng, kPatternWords, 6);
            const auto topic = randomSegments(rng, kTopicWords, 6);
            const bool expected = naiveMatch(wanted, 0, topic, 0);
            matched += expected ? 1 : 0;
            QVERIFY2(pattern(join(wanted)).matches(join(topic)) == expected,
                     (join(wanted) + " against " + join(topic)).c_str());
        }
        QVERIFY(matched > 1000 && matched < 49'000);
    }
    void theIndexFindsWhatEachPatternAloneWouldMatch()
    {
        Rng rng(12);
        PatternIndex index;
        std::vector<TopicPattern> patterns;
        for (std::uint64_t i = 0; i < 1000; ++i) {
            patterns.push_back(pattern(join(randomSegments(rng, kPatternWords, 5))));
            index.insert(patterns.back(), i);
        }
        for (std::uint64_t i = 0; i < patterns.size(); i += 3) {
            index.erase(patterns[i], i);
        }
        for (int round = 0; round < 500; ++round) {
            const auto topic = join(randomSegments(rng, kTopicWords, 6));
            std::vector<std::uint64_t> expected;
            for (std::uint64_t i = 0; i < patterns.size(); ++i) {
                if (i % 3 != 0 && patterns[i].matches(topic)) {
                    expected.push_back(i);
                }
            }
            QCOMPARE(index.match(topic), expected);
        }
    }
    void anErasedPatternIsGoneAndErasingItAgainDoesNothing()
    {
        PatternIndex index;
        index.insert(pattern("a.*"), 1);
        index.insert(pattern("a.*"), 2);
        index.erase(pattern("a.*"), 1);
        index.erase(pattern("a.*"), 1);
        index.erase(pattern("x.**"), 9);
        QCOMPARE(index.size(), std::size_t{1});
        QCOMPARE(index.match("a.b"), std::vector<std::uint64_t>{2});
    }
    void aWrongPatternIsRefusedWithAReason_data()
    {
        QTest::addColumn<QString>("text");
        for (const char* text : {"", ".", "a.", ".a", "a..b", "a*", "a.b*.c", "***"}) {
            QTest::newRow(text) << text;
        }
    }
    void aWrongPatternIsRefusedWithAReason()
    {
        QFETCH(QString, text);
        const auto parsed = TopicPattern::parse(text.toStdString());
        QVERIFY(!parsed.ok());
        QVERIFY(parsed.error().code == ErrorCode::invalidArgument);
        QVERIFY(!parsed.error().message.empty());
    }
    void theMoreSpecificPatternRanksHigher_data()
    {
        QTest::addColumn<QString>("greater");
        QTest::addColumn<QString>("less");
        QTest::newRow("exact over star") << "a.b"
                                         << "a.*";
        QTest::newRow("exact over long literal start") << "a.b"
                                                       << "a.b.**";
        QTest::newRow("star over any") << "a.*"
                                       << "a.**";
        QTest::newRow("literal start") << "a.**"
                                       << "*.b";
        QTest::newRow("literal start over any") << "a.**"
                                                << "**";
        QTest::newRow("end over any") << "a.*"
                                      << "a.*.**";
        QTest::newRow("longer") << "*.*"
                                << "*";
    }
    void theMoreSpecificPatternRanksHigher()
    {
        QFETCH(QString, greater);
        QFETCH(QString, less);
        const auto a = pattern(greater.toStdString());
        const auto b = pattern(less.toStdString());
        QVERIFY(a.compareSpecificity(b) == std::strong_ordering::greater);
        QVERIFY(b.compareSpecificity(a) == std::strong_ordering::less);
        QVERIFY(a.compareSpecificity(a) == std::strong_ordering::equal);
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::PatternTest);
#include "pattern_test.moc"
