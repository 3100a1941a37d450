// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/http_client.h"
#include "runtime/waiting.h"

namespace muster {

/// One request, awaited within an agent's handler: no thread stands still for it. When the
/// handler goes, so does the request. Errors: as HttpReceiver::done(); timedOut after `longest`;
/// overloaded. The client must outlive the handler.
[[nodiscard]] Async<Result<HttpReply>> httpReply(HttpClient& client, HttpRequest request,
                                                 Duration longest);

}  // namespace muster
