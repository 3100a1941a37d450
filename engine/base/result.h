// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cassert>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "base/error.h"

namespace muster {

/// A value of T, or the Error that stood in its way. Never empty, never throws.
/// value() and error() may be called only after asking which one it holds.
template <class T>
class [[nodiscard]] Result {
    static_assert(!std::is_same_v<T, Error>);

public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return m_state.index() == 0; }
    explicit operator bool() const noexcept { return ok(); }

    [[nodiscard]] T& value() & { return assert(ok()), std::get<0>(m_state); }
    [[nodiscard]] const T& value() const& { return assert(ok()), std::get<0>(m_state); }
    [[nodiscard]] T&& value() && { return assert(ok()), std::get<0>(std::move(m_state)); }
    [[nodiscard]] T valueOr(T other) const { return ok() ? std::get<0>(m_state) : other; }

    [[nodiscard]] const Error& error() const { return assert(!ok()), std::get<1>(m_state); }

    T* operator->() { return &value(); }
    const T* operator->() const { return &value(); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }

private:
    std::variant<T, Error> m_state;
};

template <>
class [[nodiscard]] Result<void> {
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    [[nodiscard]] bool ok() const noexcept { return !m_error; }
    explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] const Error& error() const { return assert(!ok()), *m_error; }

private:
    std::optional<Error> m_error;
};

}  // namespace muster
