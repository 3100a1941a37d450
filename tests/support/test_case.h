// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <QtTest/QtTest>
#include <functional>
#include <memory>

namespace muster::tests {

/// Adds a test class to those its program runs; one program holds a room's test classes.
void addTestCase(std::function<std::unique_ptr<QObject>()> make);

struct TestCaseEntry {
    explicit TestCaseEntry(std::function<std::unique_ptr<QObject>()> make)
    {
        addTestCase(std::move(make));
    }
};

}  // namespace muster::tests

/// Placed once after a test class, in the source that defines it, at file scope.
#define MUSTER_TEST_CASE(Class)                              \
    static const muster::tests::TestCaseEntry testCaseEntry( \
        [] { return std::unique_ptr<QObject>(std::make_unique<Class>()); })
