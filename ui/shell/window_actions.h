// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace muster::ui {

class Actions;
class MainWindow;
class Theme;

/// Adds what the window can do, with its keys: pages, time, theme, palette, export, lock.
void addWindowActions(MainWindow& window, Actions& actions, Theme& theme);

}  // namespace muster::ui
