// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/page.h"

class QStackedWidget;

namespace muster::ui {

class Card;
class EmptyState;
class FaultForm;
class FaultList;
class LoadControls;
class LoadProgress;
class LoadTiles;
class StageBar;
class StageEditor;

/// What if there were more? The load's profile to shape while it runs, the commands that push
/// it, what comes of it side by side, and the faults to break it with.
/// Thread safety: the GUI thread's.
class LoadPage : public Page {
    Q_OBJECT

public:
    explicit LoadPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setTimeRange() override;
    void setReadOnly(bool readOnly) override;
    [[nodiscard]] std::vector<TimeChart*> charts() const override { return m_charts; }
    [[nodiscard]] std::vector<Series> exportSeries() const override;

    /// Asks how what arrived in the range shown is to be saved as a load.
    Q_INVOKABLE void saveLoad();

private:
    QWidget* makeContent();
    QWidget* makeEditor();
    QWidget* makeFaults();
    void sendStages();
    void showState();

    PageContext m_context;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QWidget* m_content = nullptr;
    LoadControls* m_controls = nullptr;
    LoadTiles* m_tiles = nullptr;
    LoadModel m_model = LoadModel::none;
    Card* m_stages = nullptr;
    StageEditor* m_editor = nullptr;
    StageBar* m_bar = nullptr;
    LoadProgress* m_progress = nullptr;
    QWidget* m_faults = nullptr;
    FaultForm* m_faultForm = nullptr;
    FaultList* m_faultList = nullptr;
    std::vector<TimeChart*> m_charts;
};

}  // namespace muster::ui
