// SPDX-License-Identifier: Apache-2.0
#include "api/internal/past_sample.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "storage/export_frames.h"

namespace muster {

Result<PastSample> PastSample::read(SessionReader& reader, RunId run, WallTime at)
{
    const auto all = storedSeries(reader);
    if (!all) {
        return all.error();
    }
    PastSample sample;
    std::vector<double> values(all->size());
    const auto done =
        visitFrames(reader, StoredRange{at - kWithin, at}, run, [&](const StoredFrame& frame) {
            sample.m_at = frame.at;
            for (std::size_t i = 0; i < all->size(); ++i) {
                values[i] = frame.value((*all)[i].number);
            }
            return true;
        });
    if (!done) {
        return done.error();
    }
    for (std::size_t i = 0; sample.m_at && i < all->size(); ++i) {
        if (!std::isnan(values[i])) {
            sample.m_values.emplace(std::pair((*all)[i].name, (*all)[i].labels), values[i]);
        }
    }
    return sample;
}

Known PastSample::figure(std::string_view metric, std::string_view labels) const
{
    const auto found = m_values.find(std::pair(std::string(metric), std::string(labels)));
    return found != m_values.end()
               ? Known{found->second, {}}
               : Known{0, m_at ? "not recorded" : "no sample within 15 s before"};
}

double PastSample::number(std::string_view metric, std::string_view labels) const
{
    return figure(metric, labels).value;
}

std::uint64_t PastSample::count(std::string_view metric, std::string_view labels) const
{
    return static_cast<std::uint64_t>(std::max(0.0, number(metric, labels)));
}

std::vector<std::string> PastSample::valuesOf(std::string_view metric, std::string_view key) const
{
    std::vector<std::string> values;
    const std::string prefix = fmt::format("{}=", key);
    for (const auto& [name, value] : m_values) {
        if (name.first == metric && name.second.starts_with(prefix) &&
            name.second.find(',') == std::string::npos) {
            values.push_back(name.second.substr(prefix.size()));
        }
    }
    return values;
}

}  // namespace muster
