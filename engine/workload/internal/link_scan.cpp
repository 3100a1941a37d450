// SPDX-License-Identifier: Apache-2.0
#include "workload/internal/link_scan.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "agents/escape.h"

namespace muster {
namespace {

constexpr std::string_view kSpace = " \t\r\n\f";
constexpr std::uint32_t kLastCodePoint = 0x10FFFF;

char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool isLetter(char c)
{
    return lower(c) >= 'a' && lower(c) <= 'z';
}

std::string lowered(std::string_view text)
{
    std::string out(text);
    std::ranges::transform(out, out.begin(), lower);
    return out;
}

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(kSpace);
    if (begin == std::string_view::npos) {
        return {};
    }
    return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

void appendUtf8(std::string& out, std::uint32_t code)
{
    const auto byte = [&out](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6U);
        byte(0x80 | (code & 0x3FU));
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12U);
        byte(0x80 | (code >> 6U & 0x3FU));
        byte(0x80 | (code & 0x3FU));
    } else {
        byte(0xF0 | code >> 18U);
        byte(0x80 | (code >> 12U & 0x3FU));
        byte(0x80 | (code >> 6U & 0x3FU));
        byte(0x80 | (code & 0x3FU));
    }
}

/// The named references that stand in addresses, and all that are numbers.
bool appendReference(std::string& out, std::string_view name)
{
    constexpr std::array<std::pair<std::string_view, char>, 5> kNamed{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    for (const auto& [known, character] : kNamed) {
        if (name == known) {
            out += character;
            return true;
        }
    }
    if (name.size() < 2 || name[0] != '#') {
        return false;
    }
    const bool hex = lower(name[1]) == 'x';
    name.remove_prefix(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, problem] =
        std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
    if (problem != std::errc() || end != name.data() + name.size() || code == 0 ||
        code > kLastCodePoint) {
        return false;
    }
    appendUtf8(out, code);
    return true;
}

std::string decoded(std::string_view text)
{
    std::string out;
    while (!text.empty()) {
        if (text.front() == '&') {
            const auto end = text.find(';');
            if (end != std::string_view::npos && appendReference(out, text.substr(1, end - 1))) {
                text.remove_prefix(end + 1);
                continue;
            }
        }
        out += text.front();
        text.remove_prefix(1);
    }
    return out;
}

/// Goes through a page's tags.
class HtmlScan {
public:
    explicit HtmlScan(std::string_view text) : m_text(text) {}

    [[nodiscard]] std::vector<PageLink> run()
    {
        for (auto at = m_text.find('<'); at != std::string_view::npos; at = m_text.find('<', at)) {
            at = tag(at);
        }
        return std::move(m_links);
    }

private:
    /// From a "<"; gives the place to go on from.
    std::size_t tag(std::size_t at)
    {
        if (m_text.substr(at, 4) == "<!--") {
            return past("-->", at + 4);
        }
        std::size_t next = at + 1;
        if (next >= m_text.size() || !isLetter(m_text[next])) {
            return next;
        }
        const auto end = m_text.find_first_of(" \t\r\n\f/>", next);
        if (end == std::string_view::npos) {
            return m_text.size();
        }
        const std::string name = lowered(m_text.substr(next, end - next));
        next = attributes(end);
        if (name == "script" || name == "style") {
            return closing(name, next);
        }
        return next;
    }

    std::size_t attributes(std::size_t at)
    {
        for (;;) {
            at = m_text.find_first_not_of(" \t\r\n\f/", at);
            if (at == std::string_view::npos) {
                return m_text.size();
            }
            if (m_text[at] == '>') {
                return at + 1;
            }
            const std::size_t begin = at;
            at = std::min(m_text.find_first_of(" \t\r\n\f/>=", at + 1), m_text.size());
            const std::string name = lowered(m_text.substr(begin, at - begin));
            const auto sign = m_text.find_first_not_of(kSpace, at);
            if (sign == std::string_view::npos || m_text[sign] != '=') {
                continue;
            }
            at = value(name, begin, m_text.find_first_not_of(kSpace, sign + 1));
        }
    }

    /// An attribute's value from its first character on.
    std::size_t value(const std::string& name, std::size_t begin, std::size_t at)
    {
        if (at == std::string_view::npos) {
            return m_text.size();
        }
        const char quote = m_text[at];
        const bool quoted = quote == '"' || quote == '\'';
        const std::size_t from = quoted ? at + 1 : at;
        const std::size_t to =
            std::min(quoted ? m_text.find(quote, from) : m_text.find_first_of(" \t\r\n\f>", from),
                     m_text.size());
        if (name == "href" || name == "src") {
            m_links.push_back(
                {std::string(trimmed(decoded(m_text.substr(from, to - from)))), lineOf(begin)});
        }
        return quoted ? std::min(to + 1, m_text.size()) : to;
    }

    std::size_t closing(const std::string& name, std::size_t at) const
    {
        for (at = m_text.find("</", at); at != std::string_view::npos;
             at = m_text.find("</", at + 2)) {
            if (lowered(m_text.substr(at + 2, name.size())) == name) {
                return at;
            }
        }
        return m_text.size();
    }
    std::size_t past(std::string_view end, std::size_t from) const
    {
        const auto at = m_text.find(end, from);
        return at == std::string_view::npos ? m_text.size() : at + end.size();
    }
    std::uint64_t lineOf(std::size_t at)
    {
        m_line += static_cast<std::uint64_t>(
            std::count(m_text.begin() + static_cast<std::ptrdiff_t>(m_counted),
                       m_text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
        m_counted = at;
        return m_line;
    }

    std::string_view m_text;
    std::vector<PageLink> m_links;
    std::uint64_t m_line = 1;
    std::size_t m_counted = 0;
};

/// A link's target and what stands behind it, from after "](" or "]:"; none if it is no link.
std::optional<std::string> targetOf(std::string_view rest, char end)
{
    rest = rest.substr(std::min(rest.find_first_not_of(kSpace), rest.size()));
    if (!rest.empty() && rest.front() == '<') {
        const auto close = rest.find('>');
        return close == std::string_view::npos
                   ? std::nullopt
                   : std::optional<std::string>(rest.substr(1, close - 1));
    }
    int depth = 0;
    std::size_t at = 0;
    for (; at < rest.size() && kSpace.find(rest[at]) == std::string_view::npos; ++at) {
        depth += rest[at] == '(' ? 1 : 0;
        if (end == ')' && rest[at] == ')' && depth-- == 0) {
            break;
        }
    }
    const bool closed = end != ')' || rest.find(')', at) != std::string_view::npos;
    return at == 0 || !closed ? std::nullopt : std::optional<std::string>(rest.substr(0, at));
}

/// Goes through a page's lines.
class MarkdownScan {
public:
    void line(std::string_view text, std::uint64_t number, std::vector<PageLink>& links)
    {
        const std::string_view words = trimmed(text);
        if (words.substr(0, 3) == "```" || words.substr(0, 3) == "~~~") {
            const std::string_view mark = words.substr(0, 3);
            m_fence = m_fence.empty() ? mark : m_fence == mark ? std::string_view() : m_fence;
            return;
        }
        const bool indented = text.substr(0, 4) == "    " || text.substr(0, 1) == "\t";
        m_indentedCode = indented && (m_blank || m_indentedCode);
        m_blank = words.empty();
        if (m_fence.empty() && !m_indentedCode) {
            scan(withoutCode(text), number, links);
        }
    }

private:
    /// `code` within a line becomes spaces.
    static std::string withoutCode(std::string_view text)
    {
        std::string out(text);
        for (auto at = out.find('`'); at != std::string::npos; at = out.find('`', at)) {
            const auto run = std::min(out.find_first_not_of('`', at), out.size()) - at;
            const auto close = out.find(std::string(run, '`'), at + run);
            if (close == std::string::npos) {
                break;
            }
            std::fill_n(out.begin() + static_cast<std::ptrdiff_t>(at), close + run - at, ' ');
        }
        return out;
    }

    static void scan(const std::string& text, std::uint64_t number, std::vector<PageLink>& links)
    {
        const auto add = [&](std::optional<std::string> target) {
            if (target) {
                links.push_back({decoded(*target), number});
            }
        };
        const std::string_view words = trimmed(text);
        const auto definition = words.find("]:");
        if (words.substr(0, 1) == "[" && words.substr(0, 2) != "[^" &&
            definition != std::string_view::npos) {
            add(targetOf(words.substr(definition + 2), '\0'));
            return;
        }
        for (auto at = text.find("]("); at != std::string::npos; at = text.find("](", at + 2)) {
            add(targetOf(std::string_view(text).substr(at + 2), ')'));
        }
        for (auto& link : htmlLinks(text)) {
            links.push_back({std::move(link.target), number});
        }
    }

    std::string_view m_fence;
    bool m_blank = true;
    bool m_indentedCode = false;
};

bool hasScheme(std::string_view target)
{
    const auto colon = target.find(':');
    if (colon == std::string_view::npos || colon == 0 || !isLetter(target.front())) {
        return false;
    }
    return std::ranges::all_of(target.substr(0, colon), [](char c) {
        return isLetter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
    });
}

/// RFC 3986, 5.2.4.
std::string withoutDots(std::string_view path)
{
    std::vector<std::string_view> kept;
    bool directory = false;
    path.remove_prefix(1);
    for (;;) {
        const auto slash = path.find('/');
        const std::string_view name = path.substr(0, slash);
        directory = name == "." || name == "..";
        if (name == ".." && !kept.empty()) {
            kept.pop_back();
        }
        if (!directory) {
            kept.push_back(name);
        }
        if (slash == std::string_view::npos) {
            break;
        }
        path.remove_prefix(slash + 1);
    }
    std::string out;
    for (const auto name : kept) {
        out += '/';
        out += name;
    }
    return directory || out.empty() ? out + '/' : out;
}

}  // namespace

std::vector<PageLink> htmlLinks(std::string_view text)
{
    return HtmlScan(text).run();
}

std::vector<PageLink> markdownLinks(std::string_view text)
{
    std::vector<PageLink> links;
    MarkdownScan scan;
    for (std::uint64_t number = 1; !text.empty(); ++number) {
        const auto end = std::min(text.find('\n'), text.size());
        scan.line(text.substr(0, end), number, links);
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return links;
}

std::optional<SitePath> resolveLink(std::string_view page, std::string_view target)
{
    if (hasScheme(target) || target.substr(0, 2) == "//") {
        return std::nullopt;
    }
    SitePath out;
    const auto hash = target.find('#');
    if (hash != std::string_view::npos) {
        out.anchor = target.substr(hash + 1);
        target = target.substr(0, hash);
    }
    const auto question = target.find('?');
    const std::string_view query =
        question == std::string_view::npos ? std::string_view() : target.substr(question);
    std::string_view path = target.substr(0, question);
    const std::string own = '/' + escaped(page, Escape::urlPath);
    if (path.empty()) {
        out.path = own;
    } else if (path.front() == '/') {
        out.path = withoutDots(path);
    } else {
        out.path = withoutDots(own.substr(0, own.rfind('/') + 1) + std::string(path));
    }
    out.path += query;
    return out;
}

}  // namespace muster
