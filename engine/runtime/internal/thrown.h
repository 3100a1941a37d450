// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <exception>
#include <string>

#include "base/error.h"

namespace muster::detail {

/// What the exception being handled says. Call it inside a catch block.
[[nodiscard]] inline std::string thrownText()
{
    try {
        throw;
    } catch (const Error& error) {
        return error.text();
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "something that is no exception";
    }
}

}  // namespace muster::detail
