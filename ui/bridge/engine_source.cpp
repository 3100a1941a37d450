// SPDX-License-Identifier: GPL-3.0-or-later
#include "bridge/engine_source.h"

#include <utility>

namespace muster::ui {

namespace {

class EngineSource final : public DataSource {
public:
    explicit EngineSource(std::unique_ptr<Engine> engine) : m_engine(std::move(engine)) {}

    bool live() const noexcept override { return true; }
    std::optional<std::filesystem::path> database() const override { return m_engine->database(); }
    std::optional<SessionInfo> session() const override { return std::nullopt; }
    EngineStartup startup() const override { return m_engine->startup(); }

    void onSnapshot(std::function<void()> notify) override
    {
        m_engine->onSnapshot(std::move(notify));
    }
    SnapshotPtr takeSnapshot() override { return m_engine->takeSnapshot(); }

    void submit(Command command, CommandDone done) override
    {
        m_engine->submit(std::move(command), std::move(done));
    }
    void agents(AgentQuery query, Reply<AgentPage> done) override
    {
        m_engine->agents(std::move(query), std::move(done));
    }
    void agentDetail(AgentId id, Reply<AgentDetail> done) override
    {
        m_engine->agentDetail(id, std::move(done));
    }
    void events(EventQuery query, Reply<EventPage> done) override
    {
        m_engine->events(std::move(query), std::move(done));
    }
    void tailEvents(EventQuery query, std::uint32_t rowsPerSecond, TailRows rows) override
    {
        m_engine->tailEvents(std::move(query), rowsPerSecond, std::move(rows));
    }
    void stopTail() override { m_engine->stopTail(); }
    void history(HistoryQuery query, Reply<HistoryPage> done) override
    {
        m_engine->history(std::move(query), std::move(done));
    }
    void whatIf(WhatIfQuery query, Reply<WhatIf> done) override
    {
        m_engine->whatIf(std::move(query), std::move(done));
    }
    void letters(LetterQuery query, Reply<LetterList> done) override
    {
        m_engine->letters(std::move(query), std::move(done));
    }
    void jobs(JobQuery query, Reply<std::vector<JobRow>> done) override
    {
        m_engine->jobs(std::move(query), std::move(done));
    }
    void previewRetry(LetterQuery query, std::optional<std::string> payload,
                      Reply<std::vector<RetryPreview>> done) override
    {
        m_engine->previewRetry(std::move(query), std::move(payload), std::move(done));
    }
    void requestStop() override { m_engine->requestStop(); }
    RunSummary drain(Duration bound) override { return m_engine->drain(bound); }

private:
    const std::unique_ptr<Engine> m_engine;
};

}  // namespace

DataSources::Made startEngine(const EngineOptions& options, EngineStartup& startup)
{
    auto engine = Engine::start(options, &startup);
    if (!engine.ok()) {
        return engine.error();
    }
    return std::shared_ptr<DataSource>(std::make_shared<EngineSource>(std::move(engine).value()));
}

Result<std::uint64_t> copySession(const std::filesystem::path& database,
                                  const std::filesystem::path& file, const CopyProgress& progress)
{
    auto session = Session::open(database);
    return session.ok() ? session.value()->copyTo(file, progress)
                        : Result<std::uint64_t>(session.error());
}

Result<std::uint64_t> exportRows(const std::filesystem::path& database, const ExportQuery& query,
                                 std::ostream& out, const ExportProgress& progress)
{
    auto session = Session::open(database);
    if (!session.ok()) {
        return session.error();
    }
    return session.value()->exportTo(query, out, progress);
}

DataSources engineSources()
{
    const auto unclosed = [] {
        // What runs left that ended badly is among the sessions then.
        (void)collectLeftBlackBoxes(defaultBlackBox());
        return unclosedSessions();
    };
    return {startEngine, openRecorded, checkWorkload, unclosed, exportRows, copySession};
}

}  // namespace muster::ui
