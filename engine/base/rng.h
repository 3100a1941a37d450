// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace muster {

/// The only source of chance: xoshiro256** seeded through SplitMix64
/// (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021).
/// The same seed gives the same draws on every machine. Thread safety: one thread each;
/// fork() hands another thread a generator of its own.
class Rng {
public:
    explicit Rng(std::uint64_t seed) noexcept;

    /// 64 uniform bits.
    [[nodiscard]] std::uint64_t next() noexcept;
    /// Uniform in [0, bound); bound 0 gives 0. Unbiased (Lemire 2019).
    [[nodiscard]] std::uint64_t below(std::uint64_t bound) noexcept;
    /// Uniform in [0, 1).
    [[nodiscard]] double uniform() noexcept;
    /// Exponential with the given mean; mean ≤ 0 gives 0.
    [[nodiscard]] double exponential(double mean) noexcept;
    /// Standard normal (polar method).
    [[nodiscard]] double normal() noexcept;

    /// An independent generator that depends on this one's seed and the name only, so that
    /// adding one user of chance does not shift the draws of another.
    [[nodiscard]] Rng fork(std::string_view name) const noexcept;
    [[nodiscard]] Rng fork(std::uint64_t number) const noexcept;

    /// For <random>'s algorithms.
    using result_type = std::uint64_t;
    static constexpr result_type min() noexcept { return 0; }
    static constexpr result_type max() noexcept { return ~std::uint64_t{0}; }
    result_type operator()() noexcept { return next(); }

private:
    std::uint64_t m_seed;
    std::array<std::uint64_t, 4> m_state{};
};

/// A seed from the operating system, for runs that name none.
[[nodiscard]] std::uint64_t entropySeed();

}  // namespace muster
