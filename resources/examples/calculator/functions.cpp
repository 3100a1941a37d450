// SPDX-License-Identifier: Apache-2.0
#include "functions.h"

#include <cmath>
#include <functional>
#include <map>
#include <stdexcept>

double call(const std::string& name, const std::vector<double>& arguments)
{
    static const std::map<std::string, std::function<double(double)>> one{
        {"sqrt", [](double x) { return std::sqrt(x); }},
        {"abs", [](double x) { return std::fabs(x); }},
        {"sin", [](double x) { return std::sin(x); }},
        {"cos", [](double x) { return std::cos(x); }}};
    static const std::map<std::string, std::function<double(double, double)>> two{
        {"+", std::plus<>()},
        {"-", std::minus<>()},
        {"*", std::multiplies<>()},
        {"/", std::divides<>()},
        {"^", [](double x, double y) { return std::pow(x, y); }},
        {"max", [](double x, double y) { return std::fmax(x, y); }},
        {"min", [](double x, double y) { return std::fmin(x, y); }}};
    if (arguments.empty() && name == "pi") {
        return std::acos(-1.0);
    }
    if (const auto found = one.find(name); found != one.end() && arguments.size() == 1) {
        return found->second(arguments[0]);
    }
    if (const auto found = two.find(name); found != two.end() && arguments.size() == 2) {
        return found->second(arguments[0], arguments[1]);
    }
    throw std::runtime_error("there is no " + name + " of so many");
}
