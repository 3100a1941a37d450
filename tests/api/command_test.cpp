// SPDX-License-Identifier: Apache-2.0
#include <set>

#include "api/command.h"
#include "support/test_case.h"

using namespace muster;

namespace {

QString errorOf(const char* line)
{
    const auto parsed = parseCommand(line);
    return parsed.ok() ? QString() : QString::fromStdString(parsed.error().text());
}

QString textOf(const char* line)
{
    const auto parsed = parseCommand(line);
    return QString::fromStdString(parsed.ok() ? parsed->text() : parsed.error().text());
}

}  // namespace

class CommandTest : public QObject {
    Q_OBJECT

private slots:
    void everyCommandsExampleParsesToItselfAndBack();
    void namesAreUniqueAndParametersAreNamed();
    void refusalsSayWhatWasExpected_data();
    void refusalsSayWhatWasExpected();
    void linesReadAsTheyAreMeant_data();
    void linesReadAsTheyAreMeant();
};

void CommandTest::everyCommandsExampleParsesToItselfAndBack()
{
    QVERIFY(!allCommands().empty());
    for (const auto& info : allCommands()) {
        const auto parsed = parseCommand(info.example);
        QVERIFY2(parsed.ok(), info.example.data());
        QCOMPARE(parsed->name, std::string(info.name));
        const auto again = parseCommand(parsed->text());
        QVERIFY2(again.ok(), parsed->text().c_str());
        QVERIFY(again->arguments == parsed->arguments);
        QCOMPARE(findCommand(info.name), &info);
    }
}

void CommandTest::namesAreUniqueAndParametersAreNamed()
{
    std::set<std::string_view> names;
    for (const auto& info : allCommands()) {
        QVERIFY2(names.insert(info.name).second, info.name.data());
        QVERIFY(!info.title.empty() && !info.help.empty());
        bool optional = false;
        for (const auto& parameter : info.parameters) {
            QVERIFY(!parameter.name.empty() && !parameter.help.empty());
            QCOMPARE(parameter.kind == ParameterKind::choice, !parameter.choices.empty());
            QVERIFY2(!(optional && parameter.required), "required ones come first");
            optional = !parameter.required;
        }
    }
    QCOMPARE(findCommand("load.unknown"), nullptr);
}

void CommandTest::refusalsSayWhatWasExpected_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("says");
    const auto row = [](const char* line, const char* says) {
        QTest::newRow(line) << QByteArray(line) << QString::fromUtf8(says);
    };
    row("", "a command is missing");
    row("load.pase", "did you mean \"load.pause\"?");
    row("zzzzzzzzzz", "lists the commands");
    row("load.rate", "rate is missing");
    row("load.rate fast",
        "expected a rate such as 500/s or 3000/min, or users such as 200, found \"fast\"");
    row("load.rate 5/fortnight", "expected a rate");
    row("load.rate -5/s", "expected a rate");
    row("load.rate 500/s 600/s", "one too many");
    row("load.rate rat=5/s", "did you mean \"rate\"?");
    row("load.pause now", "one too many");
    row("load.step fast", "expected a step");
    row("load.burst 0", "a whole number from 1");
    row("load.burst 1.5", "a whole number from 1");
    row("load.burst 99999999999", "a whole number from 1");
    row("load.stages 10s", "LENGTH:TARGET");
    row("load.stages 10s:200/s,", "LENGTH:TARGET");
    row("load.stages 0s:200/s", "a stage LENGTH:TARGET");
    row("load.stages 10s:200/s,10s:5", "stages of one kind");
    row("agents.stop", "filter is missing");
    row("agents.stop tpe=task", "did you mean \"type\"?");
    row("agents.stop \"\"", "expected a text");
    row("limits.set limits.agent 5", "limits.agents, limits.memory, services.*");
    row("limits.set limits.memory much", "a size such as");
    row("log.level runtime loud", "one of trace, debug, info");
    row("run.drain soon", "expected a duration");
    row("mark.add \"open", "a double quote is not closed");
}

void CommandTest::refusalsSayWhatWasExpected()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, says);
    const auto error = errorOf(line.constData());
    QVERIFY2(error.contains(says), qPrintable(error));
}

void CommandTest::linesReadAsTheyAreMeant_data()
{
    QTest::addColumn<QByteArray>("line");
    QTest::addColumn<QString>("text");
    const auto row = [](const char* line, const char* text) {
        QTest::newRow(line) << QByteArray(line) << QString::fromUtf8(text);
    };
    row("  load.pause  ", "load.pause");
    row("load.rate 500/s", "load.rate rate=500/s");
    row("load.rate rate=500/s", "load.rate rate=500/s");
    row("load.step -10%", "load.step delta=-10%");
    row("load.stages 10s:200/s,90s:200/s", "load.stages stages=10s:200/s,90s:200/s");
    row("agents.stop type=task", "agents.stop filter=type:task");
    row("agents.stop type=task state=busy", "agents.stop filter=\"type:task state:busy\"");
    row("agents.stop filter=\"type:task\"", "agents.stop filter=type:task");
    row("agents.stop type:task mailbox:>0", "agents.stop filter=\"type:task mailbox:>0\"");
    row("agents.stop attr.zone=eu", "agents.stop filter=attr.zone:eu");
    row("agents.send index-7 \"say \\\"hi\\\"\"",
        "agents.send filter=index-7 message=\"say \\\"hi\\\"\"");
    row("agents.send type:task tell me", "agents.send filter=type:task message=\"tell me\"");
    row("mark.add cache warmed up", "mark.add text=\"cache warmed up\"");
    row("mark.add \"a=b\"", "mark.add text=\"a=b\"");
    row("limits.set limits.memory 2GiB", "limits.set key=limits.memory value=2GiB");
}

void CommandTest::linesReadAsTheyAreMeant()
{
    QFETCH(QByteArray, line);
    QFETCH(QString, text);
    QCOMPARE(textOf(line.constData()), text);
    QCOMPARE(textOf(text.toUtf8().constData()), text);
}

MUSTER_TEST_CASE(CommandTest);
#include "command_test.moc"
