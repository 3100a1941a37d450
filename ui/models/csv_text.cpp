// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/csv_text.h"

namespace muster::ui {

QString csvLine(const QStringList& cells)
{
    QString line;
    for (const auto& cell : cells) {
        const bool quoted = cell.contains(QLatin1Char(',')) || cell.contains(QLatin1Char('"')) ||
                            cell.contains(QLatin1Char('\n')) || cell.contains(QLatin1Char('\r'));
        QString text = cell;
        text.replace(QLatin1Char('"'), QLatin1String("\"\""));
        if (!line.isEmpty() || &cell != &cells.first()) {
            line += QLatin1Char(',');
        }
        line += quoted ? QLatin1Char('"') + text + QLatin1Char('"') : text;
    }
    return line + QLatin1Char('\n');
}

}  // namespace muster::ui
