// SPDX-License-Identifier: Apache-2.0
#include "base/rng.h"

#include <bit>
#include <cmath>
#include <random>

namespace muster {
namespace {

std::uint64_t splitMix(std::uint64_t& state) noexcept
{
    std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

}  // namespace

Rng::Rng(std::uint64_t seed) noexcept : m_seed(seed)
{
    std::uint64_t state = seed;
    for (auto& word : m_state) {
        word = splitMix(state);
    }
}

std::uint64_t Rng::next() noexcept
{
    const std::uint64_t result = std::rotl(m_state[1] * 5, 7) * 9;
    const std::uint64_t shifted = m_state[1] << 17;
    m_state[2] ^= m_state[0];
    m_state[3] ^= m_state[1];
    m_state[1] ^= m_state[2];
    m_state[0] ^= m_state[3];
    m_state[2] ^= shifted;
    m_state[3] = std::rotl(m_state[3], 45);
    return result;
}

std::uint64_t Rng::below(std::uint64_t bound) noexcept
{
    if (bound == 0) {
        return 0;
    }
    __extension__ using Wide = unsigned __int128;
    Wide product = Wide{next()} * bound;
    auto low = static_cast<std::uint64_t>(product);
    if (low < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = Wide{next()} * bound;
            low = static_cast<std::uint64_t>(product);
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

double Rng::uniform() noexcept
{
    return static_cast<double>(next() >> 11) * 0x1.0p-53;
}

double Rng::exponential(double mean) noexcept
{
    return mean > 0 ? -mean * std::log1p(-uniform()) : 0.0;
}

double Rng::normal() noexcept
{
    double u = 0;
    double square = 0;
    do {
        u = 2 * uniform() - 1;
        const double v = 2 * uniform() - 1;
        square = u * u + v * v;
    } while (square >= 1 || square == 0);
    return u * std::sqrt(-2 * std::log(square) / square);
}

Rng Rng::fork(std::string_view name) const noexcept
{
    std::uint64_t hash = 0xcbf29ce484222325ULL;  // FNV-1a: fixed on every machine
    for (const char c : name) {
        hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    }
    return fork(hash);
}

Rng Rng::fork(std::uint64_t number) const noexcept
{
    std::uint64_t state = m_seed ^ std::rotl(number, 32);
    return Rng(splitMix(state) ^ number);
}

std::uint64_t entropySeed()
{
    std::random_device device;
    return (std::uint64_t{device()} << 32) | device();
}

}  // namespace muster
