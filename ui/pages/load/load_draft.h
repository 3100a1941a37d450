// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <optional>
#include <vector>

#include "api/snapshot.h"

namespace muster::ui {

/// The stages of a load profile as the operator shapes them, before they are applied. Points
/// stand at the ends of stages: moving one in time takes from the stage after it, so that the
/// later ones stay where they are.
/// Thread safety: none.
class LoadDraft {
public:
    static constexpr Duration kShortest = std::chrono::seconds(1);
    static constexpr Duration kLongest = std::chrono::hours(24);
    static constexpr double kHighest = 1e9;
    static constexpr std::size_t kMostStages = 50;

    LoadDraft() = default;
    explicit LoadDraft(const LoadStatus& load);

    [[nodiscard]] const std::vector<LoadStage>& stages() const { return m_stages; }
    [[nodiscard]] std::size_t size() const { return m_stages.size(); }
    [[nodiscard]] Duration total() const;
    [[nodiscard]] Duration endOf(std::size_t stage) const;
    [[nodiscard]] double highest() const;  ///< of all targets and the start
    [[nodiscard]] double startTarget() const { return m_start; }

    /// Moves a stage's end, in whole seconds, between its neighbours; the target is rounded to
    /// three digits.
    void movePoint(std::size_t stage, Duration end, double target);
    /// Sets a stage's own figures; later stages move with it.
    void setLength(std::size_t stage, Duration length);
    void setTarget(std::size_t stage, double target);
    /// Splits the stage after this one in two, or adds one like the last. Returns its index.
    std::size_t addAfter(std::size_t stage);
    /// The last one left cannot be removed.
    bool remove(std::size_t stage);

    [[nodiscard]] bool sameAs(const std::vector<LoadStage>& stages) const;
    /// The command that applies it: "load.stages 30s:200/s,60s:200/s".
    [[nodiscard]] QString command() const;

private:
    std::vector<LoadStage> m_stages;
    double m_start = 0;
    LoadModel m_model = LoadModel::open;
};

/// "1500ms", "30s": as the command line reads it.
[[nodiscard]] QString durationArgument(Duration duration);
/// "312000/s" of an open load, "200" of a closed one.
[[nodiscard]] QString targetArgument(double target, LoadModel model);
/// "312 k/s", "200 users".
[[nodiscard]] QString targetText(double target, LoadModel model);
/// Reads "500", "500/s", "1.5k", "2 M/s"; empty when it is none.
[[nodiscard]] std::optional<double> parseTarget(const QString& text);

}  // namespace muster::ui
