// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "models/service_list_model.h"
#include "pages/page.h"

class QComboBox;
class QLineEdit;
class QPushButton;
class QListView;
class QStackedWidget;

namespace muster::ui {

class Chip;
class EmptyState;
class ServiceDelegate;
class ServicePane;
class TrialCard;
class WhatIfCard;

/// What protects us, and how near is it? A card for each service, those in trouble first, and
/// the selected one's settings beside them.
/// Thread safety: the GUI thread's.
class LimitsPage : public Page {
    Q_OBJECT

public:
    explicit LimitsPage(const PageContext& context, QWidget* parent = nullptr);

    void setSnapshot(const SnapshotPtr& snapshot) override;
    void setTimeRange() override;
    void setReadOnly(bool on) override;
    void focusFilter() override;
    [[nodiscard]] QVariantMap state() const override;
    void restoreState(const QVariantMap& state) override;

    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    [[nodiscard]] QWidget* makeTools();
    void makeList();
    void fitCards();
    void showCount();
    void select(const QModelIndex& index);
    void showSelected();
    void updateSteering();
    [[nodiscard]] bool over() const;

    PageContext m_context;
    ServiceListModel* m_model;
    QListView* m_list;
    ServiceDelegate* m_delegate;
    QStackedWidget* m_stack;
    EmptyState* m_empty;
    QLineEdit* m_filter;
    QComboBox* m_order;
    Chip* m_count;
    QPushButton* m_ask;
    WhatIfCard* m_whatIf;
    TrialCard* m_trial;
    ServicePane* m_pane;
    SnapshotPtr m_snapshot;
    QString m_selected;
    bool m_readOnly = false;
};

}  // namespace muster::ui
