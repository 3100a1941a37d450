// SPDX-License-Identifier: Apache-2.0
#include "agents/distribution.h"

#include <algorithm>
#include <cmath>

#include "documents/units.h"

namespace muster {

namespace {

double quantityOf(const Value* value, SchemaType quantity)
{
    if (value == nullptr) {
        return 0;
    }
    if (value->isNumeric()) {
        return value->asNumber();
    }
    if (quantity == SchemaType::duration) {
        return static_cast<double>(parseDuration(value->asText()).valueOr({}).count());
    }
    return static_cast<double>(parseSize(value->asText()).valueOr(0));
}

Distribution::Kind kindOf(const std::string& shape)
{
    using Kind = Distribution::Kind;
    if (shape == "uniform") {
        return Kind::uniform;
    }
    if (shape == "exponential") {
        return Kind::exponential;
    }
    if (shape == "lognormal") {
        return Kind::lognormal;
    }
    return shape == "normal" ? Kind::normal : Kind::constant;
}

}  // namespace

double Distribution::draw(Rng& rng) const noexcept
{
    double drawn = mean;
    switch (kind) {
        case Kind::constant:
            break;
        case Kind::uniform:
            return least + (most - least) * rng.uniform();
        case Kind::exponential:
            drawn = rng.exponential(mean);
            break;
        case Kind::normal:
            drawn = mean + deviation * rng.normal();
            break;
        case Kind::lognormal: {
            // From the mean and deviation of the quantity itself to those of its logarithm.
            const double ratio = mean > 0 ? deviation / mean : 0;
            const double variance = std::log1p(ratio * ratio);
            drawn =
                mean > 0
                    ? std::exp(std::log(mean) - variance / 2 + std::sqrt(variance) * rng.normal())
                    : 0;
            break;
        }
    }
    return std::clamp(drawn, 0.0, most > 0 ? most : drawn > 0 ? drawn : 0.0);
}

Schema distributionSchema(SchemaType quantity, std::string help)
{
    const auto amount = [quantity](const char* words) { return schema::of(quantity, words); };
    const auto bound = schema::optional("most", amount("no draw is above this"));
    const auto mean = schema::required("mean", amount("the mean"));
    const auto deviation = schema::required("deviation", amount("the standard deviation"));
    auto made = schema::table(
        {schema::required(
            "shape", schema::choice({"constant", "uniform", "exponential", "lognormal", "normal"},
                                    "how it varies"))},
        std::move(help));
    made.decidedBy = "shape";
    made.variants = {{"constant", {mean}},
                     {"uniform",
                      {schema::required("least", amount("the smallest draw")),
                       schema::required("most", amount("the largest draw"))}},
                     {"exponential", {mean, bound}},
                     {"lognormal", {mean, deviation, bound}},
                     {"normal", {mean, deviation, bound}}};
    return made;
}

Result<Distribution> readDistribution(const Value& value, SchemaType quantity)
{
    Distribution made;
    made.kind = kindOf(value.find("shape")->asText());
    made.mean = quantityOf(value.find("mean"), quantity);
    made.deviation = quantityOf(value.find("deviation"), quantity);
    made.least = quantityOf(value.find("least"), quantity);
    made.most = quantityOf(value.find("most"), quantity);
    if (made.kind == Distribution::Kind::uniform && made.most < made.least) {
        return Error{ErrorCode::invalidArgument, "most is below least", value.at().text(),
                     "Swap them"};
    }
    return made;
}

}  // namespace muster
