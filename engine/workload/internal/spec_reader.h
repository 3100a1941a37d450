// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "workload/workload.h"

namespace muster {

/// Makes a spec of a document that holds to the schema, and finds what a schema cannot say.
/// Thread safety: one thread.
class SpecReader {
public:
    SpecReader(const Value& document, const ActionRegistry& registry)
        : m_document(document), m_registry(registry)
    {
    }

    /// The spec is whole only when violations() is empty.
    [[nodiscard]] WorkloadSpec read();
    [[nodiscard]] const std::vector<Violation>& violations() const noexcept { return m_found; }

private:
    void readServices();
    void readActions();
    void readAction(const Value::Member& entry);
    void readProtection();
    void checkFallback(const Value& value, const std::string& key, const ActionSpec& action);
    void readAgents();
    void readGroup(const Value& value, const std::string& key);
    void checkGroup(const Value& value, const std::string& key, const AgentGroupSpec& group);
    void readThen();
    void readQueues();
    void readTakes();
    void readInput();
    void readLoad();
    void readStages(const Value& value, LoadSpec& load);
    void readRecorded(const Value& value, LoadSpec& load);
    void readLimits();
    void readResources();
    void readCapture();
    void readRetention();
    void readExpect();
    void readHelpers();
    void checkNeeds();
    void readFaults();
    [[nodiscard]] bool readMachineFaultOf(const Value& value, const std::string& key,
                                          FaultSpec& spec);
    [[nodiscard]] bool readActionFault(const Value& value, const std::string& key, FaultSpec& spec);

    /// The place of a name among those there are; none, and a violation, if it is not one.
    [[nodiscard]] std::optional<std::size_t> placeOf(const Value& name, const std::string& key,
                                                     const std::vector<std::string>& names);
    void fail(const Value& at, std::string key, std::string message);

    const Value& m_document;
    const ActionRegistry& m_registry;
    WorkloadSpec m_spec;
    std::vector<std::string> m_actionNames;
    std::vector<std::string> m_serviceNames;
    std::vector<std::string> m_queueNames;
    std::vector<Violation> m_found;
};

}  // namespace muster
