// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <bit>
#include <cstdint>
#include <mutex>
#include <source_location>
#include <type_traits>

namespace muster {
namespace model {

/// What the explorer knows of one step.
enum class Does : std::uint8_t {
    load,
    store,
    exchange,
    compare,
    fetch,
    lock,
    unlock,
    wait,
    notify,
    relax,
};

/// A kind of operation that is broken on purpose in a whole exploration, to see that it is found.
enum class Broken : std::uint8_t {
    none,
    compare,   ///< compares and exchanges in two steps
    exchange,  ///< reads and writes in two steps
    fetch,     ///< the same of fetch_add and its like
    notify,    ///< wakes nobody
};

/// The calling thread is about to do this: returns when it is its turn. Outside of an exploration
/// at once, as all of these. See explorer.h.
void step(Does does, const void* object, const std::source_location& at) noexcept;
/// What came of the step, for the trace.
void note(std::uint64_t value) noexcept;
/// Stands still until wake() of the object; another thread's turn.
void block(const void* object) noexcept;
void wake(const void* object, bool all) noexcept;
/// Stands still until another thread has changed something.
void relax(const std::source_location& at) noexcept;
[[nodiscard]] bool isBroken(Broken kind) noexcept;

/// std::atomic by steps, of which the explorer chooses the order. Each takes effect at once for
/// all threads, whatever order the code asked for: sequential consistency is assumed.
/// Thread safety: any thread.
template <class T>
class Atomic {
    using Order = std::memory_order;
    using At = std::source_location;

public:
    constexpr Atomic() noexcept = default;
    constexpr Atomic(T value) noexcept : m_value(value) {}  // NOLINT: as the standard one
    Atomic(const Atomic&) = delete;
    Atomic& operator=(const Atomic&) = delete;

    T load(Order = {}, At at = At::current()) const noexcept
    {
        step(Does::load, this, at);
        return told(m_value.load());
    }
    void store(T value, Order = {}, At at = At::current()) noexcept
    {
        step(Does::store, this, at);
        m_value.store(told(value));
    }
    T exchange(T value, Order = {}, At at = At::current()) noexcept
    {
        return change(Does::exchange, Broken::exchange, at, [value](T) { return value; });
    }
    bool compare_exchange_strong(T& expected, T desired, Order, Order,
                                 At at = At::current()) noexcept
    {
        step(Does::compare, this, at);
        const T seen = m_value.load();
        if (std::bit_cast<Bits>(seen) != std::bit_cast<Bits>(expected)) {
            expected = told(seen);
            return false;
        }
        if (isBroken(Broken::compare)) {
            step(Does::compare, this, at);
        }
        m_value.store(told(desired));
        return true;
    }
    bool compare_exchange_strong(T& expected, T desired, Order order = {},
                                 At at = At::current()) noexcept
    {
        return compare_exchange_strong(expected, desired, order, order, at);
    }
    /// Never fails without a cause.
    bool compare_exchange_weak(T& expected, T desired, Order success, Order failure,
                               At at = At::current()) noexcept
    {
        return compare_exchange_strong(expected, desired, success, failure, at);
    }
    bool compare_exchange_weak(T& expected, T desired, Order order = {},
                               At at = At::current()) noexcept
    {
        return compare_exchange_strong(expected, desired, order, order, at);
    }
    T fetch_add(T by, Order = {}, At at = At::current()) noexcept
    {
        return change(Does::fetch, Broken::fetch, at, [by](T old) { return T(old + by); });
    }
    T fetch_sub(T by, Order = {}, At at = At::current()) noexcept
    {
        return change(Does::fetch, Broken::fetch, at, [by](T old) { return T(old - by); });
    }
    T fetch_or(T bits, Order = {}, At at = At::current()) noexcept
    {
        return change(Does::fetch, Broken::fetch, at, [bits](T old) { return T(old | bits); });
    }
    T fetch_and(T bits, Order = {}, At at = At::current()) noexcept
    {
        return change(Does::fetch, Broken::fetch, at, [bits](T old) { return T(old & bits); });
    }
    void wait(T old, Order = {}, At at = At::current()) const noexcept
    {
        step(Does::wait, this, at);
        while (std::bit_cast<Bits>(told(m_value.load())) == std::bit_cast<Bits>(old)) {
            block(this);
        }
    }
    void notify_one(At at = At::current()) noexcept { notify(false, at); }
    void notify_all(At at = At::current()) noexcept { notify(true, at); }

private:
    using Bits = std::conditional_t<
        sizeof(T) == 1, std::uint8_t,
        std::conditional_t<sizeof(T) == 2, std::uint16_t,
                           std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>>>;

    static T told(T value) noexcept
    {
        note(std::bit_cast<Bits>(value));
        return value;
    }
    template <class Change>
    T change(Does does, Broken kind, const At& at, Change to) noexcept
    {
        step(does, this, at);
        const T old = m_value.load();
        if (isBroken(kind)) {
            step(does, this, at);
        }
        m_value.store(told(to(old)));
        return old;
    }
    void notify(bool all, const At& at) noexcept
    {
        step(Does::notify, this, at);
        if (!isBroken(Broken::notify)) {
            wake(this, all);
        }
    }

    std::atomic<T> m_value{};
};

/// std::mutex by steps. Who waits is not chosen until it is free.
/// Thread safety: any thread.
class Mutex {
public:
    Mutex() = default;
    Mutex(const Mutex&) = delete;
    Mutex& operator=(const Mutex&) = delete;

    void lock() noexcept
    {
        step(Does::lock, this, std::source_location::current());
        while (m_held.exchange(true)) {
            block(this);
        }
    }
    void unlock() noexcept
    {
        step(Does::unlock, this, std::source_location::current());
        m_held.store(false);
        wake(this, true);
    }

private:
    std::atomic<bool> m_held{false};
};

}  // namespace model

template <class T>
using Atomic = model::Atomic<T>;
using Mutex = model::Mutex;

inline void relaxCore(const std::source_location& at = std::source_location::current()) noexcept
{
    model::relax(at);
}
inline void yieldCore(const std::source_location& at = std::source_location::current()) noexcept
{
    model::relax(at);
}

}  // namespace muster
