// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text.h"

#include <cstddef>

namespace muster {

namespace {

bool isContinuation(unsigned char byte)
{
    return (byte & 0xc0) == 0x80;
}

/// Length of the well-formed sequence at the start of `text` (Unicode table 3-7); 0: there is
/// none.
std::size_t sequenceLength(std::string_view text)
{
    const auto at = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned char lead = at(0);
    if (lead < 0x80) {
        return 1;
    }
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || text.size() < length) {
        return 0;
    }
    for (std::size_t i = 1; i < length; ++i) {
        if (!isContinuation(at(i))) {
            return 0;
        }
    }
    const unsigned char second = at(1);
    const bool overlong = (lead == 0xe0 && second < 0xa0) || (lead == 0xf0 && second < 0x90);
    const bool surrogate = lead == 0xed && second > 0x9f;
    const bool beyond = lead == 0xf4 && second > 0x8f;
    return overlong || surrogate || beyond ? 0 : length;
}

std::size_t validPrefix(std::string_view text)
{
    std::size_t valid = 0;
    while (valid < text.size()) {
        const std::size_t length = sequenceLength(text.substr(valid));
        if (length == 0) {
            break;
        }
        valid += length;
    }
    return valid;
}

}  // namespace

std::string_view validUtf8(std::string_view text, std::string& buffer)
{
    std::size_t valid = validPrefix(text);
    if (valid == text.size()) {
        return text;
    }
    static constexpr char kDigits[] = "0123456789ABCDEF";
    buffer.clear();
    for (;;) {
        buffer += text.substr(0, valid);
        text.remove_prefix(valid);
        if (text.empty()) {
            return buffer;
        }
        const auto byte = static_cast<unsigned char>(text.front());
        buffer += {'%', kDigits[byte >> 4], kDigits[byte & 0xf]};
        text.remove_prefix(1);
        valid = validPrefix(text);
    }
}

}  // namespace muster
