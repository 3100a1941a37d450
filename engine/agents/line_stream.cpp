// SPDX-License-Identifier: Apache-2.0
#include "agents/line_stream.h"

#include <algorithm>

namespace muster {

void LineStream::keep(std::string_view part)
{
    m_part.append(part.substr(0, kLongest - std::min(kLongest, m_part.size())));
    m_started = true;
}

void LineStream::add(std::span<const unsigned char> chunk, const Use& use)
{
    std::string_view rest(reinterpret_cast<const char*>(chunk.data()), chunk.size());
    while (!rest.empty()) {
        const auto newline = rest.find('\n');
        const auto line = rest.substr(0, newline);
        if (newline == std::string_view::npos) {
            keep(line);
            return;
        }
        if (m_started) {
            keep(line);
            use(m_part);
            m_part.clear();
            m_started = false;
        } else {
            use(line.substr(0, kLongest));
        }
        rest.remove_prefix(newline + 1);
    }
}

void LineStream::finish(const Use& use)
{
    if (m_started) {
        use(m_part);
        m_part.clear();
        m_started = false;
    }
}

}  // namespace muster
