// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string_view>

#include "agents/action.h"
#include "base/error.h"
#include "base/ids.h"
#include "events/fields.h"

namespace muster {

/// What an action gave for one item. Owns nothing; valid during the call.
struct ResultRow {
    std::string_view action;   ///< "digest"
    std::string_view item;     ///< the bytes as they came, not always UTF-8
    std::uint64_t number = 0;  ///< of the job
    AgentId agent;
    FieldView fields;  ///< in the order of ActionInfo::columns
};

/// What went wrong with one item. Owns nothing; valid during the call.
struct ErrorRow {
    std::string_view action;  ///< empty: the input itself
    std::string_view item;
    std::uint64_t number = 0;
    AgentId agent;  ///< none: the input itself
    FailureClass failure = FailureClass::application;
    const Error* error = nullptr;  ///< never null
};

/// Where results and errors go. They are never dropped: who takes them bounds the inflow by
/// making the load generator pause. Thread safety: called from workers and blocking threads.
class ResultSink {
public:
    virtual ~ResultSink() = default;
    virtual void result(const ResultRow& row) = 0;
    virtual void error(const ErrorRow& row) = 0;
};

}  // namespace muster
