// SPDX-License-Identifier: Apache-2.0
#include "api/black_box.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>

#include "api/internal/black_box_rows.h"
#include "api/session.h"
#include "storage/black_box.h"

namespace muster {

std::string crashText(const BlackBoxInfo& box)
{
    return box.crash ? fmt::format("{} in {}", box.crash->name(), box.crash->thread)
                     : std::string();
}

SavedBlackBox toSaved(const BlackBoxBundle& bundle, std::string cause, std::string detail)
{
    return {bundle.file,
            std::move(cause),
            std::move(detail),
            bundle.box.run.workload,
            bundle.box.run.startedAt,
            bundle.events,
            false};
}

BlackBoxSettings defaultBlackBox()
{
    const auto sessions = sessionsDirectory();
    return {sessions.parent_path() / "blackboxes", sessions};
}

std::vector<BlackBoxRow> blackBoxes(const std::filesystem::path& boxes,
                                    std::vector<Error>* failures)
{
    std::vector<BlackBoxRow> rows;
    std::error_code failed;
    for (const auto& entry : std::filesystem::directory_iterator(boxes, failed)) {
        if (entry.path().extension() != kBoxSuffix) {
            continue;
        }
        const auto box = readBlackBox(entry.path());
        if (box) {
            rows.push_back({box->file, box->bytes, box->run.workload, box->run.startedAt,
                            box->process, std::string(box->ending()), crashText(*box)});
        } else if (failures != nullptr) {
            failures->push_back(box.error());
        }
    }
    std::ranges::sort(rows, {}, &BlackBoxRow::startedAt);
    return rows;
}

Result<SavedBlackBox> saveBlackBox(const std::filesystem::path& box,
                                   const std::filesystem::path& bundle)
{
    const auto info = readBlackBox(box);
    if (!info) {
        return info.error();
    }
    const std::string cause = info->ending() == "alive" ? "hand" : std::string(info->ending());
    const auto made = writeBundle(box, bundle, cause);
    return made ? Result<SavedBlackBox>(toSaved(*made, cause, crashText(made->box))) : made.error();
}

std::vector<SavedBlackBox> collectLeftBlackBoxes(const BlackBoxSettings& settings)
{
    std::vector<SavedBlackBox> saved;
    for (const auto& bundle : collectBlackBoxes(settings.boxes, settings.bundles).bundles) {
        saved.push_back(toSaved(bundle, std::string(bundle.box.ending()), crashText(bundle.box)));
    }
    return saved;
}

void noteCrashes()
{
    noteCrashesInBlackBoxes();
}

}  // namespace muster
