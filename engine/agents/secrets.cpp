// SPDX-License-Identifier: Apache-2.0
#include "agents/secrets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "agents/escape.h"

namespace muster {

Result<std::string> Secrets::take(const std::string& name)
{
    const char* value = std::getenv(name.c_str());
    if (value == nullptr) {
        return Error{ErrorCode::notFound, fmt::format("the environment has no {}", name),
                     "$" + name, fmt::format("Set it: {}=… musterctl run …", name)};
    }
    std::string secret = value;
    if (secret.size() < kShortest) {
        return Error{ErrorCode::invalidArgument,
                     fmt::format("{} is shorter than {} bytes, too short to be kept out of logs",
                                 name, kShortest),
                     "$" + name, "Set the whole key, or write what is no secret into the file"};
    }
    const auto known =
        std::ranges::any_of(m_known, [&](const Known& it) { return it.name == name; });
    if (!known) {
        m_known.push_back({secret, "$" + name});
        if (std::string encoded = escaped(secret, Escape::urlPart); encoded != secret) {
            m_known.push_back({std::move(encoded), "$" + name});
        }
        // The longest first: one may stand within another.
        std::ranges::stable_sort(m_known, [](const Known& a, const Known& b) {
            return a.value.size() > b.value.size();
        });
    }
    return secret;
}

std::string Secrets::redacted(std::string_view text) const
{
    std::string out(text);
    for (const auto& known : m_known) {
        for (auto at = out.find(known.value); at != std::string::npos;
             at = out.find(known.value, at + known.name.size())) {
            out.replace(at, known.value.size(), known.name);
        }
    }
    return out;
}

}  // namespace muster
