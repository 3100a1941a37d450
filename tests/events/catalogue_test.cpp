// SPDX-License-Identifier: Apache-2.0
#include <QtTest/QtTest>
#include <set>
#include <string>

#include "events/catalogue.h"
#include "events/topic_pattern.h"
#include "events/type_registry.h"
#include "support/test_case.h"

namespace muster {
namespace {

/// Every dotted lower-case literal that a source of the engine publishes by name.
QSet<QString> publishedNames(const QString& folder)
{
    static const QRegularExpression call("publish\\(\\s*\"([a-z0-9_.]+)\"");
    QSet<QString> names;
    QDirIterator files(folder, {"*.cpp", "*.h"}, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly)) {
            auto found = call.globalMatch(QString::fromUtf8(file.readAll()));
            while (found.hasNext()) {
                names.insert(found.next().captured(1));
            }
        }
    }
    return names;
}

}  // namespace

class CatalogueTest : public QObject {
    Q_OBJECT
private slots:
    void everyTypeIsFoundByItsNameAndItsNumber()
    {
        QCOMPARE(allEventTypes().size() + 1, static_cast<std::size_t>(EventType::count));
        std::set<std::string_view> names;
        for (const EventInfo& info : allEventTypes()) {
            QVERIFY(names.insert(info.name).second);
            QCOMPARE(findEventType(info.name), &info);
            QCOMPARE(&eventInfo(static_cast<EventType>(info.type.value)), &info);
            QVERIFY(TopicPattern::parse(info.name).value().exact());
            QVERIFY(info.name.find('.') != std::string_view::npos);
            QVERIFY(info.version >= 1);
            QVERIFY(!info.help.empty());
        }
        QCOMPARE(findEventType("agent.sneezed"), nullptr);
        QCOMPARE(eventInfo(EventType::metricUnavailable).name,
                 std::string_view("metric.unavailable"));
    }
    void everyFieldHasAMeaningAndAKeyOfItsOwn()
    {
        for (const EventInfo& info : allEventTypes()) {
            std::set<std::string_view> keys;
            for (const FieldInfo& field : info.fields) {
                QVERIFY2(keys.insert(field.key).second, std::string(info.name).c_str());
                QVERIFY(!field.help.empty());
            }
        }
    }
    void keysOfDurationsCarryTheirUnit()
    {
        for (const EventInfo& info : allEventTypes()) {
            for (const FieldInfo& field : info.fields) {
                QCOMPARE(field.unit == "ns", field.key.ends_with("_ns"));
            }
        }
    }
    void lifecycleAndAuditEventsAreKeptWhole()
    {
        QVERIFY(eventInfo(EventType::agentCrashed).capture == Capture::all);
        QCOMPARE(eventInfo(EventType::commandExecuted).durable, true);
        QVERIFY(eventInfo(EventType::actionCompleted).capture == Capture::sampled);
    }
    void fieldsAreHeldToTheCatalogue()
    {
        const EventInfo& info = eventInfo(EventType::actionFailed);
        QVERIFY(!checkFields(info, Fields{{"action", "digest"}, {"duration_ns", 7}}));
        QCOMPARE(checkFields(info, Fields{{"colour", "red"}}),
                 std::optional<std::string>("action.failed has no field \"colour\""));
        QCOMPARE(checkFields(info, Fields{{"duration_ns", 7.0}}),
                 std::optional<std::string>(
                     "action.failed: field \"duration_ns\" is integer, given as real"));
    }
    void theReferenceNamesEveryTypeAndField()
    {
        const auto reference = eventReference();
        for (const EventInfo& info : allEventTypes()) {
            QVERIFY(reference.find("## " + std::string(info.name)) != std::string::npos);
            for (const FieldInfo& field : info.fields) {
                QVERIFY(reference.find("`" + std::string(field.key) + "`") != std::string::npos);
            }
        }
    }
    void whatTheEnginePublishesByNameStandsInTheCatalogue()
    {
        for (const QString& name : publishedNames(QString(MUSTER_SOURCE_DIR) + "/engine")) {
            QVERIFY2(findEventType(name.toStdString()) != nullptr, qPrintable(name));
        }
    }
    void typesAddedAtRunTimeGetNumbersAfterTheCatalogue()
    {
        TypeRegistry types;
        const auto count = static_cast<std::uint32_t>(allEventTypes().size());
        QCOMPARE(types.size(), count);
        const TypeId added = types.intern("link.checked").value();
        QCOMPARE(added.value, count + 1);
        QCOMPARE(types.intern("link.checked").value(), added);
        QCOMPARE(types.find("link.checked"), added);
        QCOMPARE(types.name(added), std::string_view("link.checked"));
        QVERIFY(types.info(added)->openFields);
        QCOMPARE(types.intern("agent.ready").value(), TypeId(EventType::agentReady));
        QVERIFY(!types.find("link.lost"));
        QCOMPARE(types.info(TypeId(added.value + 1)), nullptr);
        QCOMPARE(types.info(TypeId()), nullptr);
        QCOMPARE(types.info(TypeId(TypeRegistry::kMaxTypes + 5)), nullptr);
    }
    void aNameThatIsNoTopicIsRefused()
    {
        TypeRegistry types;
        for (const char* name : {"", "A.b", "a..b", ".a", "a.", "a b", "a.*"}) {
            QVERIFY(types.intern(name).error().code == ErrorCode::invalidArgument);
        }
    }
    void thereIsABoundToHowManyTypesThereAre()
    {
        TypeRegistry types;
        Result<TypeId> last = TypeId();
        for (std::uint32_t i = 0; i < TypeRegistry::kMaxTypes; ++i) {
            last = types.intern("t.n" + std::to_string(i));
            if (!last.ok()) {
                break;
            }
        }
        QVERIFY(last.error().code == ErrorCode::overloaded);
        QCOMPARE(types.size(), TypeRegistry::kMaxTypes - 1);
        QCOMPARE(types.name(TypeId(types.size())).substr(0, 3), std::string_view("t.n"));
    }
};

}  // namespace muster

MUSTER_TEST_CASE(muster::CatalogueTest);
#include "catalogue_test.moc"
