// SPDX-License-Identifier: Apache-2.0
#include "agents/internal/process_report.h"

#include <optional>

namespace muster {
namespace {

struct ProcessAnswer {
    static constexpr std::string_view kName = "process.answer";

    std::unique_ptr<Result<ProcessReport>> report;
};

/// Brings the report from the I/O thread to the handler that waits.
class Waiter final : public ProcessReceiver {
public:
    explicit Waiter(ReplyLater handler) : m_handler(std::move(handler)) {}
    void done(Result<ProcessReport> report) override
    {
        m_handler.reply(ProcessAnswer{std::make_unique<Result<ProcessReport>>(std::move(report))});
    }

private:
    ReplyLater m_handler;
};

}  // namespace

Async<Result<ProcessReport>> processReport(ProcessRunner& runner, ProcessRequest request,
                                           Duration longest)
{
    ProcessRunner::Ticket ticket;  // kills the program with this frame
    const std::string program = request.command.front();
    std::optional<Error> refused;
    auto begin = [&runner, &request, &ticket, &refused](ReplyLater later) {
        auto sent = runner.run(std::move(request), std::make_unique<Waiter>(std::move(later)));
        if (sent) {
            ticket = *std::move(sent);
        } else {
            refused = sent.error();
        }
    };
    auto answer = co_await answerFrom<ProcessAnswer>(longest, begin);
    if (refused) {
        co_return *refused;
    }
    if (answer.ok()) {
        co_return std::move(*answer->report);
    }
    Error error = answer.error();
    if (error.code == ErrorCode::timedOut) {
        error = {ErrorCode::timedOut, "killed: it did not end within its time", program,
                 "Raise the action's timeout"};
    }
    co_return error;
}

}  // namespace muster
