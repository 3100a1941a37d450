// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <cmath>
#include <limits>
#include <vector>

#include "base/rng.h"
#include "events/fields.h"
#include "support/test_case.h"

namespace muster {

class FieldsTest : public QObject {
    Q_OBJECT
private slots:
    void escapesAByteWhereverItStands()
    {
        for (int byte = 1; byte < 256; ++byte) {
            std::string alone;
            appendJsonText(alone, std::string(1, static_cast<char>(byte)));
            const std::string escaped = alone.substr(1, alone.size() - 2);
            for (std::size_t place = 0; place < 20; ++place) {
                std::string text(20, 'a');
                text[place] = static_cast<char>(byte);
                std::string json;
                appendJsonText(json, text);
                QCOMPARE(json, '"' + std::string(place, 'a') + escaped +
                                   std::string(19 - place, 'a') + '"');
            }
        }
    }

    void dataReadsBackInTheOrderAndKindItWasGiven()
    {
        const Fields fields{{"text", "a"}, {"whole", -7}, {"real", 0.5}, {"yes", true}};
        std::vector<std::string> keys;
        for (const Field field : fields.view()) {
            keys.emplace_back(field.key);
        }
        QCOMPARE(keys, (std::vector<std::string>{"text", "whole", "real", "yes"}));
        QCOMPARE(fields.view().find("text")->text(), std::string_view("a"));
        QCOMPARE(fields.view().find("whole")->integer(), std::int64_t{-7});
        QCOMPARE(fields.view().find("real")->real(), 0.5);
        QCOMPARE(fields.view().find("yes")->boolean(), true);
        QVERIFY(fields.view().find("yes")->kind() == FieldKind::boolean);
        QVERIFY(!fields.view().find("no"));
    }
    void integersOfEveryWidthKeepTheirValue()
    {
        const Fields fields{{"a", std::uint8_t{200}},
                            {"b", std::numeric_limits<std::int64_t>::min()},
                            {"c", std::uint32_t{4'000'000'000U}}};
        QCOMPARE(fields.view().json(),
                 std::string("{\"a\":200,\"b\":-9223372036854775808,\"c\":4000000000}"));
    }
    void noDataIsAnEmptyObject()
    {
        QCOMPARE(Fields().view().json(), std::string("{}"));
        QVERIFY(FieldView().empty());
        QVERIFY(!FieldView().find("x"));
    }
    void textIsEscapedAsJsonWants_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<QByteArray>("json");
        QTest::newRow("plain") << QByteArray("a b") << QByteArray("\"a b\"");
        QTest::newRow("quote") << QByteArray("a\"b\\c") << QByteArray("\"a\\\"b\\\\c\"");
        QTest::newRow("lines") << QByteArray("a\n\r\tb") << QByteArray("\"a\\n\\r\\tb\"");
        QTest::newRow("control") << QByteArray("\x01\x1f\x7f", 3)
                                 << QByteArray("\"\\u0001\\u001F\\u007F\"");
        QTest::newRow("zero") << QByteArray("a\0b", 3) << QByteArray("\"a\\u0000b\"");
        QTest::newRow("two bytes") << QByteArray("é") << QByteArray("\"é\"");
        QTest::newRow("three bytes") << QByteArray("€") << QByteArray("\"€\"");
        QTest::newRow("four bytes") << QByteArray("😀") << QByteArray("\"😀\"");
        QTest::newRow("lone byte") << QByteArray(
                                          "a\xff"
                                          "b")
                                   << QByteArray("\"a%FFb\"");
        QTest::newRow("overlong") << QByteArray("\xc0\xaf") << QByteArray("\"%C0%AF\"");
        QTest::newRow("surrogate") << QByteArray("\xed\xa0\x80") << QByteArray("\"%ED%A0%80\"");
        QTest::newRow("too high") << QByteArray("\xf4\x90\x80\x80")
                                  << QByteArray("\"%F4%90%80%80\"");
        QTest::newRow("cut short") << QByteArray("\xe2\x82") << QByteArray("\"%E2%82\"");
    }
    void textIsEscapedAsJsonWants()
    {
        QFETCH(QByteArray, text);
        QFETCH(QByteArray, json);
        std::string out;
        appendJsonText(out, std::string_view(text.constData(), text.size()));
        QCOMPARE(QByteArray::fromStdString(out), json);
    }
    void numbersThatAreNotFiniteAreNull()
    {
        const Fields fields{{"nan", std::nan("")},
                            {"inf", std::numeric_limits<double>::infinity()},
                            {"tenth", 0.1},
                            {"whole", 3.0}};
        QCOMPARE(fields.view().json(),
                 std::string("{\"nan\":null,\"inf\":null,\"tenth\":0.1,\"whole\":3}"));
    }
    void anyBytesBecomeJsonThatQtReadsBack()
    {
        Rng rng(3);
        for (int round = 0; round < 2000; ++round) {
            std::string text(rng.below(40), '\0');
            for (char& c : text) {
                c = static_cast<char>(rng.next());
            }
            const Fields fields{{"text", text}, {"number", rng.normal() * 1e6}};
            QJsonParseError error;
            const auto document =
                QJsonDocument::fromJson(QByteArray::fromStdString(fields.view().json()), &error);
            QCOMPARE(error.error, QJsonParseError::NoError);
            QCOMPARE(document.object().value("number").toDouble(),
                     fields.view().find("number")->real());
            QVERIFY(!document.object().value("text").toString().contains(QChar(0xfffd)));
        }
    }
    void aKeyThatIsTooLongIsCut()
    {
        const Fields fields{{std::string(300, 'k'), 1}, {"next", 2}};
        QCOMPARE((*fields.view().begin()).key.size(), field_encoding::kMaxKey);
        QCOMPARE(fields.view().find("next")->integer(), std::int64_t{2});
    }

    void bytesFromOutsideAreFieldsOrAreNot()
    {
        Fields fields{{"item", "a text"}, {"number", 7}, {"share", 0.5}, {"paid", true}, {"", ""}};
        const auto encoded = fields.view().encoded();
        const std::vector<std::byte> whole(encoded.begin(), encoded.end());
        QVERIFY(field_encoding::wellFormed(whole));
        QVERIFY(field_encoding::wellFormed({}));
        std::size_t wellFormed = 0;
        for (std::size_t size = 1; size < whole.size(); ++size) {
            wellFormed += field_encoding::wellFormed(std::span(whole).first(size)) ? 1 : 0;
        }
        QCOMPARE(wellFormed, 4U);  // after each field but the last
        Rng rng(3);
        for (int round = 0; round < 20'000; ++round) {
            // On its own memory: reading beyond the end is seen by a sanitizer.
            std::vector<std::byte> bytes(
                whole.begin(),
                whole.begin() + static_cast<std::ptrdiff_t>(rng.below(whole.size() + 1)));
            for (auto flips = rng.below(4); flips > 0 && !bytes.empty(); --flips) {
                bytes[rng.below(bytes.size())] = static_cast<std::byte>(rng.below(256));
            }
            if (field_encoding::wellFormed(bytes)) {
                QVERIFY(FieldView(bytes).json().size() >= 2);
            }
        }
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::FieldsTest);
#include "fields_test.moc"
