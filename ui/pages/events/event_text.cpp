// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/events/event_text.h"

#include <QJsonDocument>
#include <QJsonObject>

#include "models/csv_text.h"

namespace muster::ui {

namespace {

QString fromText(const std::string& text)
{
    return QString::fromStdString(text);
}

QString idText(std::uint64_t id)
{
    return id == 0 ? QString() : QString::number(id, 16);
}

}  // namespace

QString eventsAsCsv(const std::vector<const EventRow*>& rows)
{
    QString out = csvLine({QStringLiteral("id"), QStringLiteral("at"), QStringLiteral("type"),
                           QStringLiteral("source"), QStringLiteral("correlation"),
                           QStringLiteral("trace"), QStringLiteral("data")});
    for (const auto* row : rows) {
        out += csvLine({fromText(toString(row->id)), fromText(toString(row->at)),
                        fromText(row->type), fromText(row->source), idText(row->correlation.value),
                        idText(row->trace.value), fromText(row->data)});
    }
    return out;
}

QString eventsAsJsonLines(const std::vector<const EventRow*>& rows)
{
    QString out;
    for (const auto* row : rows) {
        const QJsonObject head{{QStringLiteral("id"), fromText(toString(row->id))},
                               {QStringLiteral("at"), fromText(toString(row->at))},
                               {QStringLiteral("type"), fromText(row->type)},
                               {QStringLiteral("source"), fromText(row->source)},
                               {QStringLiteral("correlation"), idText(row->correlation.value)},
                               {QStringLiteral("trace"), idText(row->trace.value)}};
        auto line = QString::fromUtf8(QJsonDocument(head).toJson(QJsonDocument::Compact));
        line.chop(1);
        // The data stands as it was recorded: numbers beyond a double's reach stay whole.
        out += line + QStringLiteral(",\"data\":") +
               (row->data.empty() ? QStringLiteral("{}") : fromText(row->data)) +
               QStringLiteral("}\n");
    }
    return out;
}

}  // namespace muster::ui
