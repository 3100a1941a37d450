// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <functional>

#include "api/load_making.h"
#include "base/result.h"

class QDoubleSpinBox;
class QLabel;
class QPushButton;

namespace muster::ui {

class LoadMaker;
class Sparkline;

/// Makes a load file of what arrived in a stretch of a recorded run: shows its rate, at a factor,
/// before it is saved. Opened with open(); Escape closes it. Deletes itself.
/// Thread safety: the GUI thread's.
class SaveLoadDialog : public QDialog {
    Q_OBJECT

public:
    /// Asks for the name of a file; empty: none.
    using ChooseFile =
        std::function<void(const QString& suggested, std::function<void(const QString&)> done)>;

    SaveLoadDialog(std::filesystem::path session, const LoadQuery& query, bool utc,
                   QWidget* parent);

    /// In place of the system's own.
    void setChooseFile(ChooseFile choose) { m_choose = std::move(choose); }
    [[nodiscard]] QString text() const;

private:
    void ask();
    void save(const QString& file);
    void show(const Result<LoadOutline>& load);
    void saved(const Result<LoadOutline>& load, const QString& file);

    const std::filesystem::path m_session;
    LoadQuery m_query;
    const bool m_utc;
    ChooseFile m_choose;
    LoadMaker* m_maker;
    QDoubleSpinBox* m_factor;
    Sparkline* m_rate;
    QLabel* m_facts;
    QLabel* m_note;
    QPushButton* m_save;
    QString m_suggested;
    std::uint64_t m_asked = 0;  ///< only the newest answer is shown
};

}  // namespace muster::ui
