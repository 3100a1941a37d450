// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/black_box_run.h"

#include <nlohmann/json.hpp>

namespace muster {

using Json = nlohmann::json;

std::string runText(const RunRecord& run)
{
    Json json{{"started_ns", run.startedAt.nanoseconds},
              {"origin", run.origin},
              {"workload", run.workload},
              {"workload_file", run.workloadFile},
              {"build", run.build},
              {"machine", run.machine}};
    if (run.seed) {
        json["seed"] = *run.seed;
    }
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<RunRecord> parseRun(std::string_view text)
{
    try {
        const auto json = Json::parse(text);
        RunRecord run;
        run.startedAt = {json.at("started_ns").get<std::int64_t>()};
        run.origin = json.at("origin").get<std::uint64_t>();
        run.workload = json.at("workload").get<std::string>();
        run.workloadFile = json.at("workload_file").get<std::string>();
        run.build = json.at("build").get<std::string>();
        run.machine = json.at("machine").get<std::string>();
        if (json.contains("seed")) {
            run.seed = json.at("seed").get<std::uint64_t>();
        }
        return run;
    } catch (const Json::exception& wrong) {
        return Error{ErrorCode::corrupt,
                     std::string("not what a run is said to be: ") + wrong.what(),
                     {},
                     {}};
    }
}

}  // namespace muster
