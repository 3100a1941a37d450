// SPDX-License-Identifier: Apache-2.0
#include "processes/group_watch.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "processes/launch.h"

namespace muster {
namespace {

constexpr const char* kScript =
    "live=' '; while read -r sign id; do case $sign in "
    "+) live=\"$live$id \";; "
    "-) case $live in *\" $id \"*) live=\"${live%% $id *} ${live#* $id }\";; esac;; "
    "esac; done; for id in $live; do kill -s KILL -- \"-$id\"; done";

}  // namespace

GroupWatch::~GroupWatch()
{
    if (m_shell > 0) {
        m_lifeline.reset();
        ::waitpid(m_shell, nullptr, 0);
    }
}

Result<void> GroupWatch::start()
{
    auto lifeline = makePipe();
    if (!lifeline) {
        return lifeline.error();
    }
    Launch shell;
    shell.command = {"/bin/sh", "-c", kScript};
    shell.environment.emplace();
    shell.input = lifeline->read.number();
    auto started = launch(shell);
    if (!started) {
        return started.error();
    }
    m_shell = *started;
    m_lifeline = std::move(lifeline->write);
    return {};
}

void GroupWatch::forget(pid_t group) noexcept
{
    try {
        const std::string text = fmt::format("- {}\n", group);
        [[maybe_unused]] const auto written =
            ::write(m_lifeline.number(), text.data(), text.size());
    } catch (const std::exception&) {
        // No memory for a line: the group stays known, and is killed once more at the end.
    }
}

}  // namespace muster
