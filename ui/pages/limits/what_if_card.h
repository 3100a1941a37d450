// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "bridge/engine_bridge.h"
#include "pages/page.h"
#include "widgets/card.h"

class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;

namespace muster::ui {

class WhatIfChart;

/// What would the limiter and the breaker of a service have done with other settings? Asks for the
/// window's time range, shows the answer, and says when the log does not tell all.
/// Thread safety: the GUI thread's.
class WhatIfCard : public Card {
    Q_OBJECT

public:
    explicit WhatIfCard(const PageContext& context, QWidget* parent = nullptr);

    /// The service that is asked about; empty: none is.
    void setService(const QString& name);
    void ask();
    void show(const Result<WhatIf>& answer);

private:
    void showStage();

    PageContext m_context;
    QLineEdit* m_settings;
    QComboBox* m_stage;
    QPushButton* m_ask;
    WhatIfChart* m_chart;
    QLabel* m_legend;
    QLabel* m_note;
    QString m_service;
    std::optional<WhatIf> m_answer;
};

}  // namespace muster::ui
