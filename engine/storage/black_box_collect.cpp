// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <system_error>

#include "storage/black_box_bundle.h"
#include "storage/internal/black_box_lock.h"

namespace muster {

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> filesIn(const fs::path& directory, std::string_view prefix,
                              std::string_view suffix)
{
    std::vector<fs::path> files;
    std::error_code failed;
    for (const auto& entry : fs::directory_iterator(directory, failed)) {
        const auto name = entry.path().filename().string();
        if (name.starts_with(prefix) && name.ends_with(suffix)) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

/// Of a box whose process is gone; nothing when it is not, or another collects it.
std::optional<Result<BlackBoxBundle>> collect(const fs::path& box, const fs::path& bundles)
{
    const Descriptor right(::open(box.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!right.open() || !lockBox(right)) {
        return std::nullopt;
    }
    const auto info = readBlackBox(box);
    if (!info) {
        return info.error();
    }
    const std::string_view reason = info->crash ? "crash" : "killed";
    auto bundle = writeBundle(box, freeBundle(bundles, *info, reason), reason);
    std::error_code ignored;
    if (bundle) {
        bundle->box.live = false;  // the right is ours
        fs::remove(box, ignored);
    }
    return bundle;
}

}  // namespace

std::string bundleName(const BlackBoxInfo& box, std::string_view reason)
{
    // "2026-11-20T14:02:03.…" without what file managers dislike: "2026-11-20-140203".
    auto stamp = toString(box.run.startedAt).substr(0, 19);
    std::ranges::replace(stamp, 'T', '-');
    std::erase(stamp, ':');
    constexpr std::size_t kNameKept = 40;
    std::string workload = box.run.workload.empty() ? "run" : box.run.workload.substr(0, kNameKept);
    std::ranges::replace_if(
        workload, [](unsigned char letter) { return letter >= 0x80 || std::isalnum(letter) == 0; },
        '-');
    return std::string(kBundlePrefix) + workload + "-" + stamp + "-" + std::to_string(box.process) +
           "-" + std::string(reason) + ".db";
}

fs::path freeBundle(const fs::path& bundles, const BlackBoxInfo& box, std::string_view reason)
{
    const auto first = bundles / bundleName(box, reason);
    auto name = first;
    std::error_code ignored;
    for (int next = 2; fs::exists(name, ignored); ++next) {
        name.replace_filename(first.stem().string() + "-" + std::to_string(next) + ".db");
    }
    return name;
}

void trimBundles(const fs::path& bundles, std::size_t keep)
{
    struct Found {
        fs::file_time_type changed;
        fs::path file;
    };
    std::vector<Found> found;
    std::error_code gone;
    for (auto& file : filesIn(bundles, kBundlePrefix, ".db")) {
        found.push_back({fs::last_write_time(file, gone), std::move(file)});
    }
    std::ranges::sort(found, std::greater{}, &Found::changed);
    for (std::size_t old = keep; old < found.size(); ++old) {
        fs::remove(found[old].file, gone);
    }
}

CollectedBoxes collectBlackBoxes(const fs::path& boxes, const fs::path& bundles,
                                 const std::function<bool()>& goOn)
{
    CollectedBoxes all;
    for (const auto& box : filesIn(boxes, "", kBoxSuffix)) {
        if (goOn && !goOn()) {
            break;
        }
        auto bundle = collect(box, bundles);
        if (!bundle) {
            continue;
        }
        if (*bundle) {
            all.bundles.push_back(**std::move(bundle));
        } else {
            all.failures.push_back(bundle->error());
        }
    }
    // What was being made when its process ended.
    for (const auto& begun : filesIn(boxes, "", std::string(kBoxSuffix) + ".new")) {
        const Descriptor right(::open(begun.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW));
        std::error_code ignored;
        if (right.open() && lockBox(right)) {
            fs::remove(begun, ignored);
        }
    }
    trimBundles(bundles);
    return all;
}

}  // namespace muster
