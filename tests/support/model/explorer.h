// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/model/stepping.h"

namespace muster::model {

/// A few threads over something they share, made anew for each run of them.
struct Program {
    std::vector<std::function<void()>> threads;  ///< two or three, of some ten steps each
    std::function<std::string()> check;          ///< once all ended: what is wrong, or nothing
};

/// Which thread took each step: replays a run.
using Choices = std::vector<std::uint8_t>;

struct Finding {
    std::string what;
    std::string schedule;  ///< step by step, for people
    Choices choices;

    [[nodiscard]] std::string text() const;
};

struct Outcome {
    std::uint64_t runs = 0;
    bool complete = false;  ///< nothing within the limits was left out
    std::optional<Finding> finding;

    [[nodiscard]] std::string text() const;
};

struct Limits {
    std::uint32_t preemptions = 2;  ///< of threads that could have gone on
    std::uint64_t runs = 100'000;
    std::uint32_t steps = 2'000;  ///< of one run: more is a loop that does not end
    Broken broken = Broken::none;
};

/// Every order of steps with up to so many preemptions, fewest first, so that what is found is
/// short. After Musuvathi and Qadeer, "Iterative context bounding for systematic testing of
/// multithreaded programs" (2007). A run in which something is wrong is the last, and its
/// threads are left standing where they are.
[[nodiscard]] Outcome explore(const std::function<Program()>& make, const Limits& limits = {});
/// Orders drawn from the seed, with any number of preemptions.
[[nodiscard]] Outcome exploreRandomly(const std::function<Program()>& make, std::uint64_t seed,
                                      const Limits& limits = {});
/// One run as an exploration found it.
[[nodiscard]] Outcome replay(const std::function<Program()>& make, const Choices& choices,
                             const Limits& limits = {});

/// Called by a program's threads: ends the exploration when it does not hold.
void require(bool holds, std::string_view what);

}  // namespace muster::model
