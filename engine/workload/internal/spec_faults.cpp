// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>

#include "documents/units.h"
#include "workload/internal/spec_reader.h"

namespace muster {

Result<ActionFault> readFault(std::string_view kind, std::string_view value, std::string_view share)
{
    ActionFault fault;
    if (!share.empty()) {
        const auto parsed = parseShare(share);
        if (!parsed.ok()) {
            return parsed.error();
        }
        fault.share = *parsed;
    }
    if (kind == "delay") {
        fault.kind = ActionFault::Kind::delay;
        const auto parsed = parseDuration(value);
        if (!parsed.ok()) {
            return parsed.error();
        }
        fault.delay = *parsed;
        return fault;
    }
    if (kind == "hang") {
        fault.kind = ActionFault::Kind::hang;
    } else if (!value.empty()) {
        const auto of = {FailureClass::network, FailureClass::timeout, FailureClass::application,
                         FailureClass::rejected};
        const auto found = std::ranges::find_if(
            of, [value](FailureClass each) { return toString(each) == value; });
        if (found == of.end()) {
            return Error{ErrorCode::invalidArgument,
                         fmt::format("expected a class of failures (network, timeout, application "
                                     "or rejected), found \"{}\"",
                                     value),
                         {},
                         {}};
        }
        fault.failure = *found;
    }
    return fault;
}

void SpecReader::readFaults()
{
    const Value* list = m_document.find("faults");
    if (list == nullptr) {
        return;
    }
    for (const Value& value : list->asArray()) {
        const std::string key = fmt::format("faults.{}", m_spec.faults.size());
        const auto text = [&value](std::string_view name) {
            const Value* found = value.find(name);
            return found == nullptr     ? std::string()
                   : found->isNumeric() ? fmt::format("{}", found->asNumber())
                                        : found->asText();
        };
        FaultSpec spec;
        spec.at = parseDuration(text("at")).valueOr({});
        spec.length = parseDuration(text("for")).valueOr({});
        const auto action = placeOf(*value.find("action"), key + ".action", m_actionNames);
        if (!action) {
            continue;
        }
        spec.action = *action;
        const auto fault = readFault(text("fault"), text("value"), text("share"));
        if (fault.ok()) {
            spec.fault = *fault;
        } else {
            fail(value, key + ".value", fault.error().message);
        }
        const ActionSpec& suffers = m_spec.actions[spec.action];
        if (spec.fault.kind != ActionFault::Kind::error && !suffers.service &&
            !suffers.info->blocking && !suffers.action->waits()) {
            fail(value, key + ".fault",
                 fmt::format("\"{}\" does nothing that waits, expected \"error\" or an action that "
                             "waits",
                             suffers.name));
        }
        m_spec.faults.push_back(spec);
    }
}

}  // namespace muster
