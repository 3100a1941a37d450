// SPDX-License-Identifier: Apache-2.0
#include "agents/action.h"

#include <fmt/format.h>

#include <algorithm>

#include "agents/internal/built_in.h"

namespace muster {

Result<void> ActionRegistry::add(ActionInfo info)
{
    if (find(info.kind) != nullptr) {
        return Error{ErrorCode::alreadyExists, fmt::format("action kind {} is known", info.kind),
                     "", "Choose another name"};
    }
    m_kinds.push_back(std::move(info));
    return {};
}

const ActionInfo* ActionRegistry::find(std::string_view kind) const noexcept
{
    const auto found = std::find_if(m_kinds.begin(), m_kinds.end(),
                                    [kind](const ActionInfo& info) { return info.kind == kind; });
    return found == m_kinds.end() ? nullptr : &*found;
}

ActionRegistry builtInActions()
{
    ActionRegistry registry;
    for (auto make : {filesDigest, filesCount, filesGrep, filesWalk, http, exec, llm, synthetic}) {
        const auto added = registry.add(make());
        static_cast<void>(added);  // their names differ
    }
    return registry;
}

}  // namespace muster
