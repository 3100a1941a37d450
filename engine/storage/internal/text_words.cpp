// SPDX-License-Identifier: Apache-2.0
#include "storage/internal/text_words.h"

#include <algorithm>
#include <charconv>

namespace muster {

namespace {

void appendUtf8(std::string& out, unsigned code)
{
    const auto put = [&out](unsigned byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xc0 | code >> 6);
        put(0x80 | (code & 0x3f));
    } else {
        put(0xe0 | code >> 12);
        put(0x80 | (code >> 6 & 0x3f));
        put(0x80 | (code & 0x3f));
    }
}

/// What an escape at the start of `text` stands for; its length.
std::size_t appendEscaped(std::string& out, std::string_view text)
{
    if (text.size() < 2) {
        out += text;
        return text.size();
    }
    static constexpr std::string_view kLetters = "bfnrt";
    static constexpr std::string_view kMeant = "\b\f\n\r\t";
    const char letter = text[1];
    if (letter == 'u' && text.size() >= 6) {
        unsigned code = 0;
        const char* end = text.data() + 6;
        if (std::from_chars(text.data() + 2, end, code, 16).ptr == end) {
            appendUtf8(out, code);
            return 6;
        }
    }
    const std::size_t known = kLetters.find(letter);
    out += known != std::string_view::npos ? kMeant[known] : letter;
    return 2;
}

}  // namespace

std::string_view unescapedJson(std::string_view json, std::string& buffer)
{
    std::size_t at = json.find('\\');
    if (at == std::string_view::npos) {
        return json;
    }
    buffer.clear();
    while (at != std::string_view::npos) {
        buffer += json.substr(0, at);
        json.remove_prefix(at);
        json.remove_prefix(appendEscaped(buffer, json));
        at = json.find('\\');
    }
    buffer += json;
    return buffer;
}

void appendWords(std::string& out, std::string_view text)
{
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        at = std::find_if(at, end, isWordByte);
        const char* const stop = std::find_if_not(at, end, isWordByte);
        if (at != stop) {
            out.append(at,
                       std::min<std::size_t>(kIndexedWord, static_cast<std::size_t>(stop - at)));
            out += ' ';
        }
        at = stop;
    }
}

}  // namespace muster
