// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDialog>
#include <vector>

#include "api/queries.h"
#include "api/series.h"

class QComboBox;
class QLabel;
class QListWidget;
class QPushButton;

namespace muster::ui {

/// What is exported of the recorded session: in which format, which series, over the visible
/// range; says why a choice cannot be written. Opened with open(). Deletes itself.
/// Thread safety: the GUI thread's.
class ExportDialog : public QDialog {
    Q_OBJECT

public:
    /// `query` is what the page shows, its range filled in; of metrics `series` can be chosen.
    ExportDialog(const ExportQuery& query, const std::vector<Series>& series,
                 const QString& rangeText, QWidget* parent);

    /// As it is chosen now.
    [[nodiscard]] ExportQuery query() const;

signals:
    void chosen(const muster::ExportQuery& query);

private:
    void makeList(const std::vector<Series>& series);
    void check();

    const ExportQuery m_query;
    QComboBox* m_format;
    QListWidget* m_series;
    QLabel* m_range;
    QLabel* m_problem;
    QPushButton* m_save;
    QString m_rangeText;
};

/// A format as files call it: "csv-wide"; its ending; and what it is, for people.
struct ExportFormatInfo {
    ExportFormat format;
    const char* title;
    const char* suffix;
    const char* kinds;  ///< for a file dialog
};

[[nodiscard]] const std::vector<ExportFormatInfo>& exportFormats();
[[nodiscard]] const ExportFormatInfo& exportFormat(ExportFormat format);
/// `query` in another format: a session is copied as a whole, a histogram's log is of histograms.
[[nodiscard]] ExportQuery inFormat(ExportQuery query, ExportFormat format);

}  // namespace muster::ui
