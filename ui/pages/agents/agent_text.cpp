// SPDX-License-Identifier: GPL-3.0-or-later
#include "pages/agents/agent_text.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "models/csv_text.h"

namespace muster::ui {

namespace {

using Cell = std::pair<QString, QJsonValue>;

QJsonValue value(const Known& known)
{
    return known.known() ? QJsonValue(known.value) : QJsonValue();
}

QJsonValue whole(std::uint64_t number)
{
    return {static_cast<qint64>(number)};
}

std::vector<Cell> cellsOf(const AgentRow& row)
{
    const auto text = [](const std::string& s) { return QJsonValue(QString::fromStdString(s)); };
    return {{QStringLiteral("id"), text(toString(row.id))},
            {QStringLiteral("name"), text(row.name)},
            {QStringLiteral("type"), text(row.type)},
            {QStringLiteral("state"), text(row.state)},
            {QStringLiteral("rate_per_s"), value(row.rate)},
            {QStringLiteral("total"), whole(row.total)},
            {QStringLiteral("mailbox"), whole(row.mailbox)},
            {QStringLiteral("oldest_ns"), value(row.oldest)},
            {QStringLiteral("p50_ns"), value(row.p50)},
            {QStringLiteral("p99_ns"), value(row.p99)},
            {QStringLiteral("memory_bytes"), whole(row.memory)},
            {QStringLiteral("restarts"), whole(row.restarts)},
            {QStringLiteral("action"), text(row.action)}};
}

}  // namespace

QString agentsAsCsv(const std::vector<const AgentRow*>& rows)
{
    QStringList names;
    for (const auto& [name, ignored] : cellsOf({})) {
        names << name;
    }
    QString out = csvLine(names);
    for (const auto* row : rows) {
        QStringList texts;
        for (const auto& [ignored, cell] : cellsOf(*row)) {
            texts << (cell.isNull() ? QString() : cell.toVariant().toString());
        }
        out += csvLine(texts);
    }
    return out;
}

QString agentsAsJson(const std::vector<const AgentRow*>& rows)
{
    QJsonArray array;
    for (const auto* row : rows) {
        QJsonObject object;
        for (const auto& [name, cell] : cellsOf(*row)) {
            object.insert(name, cell);
        }
        array.push_back(object);
    }
    return QString::fromUtf8(QJsonDocument(array).toJson(QJsonDocument::Indented));
}

}  // namespace muster::ui
