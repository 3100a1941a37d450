// SPDX-License-Identifier: Apache-2.0
#include "api/internal/document_change.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace muster {

namespace {

void collect(const Value& before, const Value& after, const std::vector<std::string>& path,
             std::vector<DocumentChange>& changes)
{
    const auto below = [&path](const std::string& key) {
        auto deeper = path;
        deeper.push_back(key);
        return deeper;
    };
    for (const auto& [key, was, at] : before.asTable()) {
        const Value* is = after.find(key);
        if (is != nullptr && is->isTable() && was.isTable()) {
            collect(was, *is, below(key), changes);
        } else if (is == nullptr || *is != was) {
            changes.push_back({below(key), was});
        }
    }
    for (const auto& member : after.asTable()) {
        if (before.find(member.key) == nullptr) {
            changes.push_back({below(member.key), std::nullopt});
        }
    }
}

}  // namespace

std::vector<DocumentChange> changesBetween(const Value& before, const Value& after)
{
    std::vector<DocumentChange> changes;
    collect(before, after, {}, changes);
    return changes;
}

void putBack(Value& document, const std::vector<DocumentChange>& changes)
{
    for (const DocumentChange& change : changes) {
        Value* node = &document;
        for (std::size_t i = 0; i + 1 < change.path.size() && node != nullptr; ++i) {
            Value* below = node->find(change.path[i]);
            node = below == nullptr && change.before
                       ? &node->set(change.path[i], Value(Value::Table{}))
                       : below;
        }
        if (node == nullptr || !node->isTable()) {
            continue;  // what held it is gone, and it with it
        }
        const std::string& key = change.path.back();
        if (change.before) {
            node->set(key, *change.before);
        } else {
            std::erase_if(node->asTable(), [&key](const auto& each) { return each.key == key; });
        }
    }
}

void sortKeys(Value& document)
{
    if (!document.isTable()) {
        return;
    }
    std::ranges::sort(document.asTable(), {}, &Value::Member::key);
    for (auto& member : document.asTable()) {
        sortKeys(member.value);
    }
}

std::string hashOf(const std::string& text)
{
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    if (EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) != 1) {
        return {};
    }
    std::string hash;
    for (unsigned i = 0; i < size; ++i) {
        hash += fmt::format("{:02x}", digest[i]);
    }
    return hash;
}

}  // namespace muster
