// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <vector>

#include "api/snapshot.h"
#include "widgets/card.h"

class QComboBox;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QPushButton;

namespace muster::ui {

/// What goes wrong on purpose, chosen and set: the fields that a kind of fault has, what it does
/// in a sentence, and the command it comes to. The kinds are those of the commands fault.start
/// and fault.inject.
/// Thread safety: the GUI thread's.
class FaultForm : public Card {
    Q_OBJECT

public:
    explicit FaultForm(QWidget* parent = nullptr);

    /// The actions there are to disturb, and whether anything runs at all.
    void setSnapshot(const Snapshot& snapshot);
    void setReadOnly(bool readOnly, const QString& reason = {});
    /// As the palette would have it: "fault.start action=buy fault=delay value=200ms for=10s".
    [[nodiscard]] QString command() const;

signals:
    void commandRequested(const QString& commandLine);

private:
    struct Field {
        QWidget* whole = nullptr;
        QLabel* label = nullptr;
    };

    [[nodiscard]] QWidget* makeFields();
    Field addField(QHBoxLayout* row, const QString& label, QWidget* editor, int width);
    QLineEdit* makeLine(const QString& name, const QString& accessible);
    void fillKinds();
    void showKind();
    void refresh();
    void send();
    [[nodiscard]] QString problem() const;

    QComboBox* m_kind;
    QComboBox* m_action;
    QComboBox* m_class;
    QLineEdit* m_value;
    QLineEdit* m_share;
    QLineEdit* m_length;
    QPushButton* m_inject;
    QLabel* m_help;
    Field m_actionField;
    Field m_classField;
    Field m_valueField;
    Field m_shareField;
    Field m_lengthField;
    bool m_over = false;
    bool m_readOnly = false;
    QString m_lockReason;
};

}  // namespace muster::ui
