// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <utility>

namespace muster {

/// A file descriptor that is closed with its owner. Thread safety: one thread at a time.
class Descriptor {
public:
    explicit Descriptor(int number = -1) noexcept : m_number(number) {}
    Descriptor(Descriptor&& other) noexcept : m_number(std::exchange(other.m_number, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept
    {
        std::swap(m_number, other.m_number);
        return *this;
    }
    ~Descriptor() { reset(); }
    void reset() noexcept;
    [[nodiscard]] int number() const noexcept { return m_number; }
    [[nodiscard]] bool open() const noexcept { return m_number >= 0; }

private:
    int m_number;
};

}  // namespace muster
