// SPDX-License-Identifier: Apache-2.0
#include "api/past.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "api/internal/past.h"
#include "api/internal/past_agents.h"
#include "api/internal/past_snapshot.h"
#include "api/internal/stored_fields.h"

namespace muster {

class Past::Impl {
public:
    explicit Impl(std::unique_ptr<SessionReader> reader, std::filesystem::path file)
        : m_reader(std::move(reader)), m_file(std::move(file))
    {
    }

    Result<PastMoment> at(const PastQuery& query, const std::function<bool()>& goOn)
    {
        const auto run = runOf(query);
        if (!run) {
            return run.error();
        }
        const WallTime at = std::max(momentOf(*run, query), run->startedAt);
        const auto point = foldOf(run->id).to(*m_reader, at, goOn);
        if (!point) {
            return point.error();
        }
        PastMoment moment{
            .state = pastState(*m_fold, run->id, at), .snapshot = {}, .sampledAt = {}};
        auto sample = PastSample::read(*m_reader, run->id, moment.state.at);
        auto marks =
            sample ? marksOf(*run, moment.state.at) : Result<std::vector<Mark>>(sample.error());
        if (!marks) {
            return marks.error();
        }
        moment.sampledAt = sample->at();
        const auto stages = stagesOf(run->id, moment.state.at);
        if (!stages) {
            return stages.error();
        }
        moment.snapshot = pastSnapshot((*point)->state, *sample, *run, m_file, moment.state.at,
                                       *std::move(marks), *stages);
        m_at = moment.state.at;
        return moment;
    }

    Result<void> prepare(std::optional<RunId> run, const std::function<bool()>& goOn)
    {
        PastQuery query;
        query.run = run;
        const auto found = runOf(query);
        return found ? foldOf(found->id).ahead(*m_reader, goOn) : Result<void>(found.error());
    }

    Result<AgentPage> agents(const AgentQuery& query) const
    {
        return m_fold ? pastAgents(m_fold->shown().state.agents(), query, m_at)
                      : Result<AgentPage>(nowhere());
    }

    Result<AgentDetail> agentDetail(AgentId id) const
    {
        return m_fold ? pastAgent(m_fold->shown().state.agents(), id)
                      : Result<AgentDetail>(nowhere());
    }

private:
    static Error nowhere()
    {
        return {ErrorCode::unavailable, "no moment was asked for yet", {}, "Choose one first"};
    }
    /// Asked of the session once, as a run's beginning does not change.
    Result<StoredRun> runOf(const PastQuery& query)
    {
        if (m_run && query.run == m_run->id) {
            return *m_run;
        }
        PastQuery newest;
        newest.run = query.run;
        auto run = pastRun(*m_reader, newest);
        if (run) {
            m_run = *run;
        }
        return run;
    }
    StateFold& foldOf(RunId run)
    {
        if (!m_fold || m_foldOf != run) {
            m_fold.emplace(run);
            m_foldOf = run;
        }
        return *m_fold;
    }
    /// Of the profile that was in force: a stage that counts from one again begins another.
    Result<std::vector<PastStage>> stagesOf(RunId run, WallTime at)
    {
        StoredEventQuery query;
        query.type = "load.stage_started";
        query.run = run;
        query.newestFirst = false;
        query.limit = 0;
        std::vector<PastStage> stages;
        const auto done = m_reader->visitEvents(query, [&](const StoredEvent& event) {
            const Fields data = fieldsOf(event.data);
            const auto number = [&data](std::string_view key) {
                const auto value = data.view().find(key);
                return value ? value->real() : 0;
            };
            const auto stage = static_cast<std::size_t>(number("stage"));
            if (stage <= stages.size()) {
                if (event.at > at) {
                    return false;
                }
                stages.resize(stage > 0 ? stage - 1 : 0);
            }
            stages.push_back({event.at, Duration{static_cast<std::int64_t>(number("length_ns"))},
                              number("from"), number("to")});
            return true;
        });
        return done ? Result<std::vector<PastStage>>(std::move(stages)) : done.error();
    }
    Result<std::vector<Mark>> marksOf(const StoredRun& run, WallTime at)
    {
        const auto stored = m_reader->marks(StoredRange{run.startedAt, at});
        if (!stored) {
            return stored.error();
        }
        std::vector<Mark> marks;
        for (const StoredMark& mark : *stored) {
            if (mark.run == run.id) {
                marks.push_back(
                    {mark.at, mark.kind, mark.text, static_cast<std::uint64_t>(mark.sequence)});
            }
        }
        return marks;
    }

    const std::unique_ptr<SessionReader> m_reader;
    const std::filesystem::path m_file;
    std::optional<StoredRun> m_run;
    std::optional<StateFold> m_fold;
    RunId m_foldOf;
    WallTime m_at;
};

Past::Past(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}

Past::~Past() = default;

Result<std::unique_ptr<Past>> Past::open(const std::filesystem::path& file)
{
    auto reader = SessionReader::open(file);
    if (!reader) {
        return reader.error();
    }
    return std::unique_ptr<Past>(new Past(std::make_unique<Impl>(std::move(reader).value(), file)));
}

Result<PastMoment> Past::at(const PastQuery& query, const std::function<bool()>& goOn)
{
    return m_impl->at(query, goOn);
}

Result<void> Past::prepare(std::optional<RunId> run, const std::function<bool()>& goOn)
{
    return m_impl->prepare(run, goOn);
}

Result<AgentPage> Past::agents(const AgentQuery& query) const
{
    return m_impl->agents(query);
}

Result<AgentDetail> Past::agentDetail(AgentId id) const
{
    return m_impl->agentDetail(id);
}

}  // namespace muster
