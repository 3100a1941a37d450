// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/history/report_dialog.h"

#include <QFileDialog>
#include <QFileInfo>

namespace muster::ui {

ReportFormat reportFormatOf(const QString& file)
{
    const QString suffix = QFileInfo(file).suffix().toLower();
    return suffix == QLatin1String("md")     ? ReportFormat::markdown
           : suffix == QLatin1String("json") ? ReportFormat::json
                                             : ReportFormat::html;
}

std::function<void(const QString&, std::function<void(const QString&)>)> askForReport(QWidget* page)
{
    return [page](const QString& suggested, std::function<void(const QString&)> done) {
        auto* dialog =
            new QFileDialog(page, QObject::tr("Write a report"), suggested,
                            QObject::tr("One HTML page (*.html);;Markdown (*.md);;JSON (*.json)"));
        dialog->setAttribute(Qt::WA_DeleteOnClose);
        dialog->setAcceptMode(QFileDialog::AcceptSave);
        dialog->setDefaultSuffix(QStringLiteral("html"));
        QObject::connect(dialog, &QFileDialog::filterSelected, dialog, [dialog](const QString& f) {
            const QString suffix = f.section(QStringLiteral("*."), 1, 1);
            dialog->setDefaultSuffix(suffix.left(suffix.indexOf(QLatin1Char(')'))));
        });
        QObject::connect(dialog, &QFileDialog::fileSelected, page, std::move(done));
        dialog->open();
    };
}

}  // namespace muster::ui
