// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "base/result.h"
#include "base/rng.h"
#include "documents/schema.h"
#include "documents/value.h"

namespace muster {

/// How a duration or an amount varies. Draws are never negative; `most` cuts the tail.
struct Distribution {
    enum class Kind : std::uint8_t { constant, uniform, exponential, lognormal, normal };

    Kind kind = Kind::constant;
    double mean = 0;       ///< of constant, exponential, lognormal and normal
    double deviation = 0;  ///< standard deviation of lognormal and normal
    double least = 0;      ///< of uniform
    double most = 0;       ///< of uniform; of the others a bound when above 0

    [[nodiscard]] double draw(Rng& rng) const noexcept;
    /// Always gives the same: needs no chance.
    [[nodiscard]] bool fixed() const noexcept { return kind == Kind::constant; }
    [[nodiscard]] bool zero() const noexcept { return fixed() && mean == 0; }
};

/// `{ shape = "lognormal", mean = "5ms", deviation = "2ms" }` over quantities of this type
/// (duration or size).
[[nodiscard]] Schema distributionSchema(SchemaType quantity, std::string help);

/// Of a checked value. Errors: invalidArgument when the figures do not make a distribution.
[[nodiscard]] Result<Distribution> readDistribution(const Value& value, SchemaType quantity);

}  // namespace muster
