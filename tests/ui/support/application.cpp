// SPDX-License-Identifier: GPL-3.0-or-later
#include <QApplication>
#include <memory>

#include "style/theme.h"

std::unique_ptr<QCoreApplication> makeTestApplication(int& argc, char** argv);

/// Tests of the console run with widgets, dressed in the dark theme until they choose another.
std::unique_ptr<QCoreApplication> makeTestApplication(int& argc, char** argv)
{
    auto application = std::make_unique<QApplication>(argc, argv);
    application->setQuitOnLastWindowClosed(false);  // a test may close its window and go on
    auto* theme = new muster::ui::Theme(application.get());
    theme->setChoice(muster::ui::ThemeChoice::dark);
    return application;
}
