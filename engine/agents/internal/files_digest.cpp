// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>

#include "agents/internal/built_in.h"
#include "agents/internal/file_action.h"
#include "agents/internal/file_reading.h"
#include "agents/internal/text_count.h"

namespace muster {

namespace {

using Digest = std::array<unsigned char, 32>;

std::string hexadecimal(const Digest& digest)
{
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string out(2 * digest.size(), '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        out[2 * i] = kDigits[digest[i] >> 4];
        out[2 * i + 1] = kDigits[digest[i] & 15];
    }
    return out;
}

Fields figures(std::string_view path, std::uint64_t bytes, std::uint64_t lines, std::uint64_t words,
               std::string_view sha256)
{
    return {
        {"path", path}, {"bytes", bytes}, {"lines", lines}, {"words", words}, {"sha256", sha256}};
}

/// Looked up once: doing so for every file would cost more than digesting a small one.
class Sha256 {
public:
    Sha256() : m_kind(EVP_MD_fetch(nullptr, "SHA256", nullptr)) {}
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    ~Sha256() { EVP_MD_free(m_kind); }
    [[nodiscard]] const EVP_MD* kind() const noexcept { return m_kind; }

private:
    EVP_MD* m_kind;
};

/// One digest on its way.
class DigestStream {
public:
    explicit DigestStream(const Sha256& sha) : m_context(EVP_MD_CTX_new())
    {
        m_ok = m_context != nullptr && EVP_DigestInit_ex2(m_context, sha.kind(), nullptr) == 1;
    }
    DigestStream(const DigestStream&) = delete;
    DigestStream& operator=(const DigestStream&) = delete;
    ~DigestStream() { EVP_MD_CTX_free(m_context); }

    void add(std::span<const unsigned char> chunk)
    {
        m_ok = m_ok && EVP_DigestUpdate(m_context, chunk.data(), chunk.size()) == 1;
    }
    [[nodiscard]] bool finish(Digest& digest)
    {
        return m_ok && EVP_DigestFinal_ex(m_context, digest.data(), nullptr) == 1;
    }

private:
    EVP_MD_CTX* m_context;
    bool m_ok = false;
};

class FilesDigest final : public FileAction {
private:
    [[nodiscard]] ActionOutcome work(const ActionCall& call) const override
    {
        TextCount text;
        DigestStream stream(m_sha);
        std::uint64_t bytes = 0;
        auto failure = readFile(call, [&](std::span<const unsigned char> chunk) {
            bytes += chunk.size();
            text.add(chunk.data(), chunk.size());
            stream.add(chunk);
            return true;
        });
        if (failure) {
            return std::move(*failure);
        }
        Digest digest;
        if (!stream.finish(digest)) {
            return ActionFailure{FailureClass::application,
                                 {ErrorCode::internal, "libcrypto cannot take a SHA-256",
                                  std::string(call.item), "Check the installation of OpenSSL"}};
        }
        return figures(call.item, bytes, text.lines(), text.words(), hexadecimal(digest));
    }
    [[nodiscard]] Fields modelled(const ActionCall& call, const FileModel& file) const override
    {
        return figures(call.item, file.bytes, file.lines, file.words,
                       fmt::format("{0:016x}{0:016x}{0:016x}{0:016x}", file.salt));
    }

    Sha256 m_sha;
};

}  // namespace

ActionInfo filesDigest()
{
    ActionInfo info;
    info.kind = "files.digest";
    info.help = "size, lines, words and SHA-256 of a file";
    info.columns = {"path", "bytes", "lines", "words", "sha256"};
    info.blocking = true;
    info.needsItem = true;
    info.make = [](const Value&) -> Result<std::shared_ptr<const Action>> {
        return std::shared_ptr<const Action>(std::make_shared<FilesDigest>());
    };
    return info;
}

}  // namespace muster
