// SPDX-License-Identifier: Apache-2.0
#include "protection/failure_class.h"

namespace muster {

std::string_view toString(FailureClass failure) noexcept
{
    switch (failure) {
        case FailureClass::network:
            return "network";
        case FailureClass::timeout:
            return "timeout";
        case FailureClass::application:
            return "application";
        case FailureClass::rejected:
            return "rejected";
        case FailureClass::ignored:
            return "ignored";
    }
    return "";
}

}  // namespace muster
