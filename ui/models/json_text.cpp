// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/json_text.h"

#include <string>

namespace muster::ui {

namespace {

class Printer {
public:
    std::string print(std::string_view json)
    {
        for (std::size_t at = 0; at < json.size(); ++at) {
            if (m_inText) {
                at += takeOfText(json, at);
            } else {
                take(json, at);
            }
        }
        return std::move(m_out);
    }

private:
    /// Returns how many bytes beyond the first were taken.
    std::size_t takeOfText(std::string_view json, std::size_t at)
    {
        m_out += json[at];
        if (json[at] == '\\' && at + 1 < json.size()) {
            m_out += json[at + 1];
            return 1;
        }
        m_inText = json[at] != '"';
        return 0;
    }

    void take(std::string_view json, std::size_t at)
    {
        switch (const char c = json[at]) {
            case '{':
            case '[':
                m_out += c;
                ++m_depth;
                if (!closesAtOnce(json, at)) {
                    newLine();
                }
                return;
            case '}':
            case ']':
                m_depth = m_depth > 0 ? m_depth - 1 : 0;
                if (!m_out.empty() && m_out.back() != '{' && m_out.back() != '[') {
                    newLine();
                }
                m_out += c;
                return;
            case ',':
                m_out += c;
                newLine();
                return;
            case ':':
                m_out += ": ";
                return;
            case ' ':
            case '\t':
            case '\n':
            case '\r':
                return;
            default:
                m_inText = c == '"';
                m_out += c;
        }
    }

    static bool closesAtOnce(std::string_view json, std::size_t at)
    {
        const auto next = json.find_first_not_of(" \t\r\n", at + 1);
        return next != std::string_view::npos && (json[next] == '}' || json[next] == ']');
    }

    void newLine()
    {
        m_out += '\n';
        m_out.append(2 * m_depth, ' ');
    }

    std::string m_out;
    std::size_t m_depth = 0;
    bool m_inText = false;
};

}  // namespace

QString prettyJson(std::string_view json)
{
    return QString::fromStdString(Printer{}.print(json));
}

std::string compactJson(std::string_view json)
{
    std::string out;
    bool quoted = false;
    for (std::size_t at = 0; at < json.size(); ++at) {
        const char each = json[at];
        if (quoted && each == '\\' && at + 1 < json.size()) {
            out += each;
            out += json[++at];
            continue;
        }
        quoted = quoted != (each == '"');
        if (quoted || std::string_view(" \t\r\n").find(each) == std::string_view::npos) {
            out += each;
        }
    }
    return out;
}

}  // namespace muster::ui
