// SPDX-License-Identifier: Apache-2.0
#include "agents/escape.h"

#include <algorithm>

#include "events/fields.h"

namespace muster {
namespace {

constexpr std::string_view kUnreserved =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
constexpr std::string_view kOfPaths = "/!$&'()*+,;=:@";
constexpr std::string_view kOfUrls = "/!$&'()*+,;=:@?#[]%";

void appendEncoded(std::string& out, char c)
{
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xFU];
}

std::string encoded(std::string_view text, std::string_view besides)
{
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (kUnreserved.find(c) != std::string_view::npos ||
            besides.find(c) != std::string_view::npos) {
            out += c;
        } else {
            appendEncoded(out, c);
        }
    }
    return out;
}

std::string asForm(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == ' ') {
            out += '+';
        } else if (c != '~' && kUnreserved.find(c) != std::string_view::npos) {
            out += c;
        } else {
            appendEncoded(out, c);
        }
    }
    return out;
}

std::string asJson(std::string_view text)
{
    std::string out;
    appendJsonText(out, text);
    return out.substr(1, out.size() - 2);
}

std::string_view lastName(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

std::string asFileName(std::string_view text)
{
    std::string out;
    for (const char c : text) {
        if (c == '/' || c == '\0' || c == '%') {
            appendEncoded(out, c);
        } else {
            out += c;
        }
    }
    // "." and "..", and nothing at all, are no names.
    if (std::ranges::all_of(out, [](char c) { return c == '.'; })) {
        out.insert(0, "%");
    }
    return out;
}

}  // namespace

std::string escaped(std::string_view text, Escape how)
{
    switch (how) {
        case Escape::none:
            break;
        case Escape::url:
            return encoded(text, kOfUrls);
        case Escape::urlPath:
            return encoded(text, kOfPaths);
        case Escape::urlPart:
            return encoded(text, "");
        case Escape::form:
            return asForm(text);
        case Escape::json:
            return asJson(text);
        case Escape::pathName:
            return std::string(lastName(text));
        case Escape::pathStem: {
            const std::string_view name = lastName(text);
            const auto dot = name.rfind('.');
            return std::string(dot == 0 ? name : name.substr(0, dot));
        }
        case Escape::fileName:
            return asFileName(text);
    }
    return std::string(text);
}

}  // namespace muster
