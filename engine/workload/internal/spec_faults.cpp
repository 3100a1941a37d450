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

namespace {

std::string textOf(const Value& table, std::string_view name)
{
    const Value* found = table.find(name);
    return found == nullptr     ? std::string()
           : found->isNumeric() ? fmt::format("{}", found->asNumber())
                                : found->asText();
}

}  // namespace

void SpecReader::readFaults()
{
    const Value* list = m_document.find("faults");
    if (list == nullptr) {
        return;
    }
    for (const Value& value : list->asArray()) {
        const std::string key = fmt::format("faults.{}", m_spec.faults.size());
        FaultSpec spec;
        spec.at = parseDuration(textOf(value, "at")).valueOr({});
        spec.length = parseDuration(textOf(value, "for")).valueOr({});
        spec.every = parseDuration(textOf(value, "every")).valueOr({});
        spec.chance = parseShare(textOf(value, "chance")).valueOr(1);
        if (const Value* stage = value.find("stage")) {
            spec.stage = static_cast<std::uint64_t>(stage->asInteger());
            if (!m_spec.load || m_spec.load->stages.size() < *spec.stage) {
                fail(*stage, key + ".stage", "the load has no such stage");
            }
        }
        const bool machine = isMachineFault(textOf(value, "fault"));
        if (machine ? readMachineFaultOf(value, key, spec) : readActionFault(value, key, spec)) {
            m_spec.faults.push_back(spec);
        }
    }
}

bool SpecReader::readMachineFaultOf(const Value& value, const std::string& key, FaultSpec& spec)
{
    const std::string share =
        value.find("share") == nullptr ? std::string() : textOf(value, "share");
    const auto fault = readMachineFault(textOf(value, "fault"), textOf(value, "value"), share);
    if (!fault.ok()) {
        fail(value, key + ".value", fault.error().message);
        return false;
    }
    if (value.find("action") != nullptr) {
        fail(*value.find("action"), key + ".action", "belongs to delay, error and hang only");
    }
    if (lasts(fault->kind) != (spec.length > Duration::zero())) {
        fail(value, key + ".for",
             lasts(fault->kind) ? "missing, expected how long" : "it happens once, and has none");
    }
    spec.machine = *fault;
    return true;
}

bool SpecReader::readActionFault(const Value& value, const std::string& key, FaultSpec& spec)
{
    const Value* name = value.find("action");
    if (name == nullptr || spec.length == Duration::zero()) {
        fail(value, key + (name == nullptr ? ".action" : ".for"),
             name == nullptr ? "missing, expected the action that suffers it"
                             : "missing, expected how long");
        return false;
    }
    const auto action = placeOf(*name, key + ".action", m_actionNames);
    if (!action) {
        return false;
    }
    spec.action = *action;
    const auto fault =
        readFault(textOf(value, "fault"), textOf(value, "value"), textOf(value, "share"));
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
    return true;
}

}  // namespace muster
