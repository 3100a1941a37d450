// SPDX-License-Identifier: Apache-2.0
#include "api/internal/result_recorder.h"

namespace muster {

void ResultRecorder::result(const ResultRow& row)
{
    if (m_recorder == nullptr) {
        return;
    }
    Fields data;
    for (const auto field : row.fields) {
        data.add(field.key, field.value);
    }
    m_recorder->addResult({.at = m_clock.wall(),
                           .action = std::string(row.action),
                           .agent = m_directory.nameOf(row.agent),
                           .item = std::string(row.item),
                           .data = std::move(data)});
}

void ResultRecorder::error(const ErrorRow& row)
{
    if (m_recorder == nullptr) {
        return;
    }
    m_recorder->addError({.at = m_clock.wall(),
                          .action = std::string(row.action),
                          .agent = row.agent ? m_directory.nameOf(row.agent) : "",
                          .item = std::string(row.item),
                          .failureClass = std::string(toString(row.failure)),
                          .code = std::string(toString(row.error->code)),
                          .message = row.error->message});
}

}  // namespace muster
