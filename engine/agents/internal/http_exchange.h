// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "net/http_client.h"
#include "runtime/waiting.h"

namespace muster {

/// Takes a reply's body in pieces, on the client's I/O thread; read by the handler once the reply
/// has come. Thread safety: one thread at a time.
class PieceSink {
public:
    virtual ~PieceSink() = default;
    /// False: no more; the request then ends with cancelled.
    [[nodiscard]] virtual bool piece(std::string_view bytes) = 0;
};

/// One request, awaited within an agent's handler: no thread stands still for it. When the
/// handler goes, so does the request. Errors: as HttpReceiver::done(); timedOut after `longest`;
/// overloaded. The client must outlive the handler.
[[nodiscard]] Async<Result<HttpReply>> httpReply(HttpClient& client, HttpRequest request,
                                                 Duration longest,
                                                 std::shared_ptr<PieceSink> pieces = nullptr);

}  // namespace muster
