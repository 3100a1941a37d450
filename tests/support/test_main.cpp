// SPDX-License-Identifier: Apache-2.0
#include "support/test_case.h"

#include <QCoreApplication>
#include <QTemporaryDir>
#include <vector>

namespace {

std::vector<std::function<std::unique_ptr<QObject>()>>& entries()
{
    static std::vector<std::function<std::unique_ptr<QObject>()>> all;
    return all;
}

}  // namespace

void muster::tests::addTestCase(std::function<std::unique_ptr<QObject>()> make)
{
    entries().push_back(std::move(make));
}

/// Replaced by programs that need a QApplication (see tests/ui/application.cpp).
[[gnu::weak]] std::unique_ptr<QCoreApplication> makeTestApplication(int& argc, char** argv)
{
    return std::make_unique<QCoreApplication>(argc, argv);
}

/// Arguments are Qt Test's own; `Class::` or `Class::function` narrows to one class.
int main(int argc, char** argv)
{
    // What the user keeps is nothing to a test, and the other way round.
    const QTemporaryDir data;
    qputenv("XDG_DATA_HOME", data.path().toUtf8());
    const auto application = makeTestApplication(argc, argv);
    QStringList arguments = application->arguments();
    QString onlyClass;
    for (QString& argument : arguments) {
        const auto separator = argument.indexOf(QStringLiteral("::"));
        if (separator > 0) {
            onlyClass = argument.left(separator);
            argument = argument.mid(separator + 2);
        }
    }
    arguments.removeAll(QString());
    int failures = 0;
    int ran = 0;
    for (const auto& make : entries()) {
        const auto test = make();
        const auto name = QString::fromLatin1(test->metaObject()->className());
        if (!onlyClass.isEmpty() && name.section(QStringLiteral("::"), -1) != onlyClass) {
            continue;
        }
        failures += QTest::qExec(test.get(), arguments);
        ++ran;
    }
    return ran == 0 ? 1 : failures;
}
