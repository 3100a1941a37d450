// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace muster {

/// Values from the environment that must not be seen: they are put into what is sent, and taken
/// out again of all that is told. Immutable once an action is bound. Thread safety: any thread.
class Secrets {
public:
    static constexpr std::size_t kShortest = 4;

    /// The value of an environment variable, kept as a secret. Errors: notFound; invalidArgument
    /// when it is too short to be told from other text.
    [[nodiscard]] Result<std::string> take(const std::string& name);
    [[nodiscard]] bool empty() const noexcept { return m_known.empty(); }
    /// With "$NAME" where a value stood, as it is or percent-encoded.
    [[nodiscard]] std::string redacted(std::string_view text) const;

private:
    struct Known {
        std::string value;
        std::string name;
    };

    std::vector<Known> m_known;
};

}  // namespace muster
