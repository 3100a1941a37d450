// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "agents/text_template.h"
#include "documents/schema.h"
#include "net/http.h"

namespace muster {

/// Which statuses of a reply are a result: "2xx", "404". Immutable.
class StatusSet {
public:
    /// Of words that hold to statusSchema().
    explicit StatusSet(const std::vector<std::string>& words = {"2xx"});
    [[nodiscard]] bool has(int status) const noexcept;

private:
    std::vector<std::pair<int, int>> m_ranges;  ///< from, to
};

/// What a workload file says about an http action. A value.
struct HttpSettings {
    HttpProfile profile;
    TextTemplate url;
    std::vector<TextTemplate> headers;  ///< each "name: value"
    TextTemplate body;
    TextTemplate save;  ///< empty: nothing is saved
    std::string saveDirectory;
    StatusSet results;
    bool keep = false;  ///< the body is part of the result

    /// Of parameters that hold to fields(). Errors: what the schema cannot say.
    [[nodiscard]] static Result<HttpSettings> read(const Value& parameters);
    [[nodiscard]] static std::vector<SchemaField> fields();
    /// With what holds for the whole run filled in.
    [[nodiscard]] Result<HttpSettings> bind(const ActionWorld& world, Secrets& secrets) const;
};

/// Parameters of how connections are made, which other kinds have too: proxy, certificates,
/// connect_within, silent_for, version.
[[nodiscard]] std::vector<SchemaField> connectionFields();
void readConnection(const Value& parameters, HttpProfile& profile);
/// The "headers" table. Errors: a name or a value that no header may have.
[[nodiscard]] Result<std::vector<TextTemplate>> readHeaders(const Value& parameters);
[[nodiscard]] SchemaField headersField();

/// An action's failure for a request that came to nothing.
[[nodiscard]] ActionFailure requestFailure(const Error& error, const Secrets& secrets);
/// The class of a status that is no result, and how long its server asks to wait.
[[nodiscard]] ActionFailure statusFailure(const HttpReply& reply, std::string where,
                                          const Secrets& secrets);

}  // namespace muster
