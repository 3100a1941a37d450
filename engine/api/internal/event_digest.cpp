// SPDX-License-Identifier: Apache-2.0
#include "api/internal/event_digest.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <new>

namespace muster {

namespace {

struct Free {
    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

[[nodiscard]] Context made()
{
    Context context(EVP_MD_CTX_new());
    if (!context) {
        throw std::bad_alloc();
    }
    return context;
}

}  // namespace

struct EventDigest::State {
    Context context = made();
};

EventDigest::EventDigest() : m_state(std::make_unique<State>())
{
    EVP_DigestInit_ex(m_state->context.get(), EVP_sha256(), nullptr);
}

EventDigest::~EventDigest() = default;

void EventDigest::accept(const EventPtr& event)
{
    // Lengths first: what ends one part must not be read as the beginning of the next.
    const std::string text =
        fmt::format("{}\n{}\n{}\n{}\n{}\n{}\n", event->typeName(), toString(event->source),
                    event->at.nanoseconds, event->replayed ? toString(event->cause) : "",
                    event->correlation.value, event->data().encoded().size());
    const auto data = event->data().encoded();
    const std::lock_guard lock(m_mutex);
    EVP_DigestUpdate(m_state->context.get(), text.data(), text.size());
    EVP_DigestUpdate(m_state->context.get(), data.data(), data.size());
}

std::string EventDigest::hash() const
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    {
        const std::lock_guard lock(m_mutex);
        const Context copy = made();
        EVP_MD_CTX_copy_ex(copy.get(), m_state->context.get());
        EVP_DigestFinal_ex(copy.get(), digest.data(), &size);
    }
    std::string hash;
    for (unsigned i = 0; i < size; ++i) {
        hash += fmt::format("{:02x}", digest[i]);
    }
    return hash;
}

}  // namespace muster
