// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

namespace muster::ui {

/// What the form of one kind of fault looks like.
struct FaultKind {
    QString name;            ///< as the command has it: "disk_full"
    QString title;           ///< "Fill the disk"
    QString help;            ///< what it does, in a sentence
    bool ofAction = false;   ///< fault.start of an action; else fault.inject of the engine
    QString value;           ///< what its value is called; empty: it has none
    QString preset;          ///< the value to begin with
    QString example;         ///< shown while the value is empty
    bool needsValue = true;  ///< it cannot be left empty
    bool share = false;      ///< hits a share of them only
    bool lasts = true;       ///< goes on for a while
};

/// Every kind the commands fault.start and fault.inject know, those of actions first. One that
/// this table does not know by name has the fields that any has.
/// Thread safety: pure.
[[nodiscard]] std::vector<FaultKind> faultKinds();

/// The classes an error may have.
[[nodiscard]] const QStringList& errorClasses();

}  // namespace muster::ui
