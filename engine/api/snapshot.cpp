// SPDX-License-Identifier: Apache-2.0
#include "api/snapshot.h"

namespace muster {

std::string_view toString(RunState state) noexcept
{
    switch (state) {
        case RunState::idle:
            return "idle";
        case RunState::starting:
            return "starting";
        case RunState::running:
            return "running";
        case RunState::paused:
            return "paused";
        case RunState::draining:
            return "draining";
        case RunState::finished:
            return "finished";
        case RunState::failed:
            return "failed";
    }
    return "unknown";
}

std::string_view toString(PressureLevel level) noexcept
{
    switch (level) {
        case PressureLevel::normal:
            return "normal";
        case PressureLevel::elevated:
            return "elevated";
        case PressureLevel::severe:
            return "severe";
        case PressureLevel::critical:
            return "critical";
    }
    return "unknown";
}

std::string_view toString(LoadModel model) noexcept
{
    switch (model) {
        case LoadModel::none:
            return "none";
        case LoadModel::open:
            return "open";
        case LoadModel::closed:
            return "closed";
    }
    return "unknown";
}

std::string_view omissionNote(LoadModel model) noexcept
{
    switch (model) {
        case LoadModel::none:
            return "";
        case LoadModel::open:
            return "latency counts from the intended start: corrected for omission";
        case LoadModel::closed:
            return "latency is not corrected for omission: who waits asks nothing meanwhile";
    }
    return "";
}

}  // namespace muster
