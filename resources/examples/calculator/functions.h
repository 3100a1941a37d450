// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

/// Throws std::runtime_error for a function or constant that there is not.
double call(const std::string& name, const std::vector<double>& arguments);
