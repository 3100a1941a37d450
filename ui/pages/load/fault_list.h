// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "api/snapshot.h"
#include "widgets/card.h"

namespace muster::ui {

class AttentionList;

/// The faults that were injected and go on: what, how long still, whom they hit, and End.
/// Thread safety: the GUI thread's.
class FaultList : public Card {
    Q_OBJECT

public:
    explicit FaultList(QWidget* parent = nullptr);

    void setFaults(const std::vector<FaultStatus>& faults);
    void setReadOnly(bool readOnly);
    [[nodiscard]] QStringList texts() const;

signals:
    void commandRequested(const QString& commandLine);

private:
    AttentionList* m_list;
};

}  // namespace muster::ui
